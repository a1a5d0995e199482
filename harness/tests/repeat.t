#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The same inputs give the same logs and tables, to the byte: twice side by side,
# so that each run is the other's busy neighbour, from two folders.
source [file dirname [info script]]/tap.tcl
tap_run {
    if {![dict get $facts deterministic]} {
        tap_skip "two runs are the same" "this host is a real machine"
    } else {
        foreach run {one two} {
            file delete -force $build/check/repeat-$run
            set pipe($run) [open |[list $harness/experiment --host $host --kernel $kernel \
                --root $build/image/root.cpio --tool $build/kvm-exits/kvm-exits \
                --work $build/check/repeat-$run/work --results $build/check/repeat-$run/results together 2>@1]]
        }
        foreach run {one two} {
            set said [read $pipe($run)]
            tap_ok [expr {![catch {close $pipe($run)} message]}] "run $run ends well" $said
        }
        set failed [catch {exec diff -r $build/check/repeat-one/results $build/check/repeat-two/results} text]
        tap_ok [expr {!$failed}] "both runs gave the same log and the same tables" [string range $text 0 2000]
    }
}
