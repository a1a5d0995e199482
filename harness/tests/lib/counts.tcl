# SPDX-License-Identifier: GPL-2.0
# Comparison of an experiment's counts with the tracepoint histogram

# Run the command `args`, kvm-exits with CSV as format, and read `column` of its table.
# Returns a list of code (a 32-bit number), reason, count.
proc counts_table {column args} {
    set counts {}
    foreach row [counts_csv [exec {*}$args]] {
        if {[dict get $row code] eq "also"} continue
        lappend counts [expr {[dict get $row code] & 0xffffffff}] [dict get $row reason] [dict get $row $column]
    }
    return $counts
}

# Compare the last dump of dmesg.log with the histogram by exit reason, both in
# `folder`.  Returns a list of differences, each as text.  Sets the variable
# `exits_name` to the number of exits compared, and `ahead_name` to a dict from reason
# to how many exits the histogram misses.
#
# `apart` is not empty if other VMs exit at the same time.  Then the log's first two
# dumps were taken before and after the histogram began, its last two before and
# after it was read, and the count and the histogram may differ by `apart` more.
# Reasons in `higher` may have a higher count than the histogram.
proc counts_against_histogram {tool folder exits_name {apart ""} {higher {}} {ahead_name ahead}} {
    upvar 1 $exits_name exits $ahead_name ahead
    set differences {}
    set histogram [read_file $folder/histogram]
    if {![regexp {Dropped: 0\y} $histogram]} {
        lappend differences "the histogram dropped events"
    }
    foreach {- code count} [regexp -all -inline {exit_reason: +(-?[0-9]+) *\} hitcount: +([0-9]+)} $histogram] {
        # Strip VMX's modifier bits.  The tracepoint prints SVM's -1 as an unsigned
        # number.
        set code [expr {$code & 0xffffffff}]
        if {$::isa eq "vmx"} { set code [expr {$code & 0xffff}] }
        incr theirs($code) $count
    }
    set log $folder/dmesg.log
    if {$apart eq ""} {
        set most [counts_table total $tool table --format csv $log]
        set least $most
        set apart 0
    } else {
        set dumps [lmap row [counts_csv [exec $tool list --format csv $log]] { dict get $row dump }]
        set most [counts_table exits $tool diff --all --format csv $log]
        set least [counts_table exits $tool diff --all --format csv \
            --from [lindex $dumps 1] --to [lindex $dumps end-1] $log]
    }
    foreach {code reason count} $least {
        set low($code) $count
    }
    set exits 0
    set ahead {}
    foreach {code reason count} $most {
        if {![info exists low($code)]} { set low($code) 0 }
        if {![info exists theirs($code)]} { set theirs($code) 0 }
        incr exits $count
        if {$theirs($code) < $low($code) && $reason in $higher} {
            dict set ahead $reason [expr {$low($code) - $theirs($code)}]
        } elseif {$theirs($code) < $low($code) - $apart || $theirs($code) > $count + $apart} {
            lappend differences "$reason: counted $low($code)[expr {$low($code) == $count ? "" : " to $count"}], the histogram has $theirs($code)"
        }
        unset theirs($code)
    }
    foreach code [lsort -integer [array names theirs]] {
        lappend differences "exit code $code: counted 0, the histogram has $theirs($code)"
    }
    return $differences
}
