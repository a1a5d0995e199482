# SPDX-License-Identifier: GPL-2.0
# What was counted, held against what was known beforehand.

# The rows of a table that kvm-exits made as CSV, each a dict from column to field.
proc counts_csv {text} {
    set rows [lmap line [split [string trim $text] \n] { split $line , }]
    set columns [lindex $rows 0]
    return [lmap fields [lrange $rows 1 end] {
        set row {}
        foreach column $columns field $fields { dict set row $column $field }
        set row
    }]
}

# Read exits.csv.  Returns a dict: step, then reason, then the number in the column
# `column`: exits, or l2 for those of them that were from L2.
proc counts_steps {folder {column exits}} {
    set steps {}
    foreach row [counts_csv [read_file $folder/exits.csv]] {
        dict set steps [dict get $row step] [dict get $row reason] [expr {[dict exists $row $column] ? [dict get $row $column] : 0}]
    }
    return $steps
}

# Seconds between a step's two marks, by the host's own clock.
proc counts_seconds {folder step} {
    set log [read_file $folder/dmesg.log]
    foreach mark {begin end} {
        regexp "\\n\\\[ *(\[0-9.\]+)\\\] kvm_exits_step: $mark $step\\n" \n$log - $mark
    }
    return [expr {$end - $begin}]
}

# What the step `with` has more exits of than the step `without`, of `steps`,
# as counts_steps returns them.  Returns a dict from reason to that number, which is
# never 0.
proc counts_more {steps without with} {
    set more {}
    set before [expr {[dict exists $steps $without] ? [dict get $steps $without] : {}}]
    set after [expr {[dict exists $steps $with] ? [dict get $steps $with] : {}}]
    foreach reason [lsort -unique [concat [dict keys $before] [dict keys $after]]] {
        set difference 0
        catch {incr difference [dict get $after $reason]}
        catch {incr difference -[dict get $before $reason]}
        if {$difference != 0} {
            dict set more $reason $difference
        }
    }
    return $more
}

# Hold a bare guest's two steps, GUEST-0 and GUEST-UNITS, against `expected`, its part
# of what expected_read returns.  Returns a list of what is wrong, each as text.
# Reasons in the list `tolerance` may have any number of exits.  With `least` others cause exits as
# well, in either step: the second one has at least those of the guest.
proc counts_bare {folder expected guest units {tolerance {}} {least no}} {
    set steps [counts_steps $folder]
    set wrong {}
    foreach n [list 0 $units] {
        if {![dict exists $steps $guest-$n]} {
            return [list "$guest: there is no step $guest-$n"]
        }
    }
    # All that a guest l2-... causes comes from its L2, but for the entries into it; and
    # nothing of what others cause.
    set l2 [counts_more [counts_steps $folder l2] $guest-0 $guest-$units]
    dict for {reason times} [dict get $expected reasons] {
        set is [expr {[dict exists $l2 $reason] ? [dict get $l2 $reason] : 0}]
        set wanted [expr {[string match l2-* $guest] && $reason ni {failed_vmentry vmrun VMLAUNCH VMRESUME} ? $units * $times : 0}]
        if {$is != $wanted} {
            lappend wrong "$guest: $wanted exits for $reason are from L2, and $is were counted"
        }
    }
    set more [expr {$least ? [dict get $steps $guest-$units] : [counts_more $steps $guest-0 $guest-$units]}]
    set reasons [dict get $expected reasons]
    foreach reason [lsort -unique [concat [dict keys $more] [dict keys $reasons]]] {
        set is [expr {[dict exists $more $reason] ? [dict get $more $reason] : 0}]
        set wanted [expr {[dict exists $reasons $reason] ? $units * [dict get $reasons $reason] : 0}]
        if {$reason in $tolerance || $least && $is >= $wanted} {
            continue
        } elseif {$reason in {interrupt EXTERNAL_INTERRUPT}} {
            # The host's clock ticks 100 times a second; a disk or a serial
            # port has little to say while a bare guest runs.
            set ticks [expr {int(100 * [counts_seconds $folder $guest-$units]) + 2}]
            if {abs($is - $wanted) > $ticks} {
                lappend wrong "$guest: $units units are $wanted exits for $reason, and $is were counted, $ticks timer ticks more or less"
            }
        } elseif {$wanted == 0} {
            lappend wrong "$guest: $is more exits for $reason"
        } elseif {$is != $wanted} {
            lappend wrong "$guest: $units units are $wanted exits for $reason, and $is were counted"
        }
    }
    return $wrong
}

# Make the table of the experiment "coverage", in Markdown: each reason that the
# kernel has a name for, and how it was provoked, or why it can't be.
#
# `tool` is kvm-exits, `folder` has the experiment's results, `expected` is what
# expected_read returns,
# `unreachable` a list of "REASON SENTENCE" and `units` what each guest did in its
# second run.  Returns the text and a list of what is wrong, each as text.
proc counts_coverage {tool folder expected unreachable units host} {
    set steps [counts_steps $folder]
    set l2 [counts_steps $folder l2]
    set wrong {}
    foreach entry $unreachable {
        regexp {^(\S+) +(.*)$} $entry - reason sentence
        set why($reason) $sentence
    }
    # What this machine's owner didn't allow
    set out ""
    dict for {guest cause} $expected {
        if {[dict exists $steps $guest-$units]} continue
        foreach reason [dict keys [dict get $cause reasons]] {
            set left($reason) "`$guest`, which expected it, was left out."
        }
        append out " `$guest` was skipped because it needs the module with [join [dict get $cause parameters] {, }]: `RELOAD=1` allows that."
    }

    # All reasons, taken or not, in the order of their codes
    set rows {}
    set none {}
    foreach row [counts_csv [exec -ignorestderr $tool table --all --format csv $folder/dmesg.log $folder/exit_reasons]] {
        if {[dict get $row total] > 0} {
            lappend rows [dict get $row code] [dict get $row reason]
        } else {
            lappend none [dict get $row reason]
        }
    }

    set provoked ""
    set nr_provoked 0
    set missing ""
    set nr_reasons [llength $none]
    foreach {code reason} $rows {
        if {$code ne "also"} { incr nr_reasons }
        set exact 0
        dict for {guest cause} $expected {
            if {![dict exists $cause reasons $reason] || ![dict exists $steps $guest-$units]} continue
            set wanted [expr {$units * [dict get $cause reasons $reason]}]
            set more [counts_more $steps $guest-0 $guest-$units]
            set is [expr {[dict exists $more $reason] ? [dict get $more $reason] : 0}]
            set more [counts_more $l2 $guest-0 $guest-$units]
            set is_l2 [expr {[dict exists $more $reason] ? [dict get $more $reason] : "."}]
            append provoked "| [format %5s $code] | `$reason` | `$guest` | [join [dict get $cause parameters] {, }] | $units | $wanted | $is | $is_l2 |\n"
            incr exact
        }
        if {$exact && $code ne "also"} { incr nr_provoked }
        if {$exact && [info exists why($reason)]} {
            lappend wrong "$reason was provoked, and is said not to be reachable: $why($reason)"
        } elseif {!$exact} {
            lappend none $reason
        }
    }
    foreach reason $none {
        if {[info exists left($reason)]} {
            set why($reason) $left($reason)
        } elseif {![info exists why($reason)] && [info exists why(*)]} {
            set why($reason) $why(*)
        } elseif {![info exists why($reason)]} {
            lappend wrong "$reason was not provoked, and no line `unreachable` says why"
            set why($reason) "?"
        }
        append missing "| `$reason` | $why($reason) |\n"
    }
    set parameters [expr {$host eq "" ? "" : " on the host `$host`"}]
    return [list "# Every exit reason$parameters: provoked, or why not

The kernel has names for $nr_reasons exit reasons. $nr_provoked were provoked here, by bare guests whose
exits are known beforehand, and [expr {$nr_reasons - $nr_provoked}] can't be.

Each guest ran twice, with no unit of work and with $units. *Predicted* is what its source says of
$units units, *counted* the difference of the two runs by KVM's exit counters, *from L2* how many of these came
from a nested guest. A guest that needs it had
the vendor's module loaded with the parameters shown. Interrupts can be a few more than predicted: the
host's own clock ticks while a guest runs. Made from `coverage/dmesg.log` and
`coverage/exit_reasons`, the file of that name in KVM's debugfs directory.$out

| code | reason | guest | module parameters | units | predicted | counted | from L2 |
|-----:|--------|-------|-------------------|------:|----------:|--------:|--------:|
$provoked
## Not reachable on this host

| reason | why |
|--------|-----|
$missing" $wrong]
}
