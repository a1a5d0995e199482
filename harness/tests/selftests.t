#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A few of KVM's own selftests pass with the exit counters, as without;
# `make selftests` runs all.
source [file dirname [info script]]/tap.tcl
source $tests/selftests.tcl
tap_run_on_hosts {
    set said [selftests_read $host]
    set names [dict keys [dict get $said few]]
    lassign [variant_alone {selftests_build $names}] - folder
    set verdicts [selftests_run $said $names $folder 300]
    foreach name $names {
        set in [dict get $verdicts in $name]
        set out [dict get $verdicts out $name]
        tap_ok [expr {[lindex $in 0] eq "pass" && [lindex $out 0] eq "pass"}] \
            "$name passes with the counters compiled in, and out" \
            "in: [join $in \n]\nout: [join $out \n]"
    }
}
