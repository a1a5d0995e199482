#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A host boots BOOTS times, with other timing each time, and three Linux guests in
# it take thousands of interrupts.  None deadlocks: there is no second attempt.
source [file dirname [info script]]/tap.tcl
set boots [expr {[info exists env(BOOTS)] ? $env(BOOTS) : 100}]

tap_run_on_hosts {
    if {![dict exists $facts registers]} {
        tap_skip "$boots boots" "no guest was ever seen to livelock on this host"
    } else {
        set over [tap_root]
        set next 1
        set running {}
        while {$next <= $boots || [dict size $running]} {
            while {$next <= $boots && [dict size $running] < [exec nproc]} {
                dict set running $next [box_start $host/boots-$next [box_facts_for $facts 1 try=$next] \
                    $build/run/$host/check-boots-$next $kernel $over 2 tests/inside/boots]
                incr next
            }
            dict for {try box} $running {
                set state [box_turn box]
                dict set running $try $box
                if {$state eq "runs"} continue
                dict unset running $try
                set why [box_last_lines $box]
                if {$state eq "ended"} {
                    set good [expr {![catch {box_collect $box} why]}]
                } else {
                    box_kill $box
                    set good no
                }
                tap_ok $good "boot $try of $boots: guests of one, two and one vCPUs came up, worked and ended" \
                    "[expr {$state eq "ended" ? "" : "$state\n"}]$why"
            }
        }
    }
}
