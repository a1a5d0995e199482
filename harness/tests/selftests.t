#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A few of KVM's selftests pass with the exit counters compiled in and compiled out.
# The counters' own selftest passes too.  `make selftests` runs all selftests.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/selftests.tcl
tap_run_on_hosts {
    set said [selftests_read $host]
    set names [dict keys [dict get $said few]]
    foreach name [lsort -unique [dict get $said missing]] { tap_skip $name "this kernel has no such selftest" }
    lassign [variant_alone {selftests_build $names}] - folder
    set verdicts [selftests_run $said $names $folder 300]
    foreach name $names {
        set in [dict get $verdicts in $name]
        set out [dict get $verdicts out $name]
        set wanted [selftests_wanted_out $said $name pass]
        # A subtest that was skipped was not tested, even if the test passes.
        tap_ok [expr {[lindex $in 0] eq "pass" && ![regexp -line {^ok .*# SKIP} [lindex $in 1]]
                && [lindex $out 0] eq $wanted}] \
            "$name passes with the counters compiled in, and its verdict with them compiled out is $wanted" \
            "in: [join $in \n]\nout: [join $out \n]"
    }
}
