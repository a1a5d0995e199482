#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# HOST=this: on this machine, if it is one; and on the boxes, each as if it were a
# machine of somebody's own.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/this.tcl

# A machine without SVM and VMX says so, and nothing changes.
proc check_refused {} {
    global harness built
    if {[regexp {\y(svm|vmx)\y} [read_file /proc/cpuinfo]]} {
        tap_skip "HOST=this says what a machine without SVM and VMX lacks" "this machine has one of them"
        return
    }
    after 1100
    set listed [list exec find $harness/../results {*}[glob -nocomplain $built/{hosts,packages,packages-check}] \
        -newermt @[clock seconds]]
    after 1100
    foreach target {experiment check} {
        set failed [catch {exec make -s -C $harness/.. $target HOST=this </dev/null 2>@1} text]
        tap_ok [expr {$failed && [regexp {^error: this machine's processor has neither SVM nor VMX.*HOST="svm vmx"} $text]}] \
            "make $target HOST=this says what this machine lacks" $text
    }
    tap_ok [expr {[{*}$listed] eq ""}] "and changes nothing" [{*}$listed]
}

tap_run_on_hosts {
    if {[dict exists $facts found]} {
        tap_note [dict get $facts found]
        set mask "Alt-SysRq and BREAK show the counters"
        if {[regexp -line {^kernel\.sysrq is .*} [dict get $facts found] sentence]} {
            tap_skip $mask $sentence
        } else {
            tap_ok yes $mask
        }
        set before [this_state]
        exec {*}[tap_experiment check-this results --histogram 1] together >@stdout
        tap_ok [expr {[this_state] eq $before}] "parameters, settings and triggers are as they were" "$before\nnow [this_state]"
    } else {
        check_refused
        set facts [this_plain $facts]
        # An emulated processor takes its time, and Bochs more of it.
        set experiments [expr {[dict get $facts isa] eq "svm" ? "bare together coverage" : "bare"}]
        set report [tap_inside this arguments [list /this {*}$experiments] cpus 2 limit 1500 root [list $root [this_over_product]]]
        this_check product $report $experiments
    }
}
