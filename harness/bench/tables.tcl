# SPDX-License-Identifier: GPL-2.0
# The tables of `make bench`

# The methods, in the order of the tables, and their descriptions
set bench_methods {
    out             {counters compiled out}
    in              {exit counters}
    times           {exit counters, with times}
    trace-event     {trace event `kvm:kvm_exit`}
    hist-trigger    {its histogram trigger by reason}
    perf-stat       {`perf stat -e kvm:kvm_exit`}
    trace-cmd       {`trace-cmd record -e kvm:kvm_exit`}
    perf-kvm-record {`perf kvm stat record`}
    perf-kvm-live   {`perf kvm stat live`}
    bpftrace        {`bpftrace`, a count by reason}
    bcc-kvmexit     {bcc's `kvmexit`}
}

# The exit paths, as named in guests/bare/roundtrip.c
set bench_ways {cpuid hypercall msr-write kernel-port qemu-port page-fault}

# Parse exit-path.csv.  Returns a nested dict from method and exit path to a list: the
# round trips, and the fewest and the average instructions of a round trip.
proc bench_paths {text} {
    set paths {}
    foreach line [split [string trim $text] \n] {
        lassign [split $line ,] method way units fewest average
        if {$method ne "method"} {
            dict set paths $method $way [list $units $fewest $average]
        }
    }
    return $paths
}

# Parse perf-times.csv, with or without its header.  Returns a list of rows, each a list:
# reason, number of exits, mean time in nanoseconds, and perf's number and mean time.
# Sets the caller's variable `lost_name` to the number of samples that perf lost.
proc bench_times {text lost_name} {
    upvar 1 $lost_name lost
    set rows [lmap line [split [string trim $text] \n] {
        if {[string match reason,* $line]} continue
        split $line ,
    }]
    set lost [lindex $rows end 3]
    return [lrange $rows 0 end-1]
}

# Returns a list of messages about reasons for which times and perf counted different
# numbers of exits.  The list is empty if perf lost samples.
proc bench_times_differ {text} {
    set rows [bench_times $text lost]
    if {$rows eq ""} { return [list "neither counted any"] }
    if {$lost > 0} { return {} }
    return [lmap row $rows {
        lassign $row reason number - theirs -
        if {$number == $theirs} continue
        string cat "$reason: $number, perf $theirs"
    }]
}

# Parse dump.csv.  Returns a list of dumps, each a list: possible CPUs, reasons, lines,
# bytes, instructions, instructions with the console, counters of a CPU.
proc bench_dumps {text} {
    return [lmap line [split [string trim $text] \n] {
        if {[string match cpus* $line]} continue
        split $line ,
    }]
}

# Returns the largest number of reasons in a dump.
proc bench_most_reasons {dumps} {
    return [lindex [lsort -integer -index 1 $dumps] end 1]
}
