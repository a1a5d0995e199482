#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# KVM when another module owns SysRq-x.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    set folder $build/check/modules
    file delete -force $folder
    file mkdir $build/check
    file copy $tests/modules $folder
    if {[catch {exec make -s -C $build/linux M=$folder modules 2>@1} message]} {
        error "can't build the module sysrq-taker: $message"
    }
    tap_inside key-taken append modules=irqbypass,sysrq-taker \
        root [tap_root [list $folder/sysrq-taker.ko]]
}
