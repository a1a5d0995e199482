#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The kernel patch for 6.1 passes kernel-patch/check on a clean tree.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
set line 6.1
set clean $build/check/clean-$line
if {[catch {
    file delete -force $clean
    file mkdir $clean
    exec tar -xf /usr/src/linux-source-$line.tar.xz -C $clean --strip-components=1
} message]} {
    tap_run { error "no clean kernel tree: $message" }
}
exit [catch {exec $harness/../kernel-patch/check $clean $build/check/patch-$line >@stdout 2>@stderr}]
