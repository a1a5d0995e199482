# SPDX-License-Identifier: GPL-2.0
# The machine itself as an instrumented host: what differs from a box.  There is
# no emulator, and what would run inside is a child process.

set this_machine [file normalize [file join [file dirname [info script]] .. bin this-machine]]

# The name of a host of the kind `kind`, for messages and the folders of its
# results: that of the kind, but several machines may be called "this".
proc this_name {kind} {
    return [expr {$kind eq "this" ? "this-[regsub -all {[^A-Za-z0-9.-]} [info hostname] {}]" : $kind}]
}

# The kind of the host `name`.
proc this_kind {name} {
    return [expr {[string match this-* $name] ? "this" : $name}]
}

# Fill what was found out about this machine into its facts.  Adds the fact
# "found": lines of text for the user.  Throws a sentence if it is no
# instrumented host.
proc this_facts {facts} {
    global this_machine
    if {[catch {exec $this_machine 2>@1} text]} {
        error [regsub {^error: } [lindex [split $text \n] 0] ""]
    }
    dict set facts found $text
    dict set facts isa [string tolower [lindex [regexp -inline {, (SVM|VMX), } $text] 1]]
    dict set facts max-cpus [exec nproc]
    return $facts
}

# The VMs that run on this machine, a list of "PID NAME"; none if `facts` are
# those of a box.
proc this_others {facts} {
    global this_machine
    if {[dict get $facts medium] ne "none"} {
        return {}
    }
    return [split [string trim [exec $this_machine vms]] \n]
}

# The command for what would run inside a box: `run` is the program, in the folder
# harness of the packed root file system `root`, and its arguments.  Its report and
# what it says go to files in the folder where it runs.  Throws a sentence if a
# program is missing.
proc this_command {root run} {
    foreach program {qemu-system-x86_64 expect} {
        box_need $program
    }
    set program [file join [file normalize $root] harness [lindex $run 0]]
    if {![file readable $program]} {
        error "can't read $program"
    }
    return [list env REPORT=report sh -c {exec "$@" >console.log 2>&1} sh \
        expect $program {*}[lrange $run 1 end] this]
}

# The exit reasons of which a bare guest has any number on this machine, as they
# come from what else it does; none if `facts` are those of a box.
proc this_noise {facts} {
    if {[dict get $facts medium] ne "none"} {
        return {}
    }
    return {interrupt EXTERNAL_INTERRUPT nmi}
}

# Where this machine's kernel has its tracepoint after the fastpath, which may enter
# the guest again without a word to it, we count more: returns the list of reasons
# that the fastpath handles, and a sentence.  Returns nothing elsewhere.
#
# In 6.1 svm_exit_handlers_fastpath() handles writes of two MSRs. An x2APIC
# command goes on to svm_handle_exit(), where the tracepoint is, and only a TSC
# deadline is entered with again, for which SVM would need the hypervisor's timer
# that VMX has. So there is no difference, as long as that does not change.
proc this_after_fastpath {facts} {
    if {[dict get $facts medium] ne "none" || [dict get $facts isa] ne "svm"
        || ![string match 6.1.* [exec uname -r]]} {
        return {}
    }
    return [list msr "in 6.1 svm's tracepoint stands after the fastpath"]
}
