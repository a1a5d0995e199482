#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Dumps, reads of debugfs and exits on two CPUs don't get into each other's way.
source [file dirname [info script]]/tap.tcl
tap_run_on_hosts {
    tap_inside at-once cpus 2 root [tap_root]
}
