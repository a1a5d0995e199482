#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The commands of kvm-exits that read the running kernel: the screen of top with three
# guests, and what inside says about exits whose port, MSR and page are known.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    tap_inside live root [tap_root_with_tool]
}
