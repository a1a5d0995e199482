#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Dumps, reads of debugfs and exits on two CPUs don't get into each other's way.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    if {[dict get $description max-cpus] == 1} {
        tap_skip "dumps on two CPUs, reads of debugfs and exits at once" "this host has one CPU"
    } else {
        tap_inside at-once cpus 2
    }
}
