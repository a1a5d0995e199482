# SPDX-License-Identifier: GPL-2.0
# Compare the counts of an experiment with the expected exits of its guests

# Returns the rows of a CSV table of kvm-exits, each a dict from column to field.
proc counts_csv {text} {
    set rows [lmap line [split [string trim $text] \n] { split $line , }]
    set columns [lindex $rows 0]
    return [lmap fields [lrange $rows 1 end] {
        set row {}
        foreach column $columns field $fields { dict set row $column $field }
        set row
    }]
}

# Read exits.csv.  Returns a nested dict from step and reason to the number in `column`:
# exits, or l2 for the exits from L2.
proc counts_steps {folder {column exits}} {
    set steps {}
    foreach row [counts_csv [read_file $folder/exits.csv]] {
        dict set steps [dict get $row step] [dict get $row reason] [expr {[dict exists $row $column] ? [dict get $row $column] : 0}]
    }
    return $steps
}

# Returns the seconds between a step's two marks in the host's kernel log.
proc counts_seconds {folder step} {
    set log [read_file $folder/dmesg.log]
    foreach mark {begin end} {
        regexp "\\n\\\[ *(\[0-9.\]+)\\\] kvm_exits_step: $mark $step\\n" \n$log - $mark
    }
    return [expr {$end - $begin}]
}

# Returns a dict from reason to how many more exits the step `with` has than the step
# `without`.  Reasons without a difference are not in it.  `steps` is the dict that
# counts_steps returns.
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

# Compare a bare guest's steps GUEST-0 and GUEST-UNITS with `expected`, its entry in the
# dict that expected_read returns.  Returns a list of error messages.  The numbers of
# reasons in the list `tolerance` are not checked.  If `least` is true, other VMs may add
# exits to either step, so the step GUEST-UNITS must have at least the expected exits.
# `ticks` is how often per second the host's timer may interrupt the guest.
proc counts_bare {folder expected guest units {tolerance {}} {least no} {ticks 100}} {
    set steps [counts_steps $folder]
    set wrong {}
    foreach n [list 0 $units] {
        if {![dict exists $steps $guest-$n]} {
            return [list "$guest: the step $guest-$n is missing"]
        }
    }
    # All expected exits of a guest l2-* come from its L2, except those that enter it.  No
    # expected exit of another guest comes from an L2.
    set l2 [counts_more [counts_steps $folder l2] $guest-0 $guest-$units]
    dict for {reason times} [dict get $expected reasons] {
        set is [expr {[dict exists $l2 $reason] ? [dict get $l2 $reason] : 0}]
        set wanted [expr {[string match l2-* $guest] && $reason ni {failed_vmentry vmrun VMLAUNCH VMRESUME} ? $units * $times : 0}]
        if {$is != $wanted} {
            lappend wrong "$guest: $wanted exits for $reason must come from L2, but $is were counted"
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
            # The host's disk and serial ports interrupt little while a bare guest runs.
            set most [expr {int($ticks * [counts_seconds $folder $guest-$units]) + 2}]
            if {abs($is - $wanted) > $most} {
                lappend wrong "$guest: $units units must cause $wanted exits for $reason, plus or minus $most timer ticks, but $is were counted"
            }
        } elseif {$wanted == 0} {
            lappend wrong "$guest: $units units must cause no exits for $reason, but $is were counted"
        } elseif {$is != $wanted} {
            lappend wrong "$guest: $units units must cause $wanted exits for $reason, but $is were counted"
        }
    }
    return $wrong
}

# Returns the bare guests that a host skipped and that its description allows to skip: a
# dict from guest to the sentence of its word `may-skip`.  `left` has the texts of the
# report's lines `left`.
proc counts_skipped {left may_skip} {
    set skipped {}
    foreach entry $may_skip {
        regexp {^(\S+) +(.*)$} $entry - guest sentence
        if {[lsearch -regexp $left "^$guest-\[0-9]+: "] >= 0} {
            dict set skipped $guest $sentence
        }
    }
    return $skipped
}

# Make the page about the experiment "coverage", in Markdown: how each exit reason that
# the kernel has a name for was provoked, or why it can't be provoked.
#
# `tool` is kvm-exits, `folder` has the experiment's results, `expected` is the dict that
# expected_read returns, `unreachable` is a list of "REASON SENTENCE", `units` is the
# number of units in each guest's second step, and `skipped` is the dict that
# counts_skipped returns.  Returns a list: the page, and a list of
# error messages.
proc counts_coverage {tool folder expected unreachable units host {skipped {}}} {
    set steps [counts_steps $folder]
    set l2 [counts_steps $folder l2]
    set wrong {}
    foreach entry $unreachable {
        regexp {^(\S+) +(.*)$} $entry - reason sentence
        set why($reason) $sentence
    }
    set out ""
    dict for {guest sentence} $skipped {
        foreach reason [dict keys [dict get $expected $guest reasons]] {
            set left($reason) "`$guest`, which causes it, was skipped: $sentence"
        }
        append out " `$guest` was skipped: $sentence"
        dict unset expected $guest
    }
    # Guests that were skipped because RELOAD=1 was not set
    dict for {guest cause} $expected {
        if {[dict exists $steps $guest-$units]} continue
        foreach reason [dict keys [dict get $cause reasons]] {
            set left($reason) "`$guest`, which causes it, was skipped."
        }
        append out " `$guest` was skipped because it needs the module with [join [dict get $cause parameters] {, }]: `RELOAD=1` allows that."
    }

    # All reasons in the order of their codes, with and without exits
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
            lappend wrong "$reason was provoked, but a line `unreachable` says that it can't be: $why($reason)"
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
            lappend wrong "$reason was not provoked: add a guest that causes it, or a line `unreachable`"
            set why($reason) "?"
        }
        append missing "| `$reason` | $why($reason) |\n"
    }
    set parameters [expr {$host eq "" ? "" : " on the host `$host`"}]
    return [list "# Coverage of all exit reasons$parameters

The kernel has names for $nr_reasons exit reasons. Bare guests provoked $nr_provoked of them. The second
table explains why the other [expr {$nr_reasons - $nr_provoked}] were not provoked.

Each guest ran twice, with 0 units of work and with $units. *Expected* is the number of exits that its source
declares for $units units. *Counted* is the difference between the two runs in KVM's exit counters. *From L2* is
how many of these came from a nested guest. If module parameters are shown, the vendor's module was loaded
with them for this guest. More interrupts than expected can be counted, because the host's own timer ticks
while a guest runs. This page was made from `coverage/dmesg.log` and from `coverage/exit_reasons`, a copy of
the file in KVM's debugfs directory.$out

| code | reason | guest | module parameters | units | expected | counted | from L2 |
|-----:|--------|-------|-------------------|------:|---------:|--------:|--------:|
$provoked
## Not reachable on this host

| reason | why |
|--------|-----|
$missing" $wrong]
}
