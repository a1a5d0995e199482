# SPDX-License-Identifier: GPL-2.0
# The machine itself as a host.  There is no emulator, and what would run inside one
# is a child process.

set real_program [file normalize [file join [file dirname [info script]] .. bin this-machine]]

# Fill what was found out about this machine into its description.  Returns that.
# Throws a sentence if this machine is no instrumented host.
proc real_description {description} {
    global real_program
    if {[catch {exec $real_program 2>@1} text]} {
        error [regsub {^error: } [lindex [split $text \n] 0] ""]
    }
    set isa [string tolower [lindex [regexp -inline {, (SVM|VMX), } $text] 1]]
    # In 6.1 svm_exit_handlers_fastpath() handles writes of two MSRs. An x2APIC
    # command goes on to svm_handle_exit(), where the tracepoint is, and only after a
    # write of the TSC deadline the guest is entered again, for which SVM would need
    # the hypervisor's timer that VMX has. So there is no difference, as long as that
    # does not change.
    if {$isa eq "svm" && [string match 6.1.* [exec uname -r]]} {
        dict set description after-fastpath {msr "in 6.1 svm's tracepoint is after the fastpath"}
    }
    # What else the machine does causes these exits, whatever a guest does.
    return [dict replace $description machine $text isa $isa max-cpus [exec nproc] shared yes \
        tolerance {interrupt EXTERNAL_INTERRUPT nmi}]
}

# Returns the VMs that run on this machine, a list of "PID NAME".
proc real_vms {} {
    global real_program
    return [split [string trim [exec $real_program vms]] \n]
}

# Returns the command for `run`, the program, in the folder harness of the packed root
# file system `root`, and its arguments.  Its report and what it says go to files in
# the folder where it runs.  Throws a sentence if a program is missing.
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
