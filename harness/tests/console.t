#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# console_complaints finds every kind of kernel complaint on a console, and nothing
# else.
source [file dirname [info script]]/lib/tap.tcl
tap_run {
    set clean {}
    foreach log [lsort [glob $tests/data/console/*.log]] {
        set console [read_file $log]
        set complaints [console_complaints $console {}]
        tap_ok [expr {[llength [split $console \n]] > 100 && [llength $complaints] == 0}] \
            "no complaint is found in the clean console [file tail $log]" [join $complaints \n]
        append clean $console
    }

    set splats [lsearch -all -inline -not -regexp [split [read_file $tests/data/console/splats] \n] {^(#|$)}]
    set unseen {}
    foreach splat $splats {
        foreach stamp {"" {[    1.906379] } {[   12.906379][   T84] }} {
            set complaints [console_complaints "$clean$stamp$splat\r\n$clean" {}]
            if {$complaints ne [list $splat]} {
                lappend unseen "\"$stamp$splat\": $complaints"
            }
        }
    }
    tap_ok [expr {[llength $splats] > 50 && [llength $unseen] == 0}] \
        "each of [llength $splats] kinds of complaint is found between clean consoles" [join $unseen \n]

    set stack "Call Trace:\n <TASK>\n dump_stack_lvl+0x5d/0x80\n </TASK>\n"
    set warning "WARNING: CPU: 0 PID: 63 at kernel/smp.c:1 f+0x1/0x2"
    tap_ok [expr {[console_complaints $stack {}] eq {{Call Trace:}}}] "a stack without a headline is found"
    tap_ok [expr {[console_complaints $warning\n$stack {}] eq [list $warning]}] "a stack belongs to the headline before it"
    tap_ok [expr {[console_complaints $warning\n$stack {{smp\.c:\d+ f\+}}] eq ""}] "a forgiven complaint is ignored together with its stack"
    tap_ok [expr {[console_complaints $warning\n$stack$stack {{smp\.c:\d+ f\+}}] eq {{Call Trace:}}}] "a second stack after a forgiven complaint is found"
    tap_ok [expr {[console_complaints $warning\n$stack {{smp\.c:\d+ g\+}}] eq [list $warning]}] "a complaint that the expression does not match is found"
}
