#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# A host is booted again after a guest's panic only if the emulator's log of events
# proves that the emulator delivered an interrupt twice.
source [file dirname [info script]]/lib/tap.tcl

set words {guest ipi ended before it was done; its last output: "CS: 0010 DS: 0000 ES: 0000 CR0: 0000000080050033 CR2: fffffe000003cff8 CR3: 0000000000802000 CR4: 00000000000006b0 [ 0.117849] Kernel panic - not syncing: Fatal exception in interrupt [ 0.118015] Kernel Offset: disabled"}
# From QEMU 10.0.13
set first {Injecting(0): INTR124845: v=fb e=0000 i=0 cpl=3 IP=0033:0000000000402432 pc=0000000000402432 SP=002b:00007fe893035250 env->regs[R_EAX]=0000000000000001}
set second {124846: v=fb e=0000 i=0 cpl=0 IP=0010:ffffffff81400eed pc=ffffffff81400eed SP=0000:fffffe000003df50 env->regs[R_EAX]=0000000000000001}
set fault {124848: v=0e e=0000 i=0 cpl=0 IP=0010:ffffffff8139d679 pc=ffffffff8139d679 SP=0000:fffffe000003de88 CR2=0000000000028e80}
set exit {vmexit(0000007c, 0000000000000001, 0000000000000000, ffffffff8103be19)!}
set entry {vmrun! 0000000005fdb000}

# Boot a host whose emulator is a script.  Its report ends with `end`, or with `later` if
# the emulator also logs events, which are `events`.  In the second attempt the report
# ends with "ok".  Returns how often the host was booted, what the harness said, and the
# error message, if any.
proc booted {end events {later ""}} {
    global description build said attempts
    set said ""
    set script [open $build/check/twice-emulator w]
    puts $script "#!/bin/sh"
    puts $script "end=[quoted "failed $end"]"
    puts $script "case \$* in *'-d int'*) cat <<'END' >&2; end=[quoted "failed [expr {$later eq "" ? $end : $later}]"] ;; esac\n[join $events \n]\nEND"
    puts $script "case \$* in *attempt=2*) end=ok ;; esac\necho \"end \$end\" >report\n: >console.log"
    close $script
    file attributes $build/check/twice-emulator -permissions 0755
    set failed [catch {
        host_collect [host_wait [list twice_start [dict replace $description program $build/check/twice-emulator]] 2 twice_say \
            {apply {{name machine attempt} { set ::attempts $attempt }}}]
    } message]
    return [list $attempts $said [expr {$failed ? $message : ""}]]
}

proc quoted {text} { return '[string map {' '\\''} $text]' }
proc twice_say {text} { append ::said $text }
proc twice_start {description attempt} {
    global host kernel root build
    return [host_start $host/twice [host_for_attempt $description $attempt] $build/run/$host/check-twice \
        $kernel $root 1 tests/target/keys]
}

# Check all of it on the host `host`.
proc check_host {} {
    global words first second fault exit entry build
    file mkdir $build/check
    lassign [booted $words [list $exit $entry $first $second $fault]] attempts said message
    set missing [lmap text [list "the emulator delivered the interrupt 0xfb twice" $first $second "attempt 2 of 2"] {
        expr {[string first $text $said] >= 0 ? [continue] : $text}
    }]
    tap_ok [expr {$attempts == 2 && $message eq "" && $missing eq ""}] \
        "an interrupt that the emulator delivered twice: the host is booted again, and the harness says why" "$attempts attempts; $said; $message; missing: $missing"

    set other [string map {v=fb v=ec} $second]
    foreach {what end events later} [list \
        "a VM exit between the two"             $words [list $first $exit $second $fault] "" \
        "a VM entry between the two"            $words [list $first $entry $second $fault] "" \
        "another event between the two"         $words [list $first $fault $second $fault] "" \
        "a hardware interrupt between the two"  $words [list $first "Servicing hardware INT=0xfb" $second $fault] "" \
        "KVM injects the second one too"        $words [list $first $exit $entry [string map {cpl=3 cpl=0} $first] $second] "" \
        "another vector"                        $words [list $first $other $fault] "" \
        "an INT instruction"                    $words [list $first [string map {i=0 i=1} $second] $fault] "" \
        "another stack"                         $words [list $first [string map {fffffe000003df50 fffffe000003ef50} $second] $fault] "" \
        "a later one on another stack"          $words [list $first $second $entry $first [string map {fffffe000003df50 ffffc90000123f40} $second]] "" \
        "no interrupt twice"                    $words [list $exit $entry $first $exit $entry $fault] "" \
        "no events"                             $words {} "" \
        "a panic for another reason"            [string map {"Fatal exception in interrupt" "Attempted to kill init!"} $words] [list $first $second $fault] "" \
        "no panic"                              "guest ipi was not done within 60 s; its last output: none" [list $first $second $fault] "" \
        "a second run with another report"      $words [list $first $second $fault] [string map {0.117849 0.117850} $words] \
    ] {
        lassign [booted $end $events $later] attempts said message
        tap_ok [expr {$attempts == 1 && [string first "delivered" $said] < 0 && [string first "attempt" $said] < 0 && [string first [string range $end 0 40] $message] >= 0}] \
            "$what: the host has failed" "$attempts attempts; $said; $message"
    }
}

tap_run_on_hosts {
    if {[dict exists $description events]} {
        check_host
    } else {
        tap_skip "an interrupt that the emulator delivered twice" "this emulator does not log events"
    }
}
