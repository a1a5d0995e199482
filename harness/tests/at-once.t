#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Concurrent dumps, debugfs reads and exits on two CPUs don't disturb each other.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    if {[dict get $description max-cpus] == 1} {
        tap_skip "concurrent dumps, debugfs reads and exits on two CPUs" "this host has one CPU"
    } else {
        tap_inside at-once cpus 2
    }
}
