#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package on a stock Debian kernel: it installs, counts and uninstalls.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/debian.tcl
tap_run_on_hosts {
    debian_packages 6.12 everyday
}
