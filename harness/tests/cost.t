#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# What counting adds to an exit, in instructions: with the counters against a
# build without, and against a baseline; and what taking the times of exits adds.
source [file dirname [info script]]/lib/tap.tcl
source $harness/bench/bench.tcl

# On SVM one more than on VMX, which has no gaps between the codes that are in use.
set limits {vmx 6 svm 7}
# The counters included.  On its way to user space and back, the time of an exit has two
# parts more.
set times_limits {cpuid 60 hypercall 60 msr-write 60 kernel-port 60 qemu-port 180 page-fault 60}

tap_run_on_hosts {
    if {![dict get $description exact]} {
        tap_skip "what counting adds to an exit" "this host doesn't count instructions"
    } else {
        set report [bench_exit_path {out in times in-again} [list $root [bench_over]]]
        set paths [bench_paths [dict get $report files exit-path.csv]]
        set baseline [bench_paths [read_file $tests/data/exit-path/$host.csv]]
        set now $build/check/exit-path-$host.csv
        write_file $now [dict get $report files exit-path.csv]
        set limit [dict get $limits [dict get $description isa]]
        foreach way $bench_ways {
            foreach method {out in times in-again} {
                set $method [lindex [dict get $paths $method $way] 1]
            }
            tap_note "$way: $out instructions without the counters, $in with them"
            tap_ok [expr {$in > $out && $in - $out <= $limit}] \
                "$way: counting adds [expr {$in - $out}] instructions to an exit, at most $limit"
            set times_limit [dict get $times_limits $way]
            tap_ok [expr {$times > $in && $times - $out <= $times_limit}] \
                "$way: counting and taking the time adds [expr {$times - $out}] instructions, at most $times_limit"
            tap_ok [expr {$in == ${in-again}}] "$way: the figure is exact, and times that were on cost nothing any more" "$in, then ${in-again}"
            set more [lindex [dict get $baseline in $way] 1]
            tap_ok [expr {$in <= $more}] "$way: a round trip takes no more instructions than the baseline" \
                "$in, where tests/data/exit-path/$host.csv has $more; if that is intended, copy $now there"
        }
    }
}
