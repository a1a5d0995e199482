#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The dump comes by all three roads: /proc/sysrq-trigger, Alt-SysRq-x on the
# emulated keyboard, BREAK x on the serial line.
source [file dirname [info script]]/tap.tcl
tap_run {
    tap_root
    set roads {}
    foreach {fact road press} {
        keyboard Alt-SysRq-x press-key
        break    BREAK-x     press-break
    } {
        if {[dict get $facts $fact]} {
            lappend roads $road
            # What is typed is data, with escapes.
            set typed($road) [subst -nocommands -novariables [dict get $facts $press]]
        } else {
            tap_skip "the dump comes through $road" "this host's emulator doesn't deliver it"
        }
    }
    set box [box_start $host/keys $facts $build/run/$host/check-keys $kernel \
        $build/check/root.cpio 1 [list tests/inside/keys {*}$roads] tty 120]
    set id [dict get $box id]
    set asked 0
    while {[box_runs $box 1]} {
        foreach line [lrange [dict get [box_report $box] progress] $asked end] {
            incr asked
            set road [lindex $line 2]
            send -i $id $typed($road)
            if {$road eq "BREAK-x"} {
                send -i $id x
            }
        }
        if {[clock seconds] > [dict get $box deadline]} {
            tap_note [box_last_lines $box]
            box_kill $box
            break
        }
    }
    set console $box_said($id)
    if {[catch {box_collect $box} report]} {
        tap_ok no "every road brings a dump within 120 s" $report
        set report [box_report $box]
    }
    tap_pass_on $report
    tap_ok [expr {[regexp -all {kvm_exits: [0-9]+ end rows=} $console] == 1 + [llength $roads]}] \
        "every dump is on the console" [string range $console end-1000 end]
}
