# SPDX-License-Identifier: GPL-2.0
# What the counts of an experiment are held against: the kernel's own histogram.

# Compare the last dump of an experiment that ran with an oracle with the
# histogram by exit reason, in `folder`.  Returns a list of what differs, each as
# text, and sets `exits` to the number of exits compared.
proc counts_against_histogram {tool folder exits_name} {
    upvar 1 $exits_name exits
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
    set exits 0
    foreach line [lrange [split [exec $tool table --format csv $folder/dmesg.log] \n] 1 end] {
        lassign [split $line ,] code reason total
        if {$code eq "also"} continue
        set code [expr {$code & 0xffffffff}]
        incr exits $total
        set theirs($code) [expr {[info exists theirs($code)] ? $theirs($code) : 0}]
        if {$theirs($code) != $total} {
            lappend differences "$reason: we counted $total, the tracepoint $theirs($code)"
        }
        unset theirs($code)
    }
    foreach code [lsort -integer [array names theirs]] {
        lappend differences "exit code $code: we counted none, the tracepoint $theirs($code)"
    }
    return $differences
}
