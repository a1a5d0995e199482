# SPDX-License-Identifier: GPL-2.0
# Procedures of `make bench` and of the test cost.t.  Load tests/lib/tap.tcl first.

source $tests/lib/variant.tcl
source $harness/bench/tables.tcl

# Round trips on each exit path in one run of the guest.  The fewest instructions depend
# on this number on the exit paths page-fault and qemu-port.
set bench_units 10000

# Make the folder that is laid over the hosts' root file system: the kvm modules without
# counters, and the program `ticks`.  Returns the folder.
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

# Boot the host and measure the exit paths with `methods`.  `root` is a list of folders.
# Returns the parsed report.  Throws an error if a method failed.
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

# Boot the host and run target/NAME on it.  It may be silent for long, because some
# methods compile.  Returns the parsed report.  Throws an error if the program failed or
# the host's kernel printed a warning.
proc bench_boot {name arguments root {append ""}} {
    set machine [tap_boot $name program target/$name arguments $arguments root $root append $append limit 1800]
    set report [host_collect $machine]
    set complaints [tap_complaints [dict get $machine folder]]
    if {[llength $complaints]} {
        error "the host's kernel printed warnings: [join $complaints \n]\n[host_last_lines $machine]"
    }
    return $report
}
