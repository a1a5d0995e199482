# SPDX-License-Identifier: GPL-2.0
# Claims: what an experiment says about its own numbers, and checks in each run
#
# An expression is one of Tcl's, in which STEP:REASON stands for the exits of a step for
# a reason.  REASON can be a sum, such as read_cr3+write_cr3, or "total".  A reason that
# never occurred counts 0, so one expression can name the reasons of both vendors.
# STEP:REASON:FIELD is another figure: l2, the exits from L2, or a time in microseconds.
# Instead of a step, the name of a guest of a step with several guests stands for that VM.

# The figures: columns of `kvm-exits steps` and, without "_us", of `kvm-exits times`
set claims_fields {exits l2 time fastpath kernel user halted sched_out}

# Read the results of an experiment in `folder` with kvm-exits, `tool`.  Returns a nested
# dict from step, reason and field to a number.
proc claims_values {tool folder} {
    global claims_fields
    set values {}
    foreach {log command} {dmesg.log steps vms.log steps times.log times vm-times.log times} {
        if {![file exists $folder/$log]} continue
        foreach row [counts_csv [exec $tool $command --format csv $folder/$log]] {
            set step [dict get $row step]
            set reason [dict get $row reason]
            dict for {column number} $row {
                set field [regsub {_us$} $column ""]
                if {$field ni $claims_fields} continue
                # exits are counted in dumps; the times' number lacks the last exit
                if {$field eq "exits" && $command eq "times"} continue
                dict set values $step $reason $field $number
                set sum [expr {[dict exists $values $step total $field] ? [dict get $values $step total $field] : 0}]
                dict set values $step total $field [expr {$sum + $number}]
            }
        }
    }
    return $values
}

# Returns the number that a token of `step`, `reasons` and `field` stands for.  Throws
# an error if there is no such step or field.
proc claims_number {values step reasons field} {
    global claims_fields
    if {![dict exists $values $step]} {
        error "there is no step or guest $step"
    }
    if {$field eq ""} { set field exits }
    if {$field ni $claims_fields} {
        error "there is no field $field, use one of: [join $claims_fields {, }]"
    }
    set sum 0
    foreach reason [split $reasons +] {
        if {[dict exists $values $step $reason $field]} {
            set sum [expr {$sum + [dict get $values $step $reason $field]}]
        }
    }
    return $sum
}

# Returns the value of an expression.  Throws an error if it is not valid.
proc claims_value {values expression} {
    global claim_token
    set filled ""
    set at 0
    foreach {all step reasons field} [regexp -all -inline -indices $claim_token $expression] {
        append filled [string range $expression $at [lindex $all 0]-1]
        append filled [claims_number $values [string range $expression {*}$step] \
            [string range $expression {*}$reasons] [string range $expression {*}$field]]
        set at [expr {[lindex $all 1] + 1}]
    }
    append filled [string range $expression $at end]
    if {![regexp {^(?:abs|min|max|[-+*/<>=!&|?:(), 0-9.])*$} $filled]} {
        error "the expression {$expression} has unknown words"
    }
    return [expr $filled]
}

# Returns `sentence` with each %EXPRESSION% replaced by its value.
proc claims_sentence {values sentence} {
    set parts [split $sentence %]
    set text ""
    set inside no
    foreach part $parts {
        if {$inside} {
            set value [claims_value $values $part]
            append text [expr {[string is wideinteger -strict $value] ? $value : [format %.1f $value]}]
        } else {
            append text $part
        }
        set inside [expr {!$inside}]
    }
    return $text
}

# Check the claims of an experiment, in the form that experiment_read returns, for a host
# of `isa` whose results are `values`, a dict that claims_values returns.  Returns a list
# of lists: whether the claim holds, its expression, and its sentence with all numbers.
# Throws an error if a claim can't be evaluated.
proc claims_check {values isa claims} {
    set checked {}
    foreach claim $claims {
        lassign $claim whose expression sentence
        if {$whose ni [list "" $isa]} continue
        if {[catch {
            set holds [expr {[claims_value $values $expression] ? "yes" : "no"}]
            set said [claims_sentence $values $sentence]
        } message]} {
            error "the claim {$expression} can't be checked: $message"
        }
        lappend checked [list $holds $expression $said]
    }
    return $checked
}

# Returns those of `claims` whose steps and guests all have values.  A real host may skip
# steps.
proc claims_possible {values claims} {
    global claim_token
    return [lmap claim $claims {
        lassign $claim - expression sentence
        set missing no
        foreach {- step - -} [regexp -all -inline $claim_token "$expression $sentence"] {
            if {![dict exists $values $step]} { set missing yes }
        }
        if {$missing} continue
        set claim
    }]
}

# Returns `expression` with each token followed by its value, for an error message.
proc claims_explain {values expression} {
    global claim_token
    set said {}
    foreach {token step reasons field} [regexp -all -inline $claim_token $expression] {
        lappend said "$token is [claims_number $values $step $reasons $field]"
    }
    return [join [lsort -unique $said] {, }]
}
