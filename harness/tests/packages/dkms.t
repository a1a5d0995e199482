#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package on each stock Debian kernel, including failures.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl

# The parts that run on each Debian release and kernel, on AMD and Intel hosts.  Bochs,
# the Intel host, is too slow for all parts.
set all {everyday running_vms races power_cut failures not_loaded boot_again locked_down}
set table [list \
    12 6.12 $all {everyday failures} \
    12 6.1 $all {} \
    13 6.12 {everyday failures} everyday \
    13 7.3 {everyday running_vms failures} {}]

tap_run_on_hosts {
    foreach {release line svm vmx} $table {
        set tap_prefix "$host, Debian $release's $line: "
        set debian $built/debian$release
        set parts [set [dict get $description isa]]
        if {$parts eq ""} {
            tap_skip "the DKMS package" "on this host the test does not run on this kernel"
            continue
        }
        debian_packages $line $parts
    }
}
