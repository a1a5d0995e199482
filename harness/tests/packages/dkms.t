#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package on each stock Debian kernel, including failures.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
tap_run_on_hosts {
    foreach line {6.12 6.1} {
        set tap_prefix "$host, Debian's $line: "
        if {$line eq "6.1" && [dict get $description isa] eq "vmx"} {
            tap_skip "the DKMS package" "on this host the test runs only on 6.12"
            continue
        }
        # Bochs is too slow for all parts.
        debian_packages $line [expr {[dict get $description isa] eq "svm"
            ? "everyday running_vms races power_cut failures not_loaded boot_again locked_down" : "everyday failures"}]
    }
}
