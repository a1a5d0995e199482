#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The tests can fail: kernels with a defect on purpose turn them red.
source [file dirname [info script]]/tap.tcl
source $tests/counts.tcl
source $tests/variant.tcl
tap_run_on_hosts {
    set isa [dict get $facts isa]
    set modules [variant_modules skip-cpuid {
        exec patch -s -p1 -d $tree < $tests/busted/skip-cpuid.patch
    }]
    set busted [tap_root $modules]
    exec {*}[tap_experiment busted results-busted --root $busted --oracle 1] together >@stdout
    exec {*}[tap_experiment busted results-busted --root $busted] bare >@stdout
    set folder $build/check/results-busted/$host

    set wrong [counts_against_histogram $tool $folder/together exits]
    tap_ok [expr {[llength $wrong] == 1 && [regexp -nocase {cpuid|exit code (114|10):} $wrong]}] \
        "a kernel that skips CPUID differs from the tracepoint's histogram" $wrong
    tap_note $wrong
    set causes [string trim [read_file $build/guests/bare/cpuid.causes]]
    set wrong [counts_bare $folder/bare $causes cpuid 100000]
    tap_ok [expr {[regexp {cpuid: 100000 units are 100000 exits .* and 0 were counted} $wrong]}] \
        "and from what 100000 units of bare/cpuid are known to cause" $wrong
    tap_note [join $wrong \n]
    set wrong [counts_bare $folder/bare [string trim [read_file $build/guests/bare/rdmsr.causes]] rdmsr 100000]
    tap_ok [expr {[llength $wrong] == 0}] "and only there" [join $wrong \n]
}
