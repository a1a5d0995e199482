#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The counts of vCPUs and VMs sum up to the host's.  QEMU reports the same counts.
# The host's counts include those of destroyed VMs.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    # KCSAN finds data races only with two CPUs.
    tap_inside vcpus cpus [expr {$flavour eq "kcsan" ? 2 : 1}] arguments [expr {$long ? "long" : ""}]
}
