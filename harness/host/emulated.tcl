# SPDX-License-Identifier: GPL-2.0
# Hosts inside an emulator: how they are started, and how a livelock is detected.

set emulated_image [file normalize [file join [file dirname [info script]] .. image]]

# The registers of all CPUs are some thousand characters.
match_max -d 65536

# Make what a host boots from, and the command that starts its emulator, for
# host_start, whose arguments these are.  Returns a list: the command; the text for
# command.sh; the spawn id of the console, or "" if it is the emulator's terminal.
# Throws a sentence if that fails.
proc emulated_command {description folder kernel root cpus run console} {
    need_program [dict get $description program]
    set append "[dict get $description append] run=[join $run ,]"
    set typing ""
    set values [dict create cpus [expr {min($cpus, [dict get $description max-cpus])}] append $append \
        memory [dict get $description memory] \
        results report log console.log clock [dict get $description clock-$console] \
        {*}[emulated_medium $description $folder $kernel $root $append]]
    if {$console eq "tty" && [string match *%pty%* [dict get $description console-tty]]} {
        # A terminal for the console alone, apart from the emulator's
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
# arguments.  Throws a sentence if that fails.
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
            # The kernel unpacks archives that follow each other, one over the other.
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
        error "can't make what the host boots from: $message"
    }
    return {kernel kernel root root cd host.iso}
}

# After so many seconds of silence the CPUs' registers are sampled.  So many samples
# are kept, and at least so many decide.
set emulated_quiet 5
set emulated_kept 100
set emulated_samples 8

# Sample an emulated host that is silent.  Returns "ended" if its emulator is gone,
# "livelock" if the samples since it fell silent show one of these, else "runs":
# - In the last emulated_samples samples the host's clock showed at most two different
#   seconds, one CPU was never halted and had at most four different sets of register
#   values, and no other CPU had more while it was not halted.
#   A loop that counts or copies has other values in each sample; a loop that waits
#   for a lock that nobody will release has not.  An idle CPU that wakes for each
#   tick has the same too, but its time passes.
# - A CPU that was not halted had the same register values in the latest samples, at
#   least emulated_samples of them, while the host's clock showed three different seconds.
#   A CPU that executes takes a timer interrupt each hundredth of a second.
#
# Keeps the samples in the variable `machine_name` of the caller.  The monitor reads
# registers without stopping a CPU, so this does not change what the host does.
proc emulated_sample {machine_name} {
    global host_said emulated_kept
    upvar 1 $machine_name machine
    set id [dict get $machine id]
    set start [string length $host_said($id)]
    # It may be gone by now, which host_runs sees.
    catch {send -i $id -- [subst -nocommands -novariables [dict get $machine description registers]]}
    if {![host_runs $machine 1]} {
        return ended
    }
    set said [string range $host_said($id) $start end]
    set host_said($id) [string range $host_said($id) 0 $start-1]
    # E: the CPU is in 32-bit mode
    set cpus [regexp -all -inline {[RE]AX=.*?HLT=[01]} $said]
    if {$cpus eq "" || ![regexp {"tm_sec": *(\d+)} $said - second]} {
        return runs
    }
    dict lappend machine states [list $second $cpus]
    dict set machine states [lrange [dict get $machine states] end-[expr {$emulated_kept - 1}] end]
    return [emulated_judge [dict get $machine states]]
}

# Returns "livelock" if `samples`, each {SECOND {REGISTERS-OF-A-CPU ...}}, show one of
# the states that emulated_sample describes, else "runs".
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
