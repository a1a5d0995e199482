#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# What counting adds to an exit, in instructions: with the counters against a
# build without.
source [file dirname [info script]]/tap.tcl
source $tests/variant.tcl

# The instructions of one cpuid round trip on a host with these modules.
proc round_trip {what modules} {
    set report [tap_inside cost root [tap_root $modules]]
    if {![dict exists $report files ticks] || ![string is integer -strict [dict get $report files ticks]]} {
        error "the guest that measures said no number"
    }
    set ticks [dict get $report files ticks]
    tap_note "$what: $ticks instructions for a cpuid exit's round trip"
    return $ticks
}

tap_run_on_hosts {
    if {![dict get $facts deterministic]} {
        tap_skip "counting adds at most 5 instructions to an exit" "this host doesn't count instructions"
    } else {
        set without [round_trip "CONFIG_KVM_EXIT_COUNTERS=n" [variant_uncounted]]
        set with [round_trip "CONFIG_KVM_EXIT_COUNTERS=y" [glob $build/kernel/modules/*.ko]]
        set again [round_trip "the same again" [glob $build/kernel/modules/*.ko]]
        tap_ok [expr {$with == $again}] "the figure is exact" "$with, then $again"
        tap_ok [expr {$with > $without && $with - $without <= 5}] \
            "counting adds [expr {$with - $without}] instructions to an exit, at most 5"
    }
}
