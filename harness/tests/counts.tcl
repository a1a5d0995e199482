# SPDX-License-Identifier: GPL-2.0
# What the counts of an experiment are held against: the kernel's own histogram,
# and what bare guests are known to do.

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

# Read exits.csv.  Returns a dict: step, then reason, then exits.
proc counts_steps {folder} {
    set steps {}
    foreach line [lrange [split [string trim [read_file $folder/exits.csv]] \n] 1 end] {
        lassign [split $line ,] step code reason exits
        dict set steps $step $reason $exits
    }
    return $steps
}

# Seconds between a step's two marks, by the host's own clock.
proc counts_seconds {folder step} {
    set log [read_file $folder/dmesg.log]
    foreach mark {begin end} {
        regexp "\\n\\\[ *(\[0-9.\]+)\\\] kvm_exits_step: $mark $step\\n" $log - $mark
    }
    return [expr {$end - $begin}]
}

# Hold a bare guest's two runs, with no unit and with `units`, against what its
# .causes file says.  Returns a list of what is wrong, each as text.
proc counts_bare {folder causes guest units} {
    if {![regexp "\\y$::isa:(\\S+) .*exits:(\[0-9\]+)" $causes - reason each]} {
        return [list "$guest: nobody said what it causes on $::isa"]
    }
    set interrupt [expr {$::isa eq "svm" ? "interrupt" : "EXTERNAL_INTERRUPT"}]
    set steps [counts_steps $folder]
    set without [dict get $steps $guest-0]
    set with [dict get $steps $guest-$units]
    set wrong {}
    foreach name [lsort -unique [concat [dict keys $without] [dict keys $with] [list $reason]]] {
        if {$name eq "none"} continue
        set more 0
        catch {incr more [dict get $with $name]}
        catch {incr more -[dict get $without $name]}
        if {$name eq $reason} {
            if {$more != $units * $each} {
                lappend wrong "$guest: $units units are [expr {$units * $each}] exits for $name, and $more were counted"
            }
        } elseif {$name eq $interrupt} {
            # The host's clock ticks 100 times a second; a disk or a serial
            # port has little to say while a bare guest runs.
            set ticks [expr {int(100 * [counts_seconds $folder $guest-$units]) + 2}]
            if {abs($more) > $ticks} {
                lappend wrong "$guest: $more more exits for $name than $ticks timer ticks explain"
            }
        } elseif {$more != 0} {
            lappend wrong "$guest: $more more exits for $name"
        }
    }
    return $wrong
}
