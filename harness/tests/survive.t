#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Counts survive the death of guests, of the vendor module and of a CPU.
source [file dirname [info script]]/lib/tap.tcl
tap_one_host_unless_long
tap_run_on_hosts {
    tap_inside survive cpus 2
}
