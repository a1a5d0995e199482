#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The times of exits: by reason, and by part.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    # KCSAN finds data races only with two CPUs.
    tap_inside times cpus [expr {$flavour eq "kcsan" ? 2 : 1}] arguments [concat [expr {$long ? "long" : ""}] [expr {$flavour eq "" ? "" : "debug"}]]
}
