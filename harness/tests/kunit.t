#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The kernel's own tests of the counters, on a host.
source [file dirname [info script]]/tap.tcl
tap_run {
    tap_root
    tap_inside kunit
}
