#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The kernel patch passes the short kernel-patch/check on a clean tree.  patches.t runs
# all of its test points, for each kernel version.
source [file dirname [info script]]/lib/tap.tcl
set status [catch {exec make -s -C $harness/.. clean-tree >@stdout} message]
if {$status} {
    tap_run { error "no clean kernel tree: $message" }
}
exit [catch {exec $harness/../kernel-patch/check $build/clean $build/check/patch short >@stdout 2>@stderr}]
