#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A few of KVM's own selftests pass with the exit counters, as without, and the
# counters' own selftest does; `make selftests` runs all.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/selftests.tcl
tap_run_on_hosts {
    set said [selftests_read $host]
    set names [dict keys [dict get $said few]]
    lassign [variant_alone {selftests_build $names}] - folder
    set verdicts [selftests_run $said $names $folder 300]
    foreach name $names {
        set in [dict get $verdicts in $name]
        set out [dict get $verdicts out $name]
        set wanted [selftests_wanted_out $said $name pass]
        # A skipped part of a test that passes was not tested.
        tap_ok [expr {[lindex $in 0] eq "pass" && ![regexp -line {^ok .*# SKIP} [lindex $in 1]]
                && [lindex $out 0] eq $wanted}] \
            "$name passes with the counters compiled in, and [expr {$wanted eq "pass" ? "" : "is a $wanted with them "}]out" \
            "in: [join $in \n]\nout: [join $out \n]"
    }
}
