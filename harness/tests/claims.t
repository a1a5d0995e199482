#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The claims of experiments: each can fail, and a run fails with the numbers if one does.
source [file dirname [info script]]/lib/tap.tcl

# Two steps: a has 30 exits of one reason and 10 of another, b has none of the second
set values {
    a {hlt {exits 30 halted 1500.250} msr {exits 10 halted 0.000} total {exits 40 halted 1500.250}}
    b {HLT {exits 7} total {exits 7}}
}

# Whether `expression` is false for some numbers: all are 0, they rise, or they fall.
proc can_fail {expression} {
    global claim_token
    foreach factor {0 1000 0.001} {
        set number 1000000
        set text $expression
        while {[regexp -indices $claim_token $text at]} {
            set number [expr {$number * $factor}]
            set text [string replace $text {*}$at $number]
        }
        if {![expr $text]} { return yes }
    }
    return no
}

tap_run {
    foreach {expression can} {{a:x > 0} yes {a:x >= 0} no {abs(a:x - b:x) < 5} yes {a:x < 10 && b:x > a:x} yes} {
        tap_ok [expr {[can_fail $expression] == $can}] "the check sees whether {$expression} can fail" "it must say $can"
    }
    foreach {expression value} {
        a:hlt 30  a:hlt+msr 40  a:hlt+HLT 30  b:hlt+HLT 7  a:nothing 0  a:total 40
        a:hlt:halted 1500.250  {a:hlt - b:HLT} 23  {abs(b:HLT - a:hlt) <= 23} 1  {a:hlt > 30} 0
    } {
        set is [claims_value $values $expression]
        tap_ok [expr {$is == $value}] "{$expression} is $value" $is
    }
    set said [claims_sentence $values "%a:hlt% of %a:total% exits, %a:hlt:halted / 1000% ms."]
    tap_ok [expr {$said eq "30 of 40 exits, 1.5 ms."}] "a sentence gets its numbers" $said
    foreach {expression pattern} {
        c:hlt               {there is no step or guest c}
        a:hlt:halt          {there is no field halt, use one of: exits, l2, time}
        {[exit 3]}          {has unknown words}
        {a:hlt + $env(PATH)} {has unknown words}
    } {
        set failed [catch {claims_value $values $expression} message]
        tap_ok [expr {$failed && [regexp $pattern $message]}] "{$expression} is an error" $message
    }

    # A real host may skip steps.
    set possible [claims_possible $values {{"" {a:hlt > 0} "%a:msr%"} {"" {c:hlt > 0} "%a:hlt%"} {svm {b:HLT > 0} "%c:hlt%"}}]
    tap_ok [expr {[llength $possible] == 1 && [lindex $possible 0 1] eq "a:hlt > 0"}] \
        "claims about steps that were skipped are skipped too" $possible

    # Each claim of each experiment names reasons of a vendor, and is true for the tracked results, and there are numbers
    # for which it is false.
    set count 0
    set named total
    foreach isa {svm vmx} {
        foreach line [split [string trim [read_file $harness/../results/$isa/workloads/exit_reasons]] \n] {
            lappend named [lindex $line end]
        }
    }
    foreach name [description_names $harness/experiments] {
        foreach isa {svm vmx} {
            set folder $harness/../results/$isa/$name
            set claims [dict get [experiment_read $harness/experiments $name [expected_read $root/guests/bare $isa]] claims]
            if {$claims eq "" || ![file exists $folder/exits.csv]} continue
            foreach claim $claims {
                set unknown {}
                foreach {- - reasons -} [regexp -all -inline $claim_token [lindex $claim 1]] {
                    foreach reason [split $reasons +] {
                        if {$reason ni $named} { lappend unknown $reason }
                    }
                }
                tap_ok [expr {$unknown eq ""}] "$isa/$name: {[lindex $claim 1]} names exit reasons" $unknown
            }
            foreach claim [claims_check [claims_values $tool $folder] $isa $claims] {
                lassign $claim holds expression sentence
                incr count
                tap_ok $holds "$isa/$name: $sentence" "{$expression} is false"
                tap_ok [can_fail $expression] "$isa/$name: this claim can fail" "{$expression} is true for all numbers that were tried"
            }
        }
    }
    tap_ok [expr {$count > 0}] "experiments make claims" "none was found"
}
