#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Nothing is lost, and nobody complains, whatever happens: storms of dumps, CPUs,
# modules and guests that come and go, a panic, a log that is too small.
source [file dirname [info script]]/tap.tcl
source $tests/counts.tcl

# Run tests/inside/storm with somebody at the keyboard, if there is one.  Sets
# `pressed` to how often the key was pressed.  Returns the report.
proc storm {pressed_name {attempt 1}} {
    upvar 1 $pressed_name pressed
    global host facts build kernel box_attempts
    set keyboard [expr {[dict get $facts keyboard] ne "no"}]
    set box [box_start $host/storm [box_facts_for $facts $attempt] $build/run/$host/check-storm $kernel [tap_root] 2 \
        [concat tests/inside/storm [expr {$keyboard ? "keyboard" : ""}]]]
    set pressed 0
    set asked 0
    set phase ""
    while {[set state [box_turn box]] in {runs livelock}} {
        if {$state eq "livelock" && $attempt < $box_attempts} {
            box_kill $box
            tap_note "$host/storm: the host livelocked; attempt [incr attempt] of $box_attempts"
            return [storm pressed $attempt]
        }
        foreach line [lrange [dict get [box_report $box] progress] $asked end] {
            incr asked
            set phase [lindex $line 2]
            if {$phase eq "busy"} {
                box_press $box
                incr pressed
            }
        }
        # A few times, as the keyboard's controller has no room for many keys.
        if {$keyboard && $phase eq "storm" && $pressed <= 5} {
            box_press $box
            incr pressed
        }
    }
    if {$state eq "silent"} {
        box_kill $box
        error [box_silent $box]
    }
    set report [box_collect $box]
    tap_pass_on $report
    tap_console storm $build/run/$host/check-storm
    return $report
}

# Run tests/inside/panic, and return the console from the panic on.
proc panic {arguments} {
    global host facts build kernel
    set box [box_start $host/panic $facts $build/run/$host/check-panic $kernel [tap_root] 2 \
        [concat tests/inside/panic $arguments] file 120]
    box_wait box
    set report [box_report $box]
    set console [box_console $box]
    set ended [catch {box_collect $box} message]
    if {!$ended || ![regexp {kernel panicked} $message]} {
        error "the host didn't panic: $message"
    }
    foreach line [dict get $report tap] {
        if {![string match "kvm_exits:*" $line]} { dict lappend rest tap $line }
    }
    tap_pass_on $rest
    set counts {}
    foreach line [dict get $report tap] {
        if {[regexp {^kvm_exits: \d+ +(0x\w+|-?\d+)  (\S+) +(\d+) } $line - - reason total]} {
            dict set counts $reason $total
        }
    }
    return [list [string range $console [string first "Kernel panic" $console] end] $counts]
}

tap_one_host_unless_long
tap_run_on_hosts {
    set isa [dict get $facts isa]

    # The programs that run inside
    set programs $build/check/programs
    file mkdir $programs/tests
    exec gcc -std=gnu11 -Wall -Wextra -O2 -static -s -o $programs/tests/churn $tests/programs/churn.c
    tap_inside faults cpus 2 root [concat [tap_root] $programs]

    # A storm of dumps
    set report [storm pressed]
    set folder $build/check/storm/$host
    file delete -force $folder
    file mkdir $folder
    foreach file {dmesg.log histogram} {
        write_file $folder/$file [dict get $report files $file]
    }
    set log [read_file $folder/dmesg.log]
    set refused [regexp -all -line {exit counters: a dump is in progress already$} $log]
    set failed [catch {exec $tool list $folder/dmesg.log 2>@1} listed]
    regexp {(\d+) dumps: (\d+) complete, (\d+) damaged} $listed - dumps complete damaged
    tap_ok [expr {!$failed && $damaged == 0 && $complete == $dumps}] \
        "storm: every dump is complete, $dumps of them" [string range $listed 0 1000]
    # The last was asked for after the storm.
    set lost [expr {1000 + $pressed + 1 - $complete - $refused}]
    tap_ok [expr {$lost == 0}] \
        "storm: 1000 dumps asked for by two writers, $pressed by keyboard, 1 at the end: $complete came, $refused were told that one is in progress" \
        "$lost are missing"
    set down [catch {exec $tool diff --from 1 --to $complete $folder/dmesg.log 2>@1} text]
    tap_ok [expr {!$down}] "storm: no row goes down from dump to dump" $text
    set wrong [counts_against_histogram $tool $folder exits]
    tap_ok [expr {[llength $wrong] == 0 && $exits > 10000}] \
        "storm: $exits exits, each reason as often as the tracepoint's histogram says" [join $wrong \n]

    # A panic, without and with a dump asked for
    lassign [panic ""] after counts
    tap_ok [expr {[dict size $counts] > 2 && [string first "kvm_exits:" $after] < 0}] "a panic has no dump if none is asked for" $after
    lassign [panic on] after counts
    set path $build/check/panic-$host.log
    write_file $path [string map {\r ""} $after]
    set failed [catch {exec $tool table --format csv $path 2>@1} table]
    set lower {}
    dict for {reason total} $counts {
        if {![regexp "(?:^|\\n)\[^,\]*,$reason,(\\d+)" $table - now] || $now < $total} {
            lappend lower "$reason $total"
        }
    }
    tap_ok [expr {!$failed && $lower eq "" && [dict size $counts] > 2}] \
        "a panic that asks for a dump has a whole one on the console, with all that was counted" "$table\nlost: $lower\n$path"

    # A log that is too small for the dumps in it
    set small [dict replace $facts append [regsub {log_buf_len=\S+} [dict get $facts append] ""]]
    set keep $facts
    set facts $small
    set report [tap_inside overrun root [tap_root]]
    set facts $keep
    set path $build/check/overrun-$host.log
    write_file $path [dict get $report files dmesg.log]
    set failed [catch {exec $tool list $path 2>@1} listed]
    tap_ok [regexp {[1-9]\d* dumps: [1-9]\d* complete, 1 damaged} $listed] \
        "a log that lost its beginning: kvm-exits says which dump is incomplete" $listed
    tap_note [lindex [split $listed \n] 0]
    foreach line [split $listed \n] {
        if {[regexp {damaged:|no begin|incomplete} $line]} { tap_note $line }
    }
    set failed [catch {exec $tool diff $path 2>@1} text]
    tap_ok $failed "and makes no table from the first dump of it" $text
    tap_note $text
}
