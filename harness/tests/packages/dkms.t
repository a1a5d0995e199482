#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package on each stock Debian kernel that there is, and what may go wrong there.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
tap_run_on_hosts {
    foreach line {6.12 6.1} {
        set tap_prefix "$host, Debian's $line: "
        if {$line eq "6.1" && [dict get $description isa] eq "vmx"} {
            tap_skip "the package" "on this host 6.12 is enough"
            continue
        }
        debian_packages $line all
    }
}
