#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# HOST=this on stock Debian kernels with the modules of the DKMS package: `make
# experiment` and the tests that make sense there, run without input.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
source $tests/lib/this.tcl
tap_run_on_hosts {
    set description [real_plain $description]
    foreach line {6.12 6.1} {
        set tap_prefix "$host, Debian's $line: "
        if {$line eq "6.1" && [dict get $description isa] eq "vmx"} {
            tap_skip "HOST=this" "on this host the test runs only on 6.12"
            continue
        }
        # Bochs is too slow for all experiments.
        set experiments [expr {[dict get $description isa] eq "svm" ? "bare workloads together coverage" : "bare"}]
        if {$line eq "6.1"} {
            # The experiment workloads needs two CPUs.
            set experiments "bare together coverage"
        }
        # On QEMU, 6.1 hangs when it starts a second CPU.
        set cpus [expr {$line eq "6.1" ? 1 : 2}]
        set report [debian_inside this $line [list [debian_modules $line] [real_over yes]] \
            arguments [list /this {*}$experiments] cpus $cpus limit 2400]
        real_check debian-$line $report $experiments
        if {"workloads" ni $experiments} {
            continue
        } elseif {[dict exists $report files README.md]} {
            # README.md compares the host, named "server", with the emulated host.
            set readme [dict get $report files README.md]
            tap_ok [regexp "reason +log +boot .*\\n *0x072 +cpuid +server .*\\n +$host-workloads " $readme] \
                "README.md has the tables of both hosts" $readme
        } else {
            tap_ok no "the host sends a README.md"
        }
    }
}
