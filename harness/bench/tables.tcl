# SPDX-License-Identifier: GPL-2.0
# What the tables of "make bench" hold.

# The methods, in the order of tables, and what they are
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

# The ways to exit, as guests/bare/roundtrip.c names them
set bench_ways {cpuid hypercall msr-write kernel-port qemu-port page-fault}

# Read exit-path.csv's text.  Returns a dict: method, way, and a list of the round
# trips, the fewest and the average instructions.
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

# Read perf-times.csv's text, with or without its heads.  Returns the list of its lines
# but the last one, each a list: reason, number, mean in nanoseconds, and both as perf has
# them.  Sets `lost` to the number of samples that perf lost.
proc bench_times {text lost_name} {
    upvar 1 $lost_name lost
    set rows [lmap line [split [string trim $text] \n] {
        if {[string match reason,* $line]} continue
        split $line ,
    }]
    set lost [lindex $rows end 3]
    return [lrange $rows 0 end-1]
}

# Returns a list of the reasons of which times and perf saw different numbers of exits,
# each as text.  There are none that tell anything if perf lost some.
proc bench_times_differ {text} {
    set rows [bench_times $text lost]
    if {$rows eq ""} { return [list "there are none at all"] }
    if {$lost > 0} { return {} }
    return [lmap row $rows {
        lassign $row reason number - theirs -
        if {$number == $theirs} continue
        string cat "$reason: $number, perf $theirs"
    }]
}

# Read dump.csv's text.  Returns a list of dumps, each a list: possible CPUs, reasons
# taken, lines, bytes, instructions, instructions with the console.
proc bench_dumps {text} {
    return [lmap line [split [string trim $text] \n] {
        if {[string match cpus* $line]} continue
        split $line ,
    }]
}

# The most reasons that one of them has.
proc bench_most_reasons {dumps} {
    return [lindex [lsort -integer -index 1 $dumps] end 1]
}

# Returns a, b and c of the plane z = a + b * x + c * y that is nearest to dumps, by
# least squares: x are possible CPUs, y reasons taken, z instructions.
proc bench_plane {dumps} {
    foreach cell {sx sy sz sxx sxy syy sxz syz} { set $cell 0.0 }
    foreach dump $dumps {
        lassign $dump x y - - z
        foreach {cell more} [list sx $x sy $y sz $z sxx [expr {$x * $x}] sxy [expr {$x * $y}] \
            syy [expr {$y * $y}] sxz [expr {$x * $z}] syz [expr {$y * $z}]] {
            set $cell [expr {[set $cell] + $more}]
        }
    }
    set n [llength $dumps]
    # About the means, two equations are left.
    set xx [expr {$sxx - $sx * $sx / $n}]
    set xy [expr {$sxy - $sx * $sy / $n}]
    set yy [expr {$syy - $sy * $sy / $n}]
    set xz [expr {$sxz - $sx * $sz / $n}]
    set yz [expr {$syz - $sy * $sz / $n}]
    set d [expr {$xx * $yy - $xy * $xy}]
    set b [expr {($xz * $yy - $yz * $xy) / $d}]
    set c [expr {($yz * $xx - $xz * $xy) / $d}]
    return [list [expr {($sz - $b * $sx - $c * $sy) / $n}] $b $c]
}
