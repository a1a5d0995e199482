#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The counts are right: to the last exit what the kernel's own tracepoint
# counts, and what bare guests are known to do.
source [file dirname [info script]]/tap.tcl
source $tests/counts.tcl
tap_run_on_hosts {
    set isa [dict get $facts isa]
    exec {*}[tap_experiment check-oracle results --oracle 1] workloads together >@stdout
    exec {*}[tap_experiment check-bare results] bare >@stdout
    set folder $build/check/results/$host

    foreach experiment {workloads together} {
        set wrong [counts_against_histogram $tool $folder/$experiment exits]
        tap_ok [expr {[llength $wrong] == 0 && $exits > 10000}] \
            "$experiment: $exits exits, each reason as often as the tracepoint's histogram says" [join $wrong \n]
    }
    foreach causes [lsort [glob $build/guests/bare/*.causes]] {
        set guest [file rootname [file tail $causes]]
        if {$guest eq "roundtrip"} continue
        set text [string trim [read_file $causes]]
        set wrong [counts_bare $folder/bare $text $guest 100000]
        tap_ok [expr {[llength $wrong] == 0}] "100000 units of bare/$guest ($text) are that many more exits, and no others" [join $wrong \n]
    }
}
