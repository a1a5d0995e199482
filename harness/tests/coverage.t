#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Every exit reason that the kernel has a name for is provoked a known number of
# times and counted that often, or is listed as unreachable with an explanation.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    set expected [expected_read $root/guests/bare [dict get $description isa]]
    set units [dict get [experiment_read $harness/experiments coverage $expected] units]
    set others [host_others $description]
    exec {*}[tap_experiment check-coverage results] coverage >@stdout
    tap_console coverage $build/run/check-coverage/$host/coverage
    set folder $build/check/results/$host/coverage
    set left [dict get [report_parse [read_file $build/run/check-coverage/$host/coverage/report]] left]
    set skipped [counts_skipped $left [dict get $description may-skip]]
    lappend others {*}[host_others $description]
    set ran [counts_steps $folder]

    dict for {guest cause} $expected {
        if {$flavour ne "" && $guest eq "deadline"} {
            tap_skip "$units units of bare/$guest" "a debug kernel is too slow to enter the guest before its deadline"
            continue
        }
        if {[dict exists $skipped $guest]} {
            tap_skip "$units units of bare/$guest" [dict get $skipped $guest]
            continue
        }
        if {[dict get $description shared] && ![dict exists $ran $guest-$units]} {
            tap_skip "$units units of bare/$guest" "it needs the module with [join [dict get $cause parameters] {, }]"
            continue
        }
        set wrong [counts_bare $folder $cause $guest $units [dict get $description tolerance] [expr {$others ne ""}] [dict get $description ticks]]
        set reasons [dict get $cause reasons]
        tap_ok [expr {[llength $wrong] == 0}] \
            "$units units of bare/$guest cause [expr {$reasons eq "" ? "no exits" : "$units times $reasons and no other exits"}]" \
            [join $wrong \n]
    }
    lassign [counts_coverage $tool $folder $expected [dict get $description unreachable] $units $host $skipped] text wrong
    regexp -line {^The kernel has names for .*$} $text sentence
    tap_note $sentence
    tap_ok [expr {[llength $wrong] == 0}] "every reason is either provoked or listed as unreachable" [join $wrong \n]
}
