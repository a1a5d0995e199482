#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The host boots BOOTS times, each time with different timing, and runs three Linux
# guests that take thousands of interrupts.  No boot livelocks: none is retried.
source [file dirname [info script]]/lib/tap.tcl
set boots [expr {[info exists env(BOOTS)] ? $env(BOOTS) : 100}]

# Boot the host for the `try`th time.  Returns the machine.
proc boot {try attempt} {
    global host description build kernel over
    return [host_start $host/boots-$try [host_for_attempt $description 1 try=$try] $build/run/$host/check-boots-$try \
        $kernel $over 2 tests/target/boots]
}

# Report whether boot `try` succeeded.  Returns "": the host is not booted again.
proc judge {try machine} {
    global boots
    set failed [catch {host_collect $machine} why]
    tap_ok [expr {!$failed}] "boot $try of $boots: guests with one, two and one vCPUs boot, work and end" $why
    return ""
}

tap_run_on_hosts {
    if {![dict exists $description registers]} {
        tap_skip "$boots boots" "livelocks are not known on this host"
    } else {
        set over [tap_root]
        for {set try 1} {$try <= $boots} {incr try} {
            dict set starts $try [list boot $try]
        }
        host_wait_all $starts [exec nproc] 1 {} $host_nothing judge
    }
}
