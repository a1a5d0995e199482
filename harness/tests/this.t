#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# HOST=this: on this machine if HOST is "this", else on emulated hosts, where the
# harness runs as on a real host.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/this.tcl

# Check that HOST=this is refused on a machine without SVM and VMX, and that nothing
# changes.
proc check_refused {} {
    global harness built
    if {[regexp {\y(svm|vmx)\y} [read_file /proc/cpuinfo]]} {
        tap_skip "HOST=this is refused on a machine without SVM and VMX" "this machine has one of them"
        return
    }
    after 1100
    set listed [list exec find $harness/../results {*}[glob -nocomplain $built/{hosts,packages,packages-check}] \
        -newermt @[clock seconds]]
    after 1100
    foreach target {experiment check} {
        set failed [catch {exec make -s -C $harness/.. $target HOST=this </dev/null 2>@1} text]
        tap_ok [expr {$failed && [regexp {^error: this machine's processor has neither SVM nor VMX.*HOST="svm vmx"} $text]}] \
            "make $target HOST=this is refused on a machine without SVM and VMX" $text
    }
    tap_ok [expr {[{*}$listed] eq ""}] "a refused HOST=this changes no file" [{*}$listed]
}

tap_run_on_hosts {
    if {[dict get $description shared]} {
        tap_note [dict get $description machine]
        set mask "Alt-SysRq and BREAK can trigger a dump"
        if {[regexp -line {^kernel\.sysrq is .*} [dict get $description machine] sentence]} {
            tap_skip $mask $sentence
        } else {
            tap_ok yes $mask
        }
        set before [real_state]
        exec {*}[tap_experiment check-this results --histogram 1] together >@stdout
        tap_ok [expr {[real_state] eq $before}] "an experiment leaves parameters, settings and triggers unchanged" "$before\nnow [real_state]"
    } else {
        check_refused
        set description [real_plain $description]
        # Bochs is too slow for all experiments.
        set experiments [expr {[dict get $description isa] eq "svm" ? "bare together coverage" : "bare"}]
        set report [tap_inside this arguments [list /this {*}$experiments] cpus 2 limit 1500 root [list $root [real_over_product]]]
        real_check product $report $experiments
    }
}
