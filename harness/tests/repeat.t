#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The same inputs give byte-identical logs and tables.  Two runs in different folders
# execute in parallel, so each runs on a busy machine.
source [file dirname [info script]]/lib/tap.tcl
tap_one_host_unless_long
tap_run_on_hosts {
    if {![dict get $description exact]} {
        tap_skip "two runs give the same results" "this is a real host"
    } else {
        foreach run {one two} {
            file delete -force $build/check/repeat-$run
            set pipe($run) [open |[list {*}[tap_experiment repeat-$run repeat-$run] together 2>@1]]
        }
        foreach run {one two} {
            set said [read $pipe($run)]
            tap_ok [expr {![catch {close $pipe($run)} message]}] "run $run succeeds" $said
        }
        set failed [catch {exec diff -r $build/check/repeat-one $build/check/repeat-two} text]
        tap_ok [expr {!$failed}] "both runs give the same log and the same tables" [string range $text 0 2000]
        if {[dict exists $description instructions]} {
            foreach run {one two} {
                set took($run) ""
                regexp -line -- [dict get $description instructions] \
                    [read_file $build/run/repeat-$run/$host/together/emulator.log] - took($run)
            }
            tap_ok [expr {$took(one) ne "" && $took(one) == $took(two)}] \
                "both runs take the same number of instructions" "$took(one), then $took(two)"
        }
    }
}
