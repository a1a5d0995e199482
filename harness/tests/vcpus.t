#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The counts of vCPUs and VMs: they sum up to the machine's, QEMU reports the same,
# and those of VMs that are gone are not lost.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    # Data races take two CPUs.
    tap_inside vcpus cpus [expr {$flavour eq "kcsan" ? 2 : 1}] arguments [expr {$long ? "long" : ""}]
}
