#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# HOST=this on Debian's own kernels with the modules of the DKMS package: `make
# experiment` and the tests that make sense there, run with no input.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
source $tests/lib/this.tcl
tap_run_on_hosts {
    set description [real_plain $description]
    foreach line {6.12 6.1} {
        set tap_prefix "$host, Debian's $line: "
        if {$line eq "6.1" && [dict get $description isa] eq "vmx"} {
            tap_skip "HOST=this" "on this host 6.12 is enough"
            continue
        }
        # Bochs takes its time.
        set experiments [expr {[dict get $description isa] eq "svm" ? "bare workloads together coverage" : "bare"}]
        if {$line eq "6.1"} {
            # One of the workloads wants two processors, see below.
            set experiments "bare together coverage"
        }
        # Under QEMU 6.1 hangs where it starts the second of two processors.
        set cpus [expr {$line eq "6.1" ? 1 : 2}]
        set report [debian_inside this $line [list [debian_modules $line] [real_over yes]] \
            arguments [list /this {*}$experiments] cpus $cpus limit 2400]
        real_check debian-$line $report $experiments
        if {"workloads" ni $experiments} {
            continue
        } elseif {[dict exists $report files README.md]} {
            # This machine, whose name is "server", compared with the emulated host
            set readme [dict get $report files README.md]
            tap_ok [regexp "reason +log +boot .*\\n *0x072 +cpuid +server .*\\n +$host-workloads " $readme] \
                "its README.md has both hosts' tables" $readme
        } else {
            tap_ok no "it has a README.md"
        }
    }
}
