#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Each way in which an emulator can end has its own error message, and leaves no
# process and no open port.

# Run in a network namespace, to take all ports without disturbing other tests.
if {$argv eq "" && ![catch {exec unshare --net true}]} {
    overlay unshare --net expect $argv0 own-network
}
source [file dirname [info script]]/lib/tap.tcl

# Start the host for `ends`.  Returns the machine.
proc ends_start {description root meanwhile limit attempt} {
    global host kernel build machine
    set machine [host_start $host $description $build/run/$host/check-endings $kernel $root 1 tests/target/keys file $limit]
    if {$meanwhile ne ""} {
        host_runs $machine 3
        uplevel #0 $meanwhile
    }
    return $machine
}

# Boot a host that can't do its work and may be silent for `limit` seconds.  Run the
# script `meanwhile` when it has booted.  Check that the error matches the regular
# expression `pattern`.
proc ends {what pattern description root {meanwhile ""} {limit 120}} {
    set before [emulators]
    set failed [catch {
        host_collect [host_wait [list ends_start $description $root $meanwhile $limit]]
    } message]
    tap_ok [expr {$failed && [regexp $pattern $message]}] "$what gives the right error message" $message
    tap_note [lindex [split $message \n] 0]
    host_stop_all
    after 300
    tap_ok [expr {[emulators] eq $before}] "$what: leaves no stray process"
}

tap_one_host_unless_long
tap_run_on_hosts {
    set good [tap_root]

    ends "no such emulator" {no-such-emulator is not installed} \
        [dict replace $description program no-such-emulator] $good
    ends "an emulator that is killed" {the emulator was killed by SIGABRT} $description $good {
        set seen [emulators]
        exec kill -ABRT [exp_pid -i [dict get $machine id]]
    }
    tap_ok [expr {[llength $seen] == 1}] "a running emulator is found in the process list" $seen

    set over $build/check/powers-off
    file delete -force $over
    file mkdir $over
    write_file $over/init "#!/bin/sh\npoweroff -f\n"
    file attributes $over/init -permissions 0755
    ends "an early power-off" {the host (powered itself off|stopped before its work was done)} \
        $description [list $root $over]
    write_file $over/init "#!/bin/sh\nreboot -f\n"
    ends "a reset" {(shut down by a triple fault|the host stopped before its work was done)} \
        $description [list $root $over]

    # The host runs a loop and sends nothing.
    write_file $over/init "#!/bin/sh\nwhile :; do :; done\n"
    ends "a silent host" {the host has been silent for 8 s} $description [list $root $over] "" 8

    # A CPU that executes PAUSE for ever, as in a deadlocked guest, is a livelock.  A
    # loop that computes must not be taken for one.
    if {![dict exists $description registers]} {
        tap_skip "a livelock" "livelocks are not checked for on this host"
    } else {
        foreach {what program pattern} {
            "a livelock"           "pause"            {the host livelocked}
            "a loop that computes" "pause\n inc %rax" {the host has been silent for 25 s}
        } {
            exec gcc -nostdlib -static -x assembler -o $over/init - << ".globl _start\n_start: $program\n jmp _start\n"
            ends $what $pattern $description [list $root $over] "" 25
        }
    }

    # Samples of the clock, in seconds, and of the registers of two CPUs
    foreach {what pattern verdict} {
        "a CPU that doesn't execute"        {{AX=%i HLT=0} {AX=7 HLT=0}}   livelock
        "a CPU that is halted"              {{AX=%i HLT=0} {AX=7 HLT=1}}   runs
        "two CPUs that compute"             {{AX=%i HLT=0} {AX=-%i HLT=0}} runs
    } {
        set samples {}
        for {set i 0} {$i < 12} {incr i} {
            lappend samples [list [expr {$i / 4}] [string map [list %i $i] $pattern]]
        }
        set said [emulated_judge $samples]
        tap_ok [expr {$said eq $verdict && [emulated_judge [lrange $samples 0 7]] eq "runs"}] \
            "$what is judged \"$verdict\" after three seconds, and \"runs\" before" $said
    }

    if {![dict exists $description rfb-port]} {
        tap_skip "no free port for the display" "this emulator opens no port"
    } elseif {$argv ne "own-network"} {
        tap_skip "no free port for the display" "unshare can't create a network namespace to take all ports in"
    } else {
        set ports {}
        for {set port 5900} {$port < 6000} {incr port} {
            lappend ports [socket -server {apply {{args} {}}} $port]
        }
        ends "no free port for the display" {the emulator found every port from [0-9]+ to [0-9]+ in use} $description $good
        foreach port $ports { close $port }
        tap_ok [expr {![catch {close [socket -server {apply {{args} {}}} 5900]} message]}] "no free port for the display: leaves no port open" $message
    }

    set rom /usr/share/vgabios/vgabios.bin
    if {![dict exists $description file] || [string first $rom [dict get $description file]] < 0} {
        tap_skip "a missing ROM" "this host's description names no ROM"
    } else {
        ends "a missing ROM" {the emulator found no ROM image /nonexistent} \
            [dict replace $description file [string map [list $rom /nonexistent] [dict get $description file]]] $good
    }
}
