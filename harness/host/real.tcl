# SPDX-License-Identifier: GPL-2.0
# This machine as a host.  The program that an emulated host runs is a child process.

set real_program [file normalize [file join [file dirname [info script]] .. bin this-machine]]

# Returns `description` with the properties of this machine added.  Throws an error if
# this machine can't be a host.
proc real_description {description} {
    global real_program
    if {[catch {exec $real_program 2>@1} text]} {
        error [regsub {^error: } [lindex [split $text \n] 0] ""]
    }
    set isa [string tolower [lindex [regexp -inline {, (SVM|VMX), } $text] 1]]
    # On 6.1, svm_exit_handlers_fastpath() handles writes to two MSRs.  After a write to
    # the x2APIC's ICR, KVM still calls svm_handle_exit(), which has the tracepoint.
    # Only after a write to the TSC deadline would it re-enter the guest at once, but
    # that needs the hypervisor timer, which only VMX has.  So the counts are equal now.
    if {$isa eq "svm" && [string match 6.1.* [exec uname -r]]} {
        dict set description after-fastpath {msr "on 6.1 SVM's tracepoint comes after the fastpath"}
    }
    # Other activity of the machine causes these exits too, whatever a guest does.
    return [dict replace $description machine $text isa $isa max-cpus [exec nproc] shared yes \
        tolerance {interrupt EXTERNAL_INTERRUPT nmi}]
}

# Returns the VMs that are running on this machine, a list of "PID NAME".
proc real_vms {} {
    global real_program
    return [split [string trim [exec $real_program vms]] \n]
}

# Returns the command for `run`: a program in the folder harness of the packed root file
# system `root`, and its arguments.  The command writes its report and its output to
# files in its working directory.  Throws an error if a program is missing.
proc real_command {root run} {
    foreach program {qemu-system-x86_64 expect} {
        need_program $program
    }
    set program [file join [file normalize $root] harness [lindex $run 0]]
    if {![file readable $program]} {
        error "can't read $program"
    }
    return [list env REPORT=report sh -c {exec "$@" >console.log 2>&1} sh \
        expect $program {*}[lrange $run 1 end] this]
}
