#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# All three ways to trigger a dump work: /proc/sysrq-trigger, Alt-SysRq-x on the
# emulated keyboard, BREAK x on the serial line.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    set ways {}
    foreach {word way press} {
        keyboard Alt-SysRq-x host_press
        break    BREAK-x     host_break
    } {
        if {[dict get $description $word] ne "no"} {
            lappend ways $way
            set press_by($way) $press
        } else {
            tap_skip "$way triggers a dump" "this host's emulator doesn't deliver it"
        }
    }
    set asked 0
    set report [tap_inside keys arguments $ways console tty limit 120 attempts 1 each {apply {{name machine attempt} {
        global asked press_by
        foreach line [lrange [dict get [host_report $machine] progress] $asked end] {
            incr asked
            $press_by([lindex $line 2]) $machine
        }
        set ::keys_machine $machine
    }}}]
    set console [host_console $keys_machine]
    tap_ok [expr {[regexp -all {kvm_exits: [0-9]+ end rows=} $console] == 1 + [llength $ways]}] \
        "every dump is on the console" [string range $console end-1000 end]
}
