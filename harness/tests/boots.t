#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A host boots BOOTS times, with other timing each time, and three Linux guests in
# it take thousands of interrupts.  None deadlocks: there is no second attempt.
source [file dirname [info script]]/lib/tap.tcl
set boots [expr {[info exists env(BOOTS)] ? $env(BOOTS) : 100}]

# Boot the host for the `try`th time.
proc boot {try attempt} {
    global host description build kernel over
    return [host_start $host/boots-$try [host_for_attempt $description 1 try=$try] $build/run/$host/check-boots-$try \
        $kernel $over 2 tests/target/boots]
}

# Report how it ended.
proc judge {try machine} {
    global boots
    set failed [catch {host_collect $machine} why]
    tap_ok [expr {!$failed}] "boot $try of $boots: guests of one, two and one vCPUs came up, worked and ended" $why
    return ""
}

tap_run_on_hosts {
    if {![dict exists $description registers]} {
        tap_skip "$boots boots" "no guest was ever seen to livelock on this host"
    } else {
        set over [tap_root]
        for {set try 1} {$try <= $boots} {incr try} {
            dict set starts $try [list boot $try]
        }
        host_wait_all $starts [exec nproc] 1 {} $host_nothing judge
    }
}
