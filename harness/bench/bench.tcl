# SPDX-License-Identifier: GPL-2.0
# What "make bench" and the test of its figures share; on top of tests/tap.tcl.

source $tests/lib/variant.tcl
source $harness/bench/tables.tcl

# Round trips of each way, in one run of a guest.  The fewest instructions depend
# on it where pages are touched and user space has its part.
set bench_units 10000

# Make the folder that is laid over the hosts' root file system: the kvm modules
# without counters, and the program that times a write.  Returns it.
proc bench_over {} {
    global build harness tap_name host
    set over $build/check/over-$tap_name-$host
    file delete -force $over
    file mkdir $over/lib/modules/uncounted $over/bench
    foreach module [variant_uncounted] {
        file copy $module $over/lib/modules/uncounted/
    }
    exec gcc -std=gnu11 -Wall -Wextra -O2 -static -s -o $over/bench/ticks $harness/bench/ticks.c
    return $over
}

# Boot the host and measure the exit path with `methods`.  `root` is a list of
# folders.  Returns the parsed report.  Throws a sentence if a method failed.
proc bench_exit_path {methods root} {
    global bench_units bench_ways
    set report [bench_boot exit-path [list $bench_units {*}$methods] $root]
    dict for {name text} [dict get $report files] {
        if {[string match *.failed $name]} {
            error "[file rootname $name]: $text"
        }
    }
    return $report
}

# Boot the host and run target/NAME in it, where programs that compile are silent for
# long.  Returns the parsed report.  Throws a
# sentence if it did not end well.
proc bench_boot {name arguments root {append ""}} {
    set machine [tap_boot $name program target/$name arguments $arguments root $root append $append limit 1800]
    set report [host_collect $machine]
    set complaints [tap_complaints [dict get $machine folder]]
    if {[llength $complaints]} {
        error "the host's kernel complains: [join $complaints \n]\n[host_last_lines $machine]"
    }
    return $report
}
