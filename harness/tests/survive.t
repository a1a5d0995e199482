#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Counts survive the death of guests, of the vendor module and of a CPU.
source [file dirname [info script]]/tap.tcl
tap_run {
    tap_root
    tap_inside survive cpus [expr {min(2, [dict get $facts max-cpus])}]
}
