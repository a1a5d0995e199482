#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# How long exits take: by reason, and where the time goes.
source [file dirname [info script]]/tap.tcl
tap_run_on_hosts {
    tap_inside times arguments [expr {$long ? "long" : ""}] root [tap_root]
}
