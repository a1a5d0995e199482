#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# How long exits take: by reason, and where the time goes.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    # Data races take two CPUs.
    tap_inside times cpus [expr {$flavour eq "kcsan" ? 2 : 1}] arguments [concat [expr {$long ? "long" : ""}] [expr {$flavour eq "" ? "" : "debug"}]]
}
