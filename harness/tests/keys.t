#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The dump comes by all three roads: /proc/sysrq-trigger, Alt-SysRq-x on the
# emulated keyboard, BREAK x on the serial line.
source [file dirname [info script]]/tap.tcl
tap_run_on_hosts {
    set roads {}
    foreach {fact road press} {
        keyboard Alt-SysRq-x box_press
        break    BREAK-x     box_break
    } {
        if {[dict get $facts $fact] ne "no"} {
            lappend roads $road
            set press_by($road) $press
        } else {
            tap_skip "the dump comes through $road" "this host's emulator doesn't deliver it"
        }
    }
    set box [box_start $host/keys $facts $build/run/$host/check-keys $kernel \
        [tap_root] 1 [list tests/inside/keys {*}$roads] tty 120]
    set asked 0
    set failed [catch {
        box_wait box {
            foreach line [lrange [dict get [box_report $box] progress] $asked end] {
                incr asked
                set road [lindex $line 2]
                $press_by($road) $box
            }
        }
    } report]
    set console [box_console $box]
    if {$failed || [catch {box_collect $box} report]} {
        tap_ok no "every way to press it brings a dump" $report
        set report [box_report $box]
    }
    tap_pass_on $report
    tap_ok [expr {[regexp -all {kvm_exits: [0-9]+ end rows=} $console] == 1 + [llength $roads]}] \
        "every dump is on the console" [string range $console end-1000 end]
}
