#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# kvm-exits: its own tests, plain, under ASan and UBSan and, in full, under valgrind;
# a fixed set of fuzzer inputs; and the tables in results/, which it must reproduce
# from their logs.
source [file dirname [info script]]/lib/tap.tcl
tap_run {
    file mkdir $build/check
    foreach target [concat check check-asan check-fuzz [expr {$long ? "check-valgrind" : ""}]] {
        set log $build/check/kvm-exits-$target.log
        tap_ok [expr {![catch {exec make -s -C $harness/kvm-exits O=$built/kvm-exits $target > $log 2>@1}]}] \
            "kvm-exits: make $target" "the full log is $log"
    }
    foreach log [lsort [glob -nocomplain $harness/../results/*/*/dmesg.log]] {
        set folder [file dirname $log]
        set name [join [lrange [file split $folder] end-1 end] /]
        set failed [catch {exec $built/kvm-exits/kvm-exits steps --format csv $log 2>@1} text]
        tap_ok [expr {!$failed && $text eq [string trimright [read_file $folder/exits.csv]]}] \
            "results/$name/exits.csv can be reproduced from its dmesg.log" [expr {$failed ? $text : ""}]
    }
}
