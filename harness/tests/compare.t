#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# harness/bin/compare: the differences between two results, and the budget.
source [file dirname [info script]]/lib/tap.tcl

# Run compare on the results a and b with a budget of `lines`, or without one if it is
# empty.  Returns a list: the exit status, and all output.
proc compared {work {lines ""}} {
    set arguments [list $work/a $work/b]
    if {$lines ne ""} {
        write_file $work/budget $lines\n
        lappend arguments $work/budget
    }
    set failed [catch {exec $::harness/bin/compare {*}$arguments 2>@1} text details]
    return [list [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}] $text]
}

tap_run {
    set work $build/check/compare
    file delete -force $work
    foreach {side rows} {
        a "boot,0x072,cpuid,100 boot,0x07b,io,700 idle,0x078,hlt,5"
        b "boot,0x072,cpuid,103 boot,0x07b,io,600 idle,0x078,hlt,5 idle,0x07c,msr,1"
    } {
        file mkdir $work/$side/svm/workloads
        write_file $work/$side/svm/workloads/exits.csv "step,code,reason,exits\n[join $rows \n]\n"
    }

    lassign [compared $work] status text
    tap_ok [expr {$status == 0 && [regexp {svm/workloads  boot  cpuid   100  103  \+3} $text] &&
                  [regexp {io      700  600  -100} $text] && [regexp {msr       0    1  \+1} $text] &&
                  [regexp {rows that differ: 3, runs: 1} $text] && ![regexp hlt $text]}] \
        "all rows that differ, and no others" $text
    foreach {what lines wanted} {
        "all rows are within the budget"    "* boot cpuid 3\n* idle * any"         0
        "a percentage"                      "# comment\n* * cpuid 3%\n* * msr 1"   0
        "a row has one exit too many"       "* boot cpuid 2\n* idle * any"         1
        "2 % of 100 are 2"                  "* * cpuid 2%\n* * msr 1"              1
        "a row without a line may not grow" "* boot cpuid 3"                       1
        "the first line that matches counts" "* * * any\n* * * 0"                  0
    } {
        lassign [compared $work $lines] status text
        tap_ok [expr {$status == $wanted && (!$wanted || [regexp {rows have more exits than the budget} $text])}] \
            "$what: exit status $wanted" "exit status $status: $text"
    }
    foreach {what lines pattern} {
        "a line with three words" "* * *"       {budget, line 1: expected RUN STEP REASON LIMIT}
        "a bad limit"             "* * * -1"    {budget, line 1: expected RUN STEP REASON LIMIT}
    } {
        lassign [compared $work $lines] status text
        tap_ok [expr {$status == 2 && [regexp $pattern $text]}] "$what: an error" "exit status $status: $text"
    }
    write_file $work/b/svm/workloads/exits.csv "step,code,reason,exits\nboot,0x072,cpuid,1\n"
    lassign [compared $work] status text
    tap_ok [expr {$status == 2 && [regexp {other steps} $text]}] "other steps: an error" "exit status $status: $text"
    file delete -force $work/b
    lassign [compared $work] status text
    tap_ok [expr {$status == 2 && [regexp {b has no results of svm/workloads} $text]}] "no results: an error" "exit status $status: $text"
    foreach side {A B} {
        set failed [catch {exec make -s -C $harness/.. compare $side=/nonexistent 2>@1} text]
        tap_ok [expr {$failed && [regexp "$side=/nonexistent is neither a line of kernels .* nor a kernel source tree" $text]}] \
            "make compare $side=/nonexistent: an error" $text
    }
}
