#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# What happens when SysRq-x is another's.
source [file dirname [info script]]/lib/tap.tcl
tap_run_on_hosts {
    set folder $build/check/modules
    file delete -force $folder
    file mkdir $build/check
    file copy $tests/modules $folder
    if {[catch {exec make -s -C $build/linux M=$folder modules 2>@1} message]} {
        error "can't build the module that takes the key: $message"
    }
    tap_inside key-taken append modules=irqbypass,sysrq-taker \
        root [tap_root [list $folder/sysrq-taker.ko]]
}
