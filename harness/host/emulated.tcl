# SPDX-License-Identifier: GPL-2.0
# Hosts inside an emulator: start them, detect livelocks and interrupts delivered twice

set emulated_image [file normalize [file join [file dirname [info script]] .. image]]

# The registers of all CPUs take some thousand characters.
match_max -d 65536

# Make the boot medium of a host and the command that starts its emulator.  The
# arguments are those of host_start.  Returns a list: the command; the text for
# command.sh; and the spawn id of the console, or "" if the console is the emulator's
# own terminal.  Throws an error if that fails.
proc emulated_command {description folder kernel root cpus run console} {
    need_program [dict get $description program]
    set append "[dict get $description append] run=[join $run ,]"
    set typing ""
    set values [dict create cpus [expr {min($cpus, [dict get $description max-cpus])}] append $append \
        memory [dict get $description memory] \
        results report log console.log clock [dict get $description clock-$console] \
        {*}[emulated_medium $description $folder $kernel $root $append]]
    if {$console eq "tty" && [string match *%pty%* [dict get $description console-tty]]} {
        # The console needs a terminal of its own.
        spawn -noecho -pty
        set typing $spawn_id
        dict set values pty $spawn_out(slave,name)
        exec stty raw -echo < $spawn_out(slave,name)
    }
    dict set values console [description_fill [dict get $description console-$console] $values]
    set command [concat [dict get $description program] [description_fill [dict get $description arguments] $values]]
    set text [command_text $command]
    if {[dict exists $description file]} {
        foreach line [dict get $description file] {
            regexp {^(\S+) +(.*)$} $line - file line
            append contents($file) "[description_fill $line $values]\n"
        }
        foreach file [lsort [array names contents]] {
            write_file [file join $folder $file] $contents($file)
            append text "\n# $file is:\n[regsub -all -line {^} [string trimright $contents($file)] {#   }]"
        }
        append text "\n# The host's kernel has the command line:\n#   $append"
    }
    return [list $command $text $typing]
}

# Make in `folder` what a host boots from: the kernel and an initramfs, on a CD where
# the emulator loads neither.  Returns what to fill in for it in the emulator's
# arguments.  Throws an error if that fails.
proc emulated_medium {description folder kernel root append} {
    global emulated_image
    set base [lindex $root 0]
    foreach file [list $kernel $base $base.cpio] {
        if {![file readable $file]} {
            error "can't read $file"
        }
    }
    if {[catch {
        file link -symbolic $folder/kernel [file normalize $kernel]
        if {[llength $root] == 1} {
            file link -symbolic $folder/root [file normalize $base.cpio]
        } else {
            # The kernel unpacks concatenated archives one over the other.
            set archives [list $base.cpio]
            foreach over [lrange $root 1 end] {
                lappend archives $folder/over[llength $archives].cpio
                exec $emulated_image/archive $over [lindex $archives end]
            }
            exec cat {*}$archives > $folder/root
        }
        if {[dict get $description medium] eq "cd"} {
            exec $emulated_image/cd $folder/host.iso $folder/kernel $append $folder/root
        }
    } message]} {
        error "can't make the boot medium of the host: $message"
    }
    return {kernel kernel root root cd host.iso}
}

# The CPUs' registers are sampled when a host was silent for emulated_quiet seconds.
# The last emulated_kept samples are kept.  A verdict needs emulated_samples of them.
set emulated_quiet 5
set emulated_kept 100
set emulated_samples 8
# A sample counts only if the emulator has used this much more processor time, in
# hundredths of a second: on a busy machine it may not have run at all.
set emulated_ran 50

# Sample the registers of a silent emulated host.  Returns "ended" if its emulator has
# exited, "livelock" if the samples since it fell silent match one of these patterns,
# else "runs":
# - A loop without progress: in the last emulated_samples samples, the host's clock
#   showed at most two different seconds, at least one CPU was never halted, and no CPU
#   had more than four different sets of register values while it was not halted.
#   A loop that counts or copies changes its registers from sample to sample.  A loop
#   that waits for a lock does not.  Nor does an idle CPU that wakes for each tick, but
#   then the host's clock advances.
# - A CPU that is never executed: it was not halted and had the same register values in
#   at least the last emulated_samples samples, while the host's clock showed three
#   different seconds.  A CPU that executes takes a timer interrupt every 10 ms.
#
# Keeps the samples in the caller's variable `machine_name`.  The monitor reads registers
# without stopping a CPU, so sampling does not change what the host does.
proc emulated_sample {machine_name} {
    global host_said emulated_kept emulated_ran
    upvar 1 $machine_name machine
    set id [dict get $machine id]
    set start [string length $host_said($id)]
    # If the emulator has exited, host_runs below detects it.
    catch {send -i $id -- [subst -nocommands -novariables [dict get $machine description registers]]}
    if {![host_runs $machine 1]} {
        return ended
    }
    set said [string range $host_said($id) $start end]
    set host_said($id) [string range $host_said($id) 0 $start-1]
    # EAX instead of RAX: the CPU is in 32-bit mode.
    set cpus [regexp -all -inline {[RE]AX=.*?HLT=[01]} $said]
    if {$cpus eq "" || ![regexp {"tm_sec": *(\d+)} $said - second]} {
        return runs
    }
    if {[catch {emulated_ticks [exp_pid -i $id]} ran]} {
        # It has just exited.
        return runs
    }
    if {[dict exists $machine ran] && $ran - [dict get $machine ran] < $emulated_ran} {
        return runs
    }
    dict set machine ran $ran
    dict lappend machine states [list $second $cpus]
    dict set machine states [lrange [dict get $machine states] end-[expr {$emulated_kept - 1}] end]
    return [emulated_judge [dict get $machine states]]
}

# Returns the processor time that the process `pid` has used, in hundredths of a second.
proc emulated_ticks {pid} {
    # The name in parentheses may have blanks.  utime and stime are fields 14 and 15.
    set fields [lrange [lindex [split [read_file /proc/$pid/stat] )] end] 11 12]
    return [tcl::mathop::+ {*}$fields]
}

# Returns "livelock" if `samples`, each {SECOND {REGISTERS-OF-A-CPU ...}}, match one of
# the patterns that emulated_sample describes, else "runs".
proc emulated_judge {samples} {
    global emulated_samples
    if {[llength $samples] < $emulated_samples} {
        return runs
    }
    set last [lrange $samples end-[expr {$emulated_samples - 1}] end]
    set never_halted no
    set repeats yes
    for {set cpu 0} {$cpu < [llength [lindex $samples end 1]]} {incr cpu} {
        set now [lindex $samples end 1 $cpu]
        if {[string match *HLT=0 $now]} {
            set same {}
            foreach sample [lreverse $samples] {
                if {[lindex $sample 1 $cpu] ne $now} {
                    break
                }
                lappend same [lindex $sample 0]
            }
            if {[llength $same] >= $emulated_samples && [llength [lsort -unique $same]] >= 3} {
                return livelock
            }
        }
        set running [lsearch -all -inline -glob [lmap sample $last { lindex $sample 1 $cpu }] *HLT=0]
        if {[llength [lsort -unique $running]] > 4} {
            set repeats no
        }
        if {[llength $running] == $emulated_samples} {
            set never_halted yes
        }
    }
    set seconds [llength [lsort -unique [lmap sample $last { lindex $sample 0 }]]]
    return [expr {$seconds <= 2 && $never_halted && $repeats ? "livelock" : "runs"}]
}

# The lines of the emulator's log of events that emulated_twice needs
set emulated_events {Injecting|vmexit|vmrun|Servicing|: v=[0-9a-f][0-9a-f] e=}

# Read the emulator's log of events from `channel` to its end.  Returns the last interrupt
# of a guest in user mode that the emulator delivered twice: a list of its vector, the
# stack pointer before the second delivery, and the two lines of the log.  Returns "" if
# there is none.
#
# hosts/svm explains the fault.  The line of the second delivery follows that of the
# injection with no VM exit, VM entry or other event between them, so KVM did not run.
# It has i=0, so it is no INT instruction of the guest.
proc emulated_twice {channel} {
    set twice ""
    set injected ""
    set event {v=([0-9a-f]{2}) e=[0-9a-f]+ i=0 cpl=%d .* SP=[0-9a-f]{4}:([0-9a-f]{16}) }
    while {[gets $channel line] >= 0} {
        if {[regexp "^Injecting\\(0\\): INTR *\[0-9]+: [format $event 3]" $line - vector stack]} {
            set injected [list $vector $line]
            continue
        }
        if {[regexp "^ *\[0-9]+: [format $event 0]" $line - vector stack] && $vector eq [lindex $injected 0]} {
            set twice [list $vector $stack [lindex $injected 1] $line]
        }
        set injected ""
    }
    return $twice
}

# Returns a sentence if the emulator ended the work of `machine`, which has ended, by
# delivering an interrupt twice, else "".
#
# The guest's panic alone is no proof, as KVM could inject an interrupt twice.  So boot the
# host again with the emulator's log of events.  Time counts instructions: this is the
# same run if it sends the same report, byte for byte.  The log must show an interrupt
# that the emulator delivered twice, the second time on the stack whose guard page the
# guest hit when it panicked, and no later interrupt that was delivered twice.
#
# `say` is a command; a message is appended before the host is booted again.
proc emulated_fault {machine say} {
    global emulated_events
    set description [dict get $machine description]
    if {![dict exists $description events] || [dict get $machine mode] ne "file"} {
        return ""
    }
    set folder [dict get $machine folder]
    if {[catch {read_file $folder/report} report]
        || ![regexp {^failed guest .* CR2: ([0-9a-f]{16}) .*Kernel panic - not syncing: Fatal exception in interrupt} \
            [dict get [report_parse $report] end] - address]} {
        return ""
    }
    {*}$say "[dict get $machine name]: a guest panicked; booting the host again to log the emulator's events"
    set again $folder/again
    file delete -force $again
    file mkdir $again
    foreach file {kernel root} {
        file link -symbolic $again/$file ../$file
    }
    set log [open |[list env -C $again setpriv --pdeathsig KILL {*}[dict get $machine command] \
        {*}[dict get $description events] < /dev/null |& grep -aE $emulated_events]]
    set twice [emulated_twice $log]
    catch {close $log}
    if {$twice eq "" || [catch {read_file $again/report} other] || $other ne $report} {
        return ""
    }
    lassign $twice vector stack first second
    # The page below the stack
    if {("0x$stack" >> 12) != ("0x$address" >> 12) + 1} {
        return ""
    }
    return "the emulator delivered the interrupt 0x$vector twice, and the guest panicked (see hosts/svm)\n  | $first\n  | $second\n  | CR2: $address"
}
