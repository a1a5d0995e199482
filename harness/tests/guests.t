#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The guests work on QEMU's emulator, without KVM, and report bad input: guests/check
# prints the test points.
source [file dirname [info script]]/lib/tap.tcl
exit [catch {exec make -s -C $harness/../guests O=$guests KERNEL=$kernel check >@stdout 2>@stderr}]
