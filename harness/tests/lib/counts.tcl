# SPDX-License-Identifier: GPL-2.0
# What the counts of an experiment are held against: the kernel's own histogram.

# Read `column` of a table that kvm-exits makes of counts as CSV.  Returns a list of
# code, as a 32-bit number, reason, count.
proc counts_table {column args} {
    set counts {}
    foreach row [counts_csv [exec {*}$args]] {
        if {[dict get $row code] eq "also"} continue
        lappend counts [expr {[dict get $row code] & 0xffffffff}] [dict get $row reason] [dict get $row $column]
    }
    return $counts
}

# Compare what the exit counters say with the histogram by exit reason, in `folder`.
# Returns a list of what differs, each as text, and sets `exits` to the number of
# exits compared, and `ahead` to a dict from reason to how many more we counted.
#
# The log's last dump is compared.  With `apart`, others count as well: the log's
# first two dumps were taken around the histogram's beginning and its last two
# around its end, and so many exits may have been counted by the one and not yet by
# the other at either.  Of the reasons in `higher` we may count more.
proc counts_against_histogram {tool folder exits_name {apart ""} {higher {}} {ahead_name ahead}} {
    upvar 1 $exits_name exits $ahead_name ahead
    set differences {}
    set histogram [read_file $folder/histogram]
    if {![regexp {Dropped: 0\y} $histogram]} {
        lappend differences "the histogram dropped events"
    }
    foreach {- code count} [regexp -all -inline {exit_reason: +(-?[0-9]+) *\} hitcount: +([0-9]+)} $histogram] {
        # A reason of VMX with modifier bits counts for its basic reason; the
        # tracepoint has SVM's -1 as an unsigned number.
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
            lappend differences "$reason: we counted $low($code)[expr {$low($code) == $count ? "" : " to $count"}], the tracepoint $theirs($code)"
        }
        unset theirs($code)
    }
    foreach code [lsort -integer [array names theirs]] {
        lappend differences "exit code $code: we counted none, the tracepoint $theirs($code)"
    }
    return $differences
}
