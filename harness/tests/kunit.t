#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The kernel's own tests of the counters, on a host.
source [file dirname [info script]]/tap.tcl
tap_run_on_hosts {
    tap_inside kunit root [tap_root]
}
