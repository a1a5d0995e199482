#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Counts survive the end of guests, unloading the vendor module and taking a CPU
# offline.
source [file dirname [info script]]/lib/tap.tcl
tap_one_host_unless_long
tap_run_on_hosts {
    tap_inside survive cpus 2
}
