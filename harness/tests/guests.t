#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The guests work on QEMU's emulator, without KVM, and report bad input.
source [file dirname [info script]]/lib/tap.tcl
tap_run {
    tap_ok [expr {![catch {exec make -s -C $harness/../guests O=$guests KERNEL=$kernel check 2>@1} said]}] \
        "each guest runs on QEMU's emulator, and bad input gives an error message" $said
}
