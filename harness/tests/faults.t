#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# No count is lost and the kernel prints no warning during storms of dumps, CPU
# hotplug, module reloads, killed guests, a panic, and in a log that is too small.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/counts.tcl

# Press the key when tests/target/storm on the host `machine` asks for it.  The
# global `pressed` counts the key presses.  `asked` has the current attempt and how
# many of its lines were read.
proc press_in_storm {name machine attempt} {
    global description pressed asked phase
    if {$asked(attempt) != $attempt} {
        array set asked [list attempt $attempt lines 0]
        set pressed 0
        set phase ""
    }
    set report [host_report $machine]
    if {[dict get $report end] ne ""} return
    foreach line [lrange [dict get $report progress] $asked(lines) end] {
        incr asked(lines)
        set phase [lindex $line 2]
        if {$phase eq "busy"} {
            host_press $machine
            incr pressed
        }
    }
    # The keyboard controller's buffer is small, so press the key only a few times.
    if {[dict get $description keyboard] ne "no" && $phase eq "storm" && $pressed <= 5} {
        host_press $machine
        incr pressed
    }
}

# Returns the totals of the last dump in the log `path`: a dict from reason to
# total.  Throws if the dump is damaged or the log has none.
proc totals {path} {
    set totals {}
    foreach row [counts_csv [exec -ignorestderr $::tool table --format csv $path]] {
        dict set totals [dict get $row reason] [dict get $row total]
    }
    return $totals
}

# Boot a host that runs tests/target/panic.  Returns its console from the panic on,
# and the totals in debugfs before the panic.
proc panic {arguments} {
    global build host
    set machine [tap_boot panic arguments $arguments cpus 2 limit 120 attempts 1]
    set report [host_report $machine]
    set console [host_console $machine]
    set ended [catch {host_collect $machine} message]
    if {!$ended || ![regexp {kernel panicked} $message]} {
        error "the host did not panic: $message"
    }
    foreach line [dict get $report tap] {
        dict lappend lines [string match "kvm_exits:*" $line] $line
    }
    tap_pass_on [dict create tap [dict get $lines 0]]
    set path $build/check/panic-$host-before.log
    write_file $path [join [dict get $lines 1] \n]\n
    return [list [string range $console [string first "Kernel panic" $console] end] [totals $path]]
}

tap_one_host_unless_long
tap_run_on_hosts {
    set isa [dict get $description isa]

    # The programs that run on the host
    set programs $build/check/programs
    file mkdir $programs/tests
    exec gcc -std=gnu11 -Wall -Wextra -O2 -static -s -o $programs/tests/churn $tests/programs/churn.c
    tap_inside faults cpus 2 root [concat [tap_root] $programs]

    # A storm of dumps
    array set asked {attempt 0 lines 0}
    set report [tap_inside storm cpus 2 each press_in_storm \
        arguments [expr {[dict get $description keyboard] ne "no" ? "keyboard" : ""}]]
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
        "storm: all $dumps dumps are complete" [string range $listed 0 1000]
    # The host triggers one more dump after the storm.
    set lost [expr {1000 + $pressed + 1 - $complete - $refused}]
    tap_ok [expr {$lost == 0}] \
        "storm: 1000 dumps triggered by two writers, $pressed by keyboard, 1 at the end: $complete made, $refused refused because one was in progress" \
        "$lost are missing"
    set down [catch {exec $tool diff --from 1 --to $complete $folder/dmesg.log 2>@1} text]
    tap_ok [expr {!$down}] "storm: no row goes down from dump to dump" $text
    set wrong [counts_against_histogram $tool $folder exits]
    tap_ok [expr {[llength $wrong] == 0 && $exits > 10000}] \
        "storm: $exits exits, each reason as often as in the tracepoint histogram" [join $wrong \n]

    # A panic without exit_counters_on_panic, then with it
    lassign [panic ""] after counts
    tap_ok [expr {[dict size $counts] > 2 && [string first "kvm_exits:" $after] < 0}] "a panic dumps nothing without exit_counters_on_panic" $after
    lassign [panic on] after counts
    set path $build/check/panic-$host.log
    write_file $path [string map {\r ""} $after]
    set failed [catch {totals $path} now]
    set lower {}
    dict for {reason total} $counts {
        if {$failed || ![dict exists $now $reason] || [dict get $now $reason] < $total} {
            lappend lower "$reason $total"
        }
    }
    tap_ok [expr {!$failed && $lower eq "" && [dict size $counts] > 2}] \
        "a panic with exit_counters_on_panic puts a complete dump with all counts on the console" "$now\nlost: $lower\n$path"

    # A kernel log that is too small for its dumps
    set small [dict replace $description append [regsub {log_buf_len=\S+} [dict get $description append] ""]]
    set keep $description
    set description $small
    set report [tap_inside overrun]
    set description $keep
    set path $build/check/overrun-$host.log
    write_file $path [dict get $report files dmesg.log]
    set failed [catch {exec $tool list $path 2>@1} listed]
    tap_ok [regexp {[1-9]\d* dumps: [1-9]\d* complete, 1 damaged} $listed] \
        "a log that lost its beginning: kvm-exits names the incomplete dump" $listed
    tap_note [lindex [split $listed \n] 0]
    foreach line [split $listed \n] {
        if {[regexp {damaged:|no begin|incomplete} $line]} { tap_note $line }
    }
    set failed [catch {exec $tool diff $path 2>@1} text]
    tap_ok [expr {!$failed && [regexp {warning: [^\n]*:\d+: dump \d+ is damaged: } $text] && [regexp -line {^dump \d+ to dump \d+,} $text]}] \
        "a log that lost its beginning: kvm-exits skips its first dump, with a warning" $text
    tap_note $text
}
