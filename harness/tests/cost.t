#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The instructions that counting adds to an exit, compared with a build without the
# counters and with the baseline of this Debian release, whose compiler and emulators
# determine the numbers; and the instructions that measuring times adds.
source [file dirname [info script]]/lib/tap.tcl
source $harness/bench/bench.tcl

# SVM needs one instruction more than VMX: its exit codes have gaps, so it looks up
# the slot in a table.
set limits {vmx 6 svm 7}
# These include the counters.  An exit to user space has two more parts of time.
set times_limits {cpuid 60 hypercall 60 msr-write 60 kernel-port 60 qemu-port 180 page-fault 60}

# The name of this release in tests/data/exit-path, such as debian-12
set release [exec sh -c {. /etc/os-release && echo "$ID-$VERSION_ID"}]

tap_run_on_hosts {
    if {![dict get $description exact]} {
        tap_skip "the instructions that counting adds to an exit" "time on this host doesn't count instructions"
    } else {
        set report [bench_exit_path {out in times in-again} [list $root [bench_over]]]
        set paths [bench_paths [dict get $report files exit-path.csv]]
        set file $tests/data/exit-path/$release/$host.csv
        set baseline [expr {[file exists $file] ? [bench_paths [read_file $file]] : ""}]
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
                "$way: counting and measuring the time adds [expr {$times - $out}] instructions to an exit, at most $times_limit"
            tap_ok [expr {$in == ${in-again}}] "$way: the number is the same again after times were on and off" "$in, then ${in-again}"
            set what "$way: a round trip takes no more instructions than the baseline"
            if {$baseline eq ""} {
                tap_skip $what "there is no baseline for $release: copy $now to $file"
                continue
            }
            set more [lindex [dict get $baseline in $way] 1]
            tap_ok [expr {$in <= $more}] $what "$in, but $file has $more; if that is intended, copy $now there"
        }
    }
}
