# SPDX-License-Identifier: GPL-2.0
# Boxes: instrumented hosts inside an emulator, started and watched from
# outside.
#
# A box is a dict: name (for messages), facts (of its kind), id (the emulator's
# spawn id), mode ("file" or "tty": where its console is), console (the spawn id
# at which one types to its console), folder
# (where its files are), limit (seconds that it may be silent), bytes and heard
# (what it has written, and when it last wrote, in clock seconds), states (see
# box_sample), and when it has ended, why (see box_wait_all).

set box_image [file normalize [file join [file dirname [info script]] .. image]]

# Read the facts of the kind of host `name`, a file of `dir`.  Throws a sentence
# if there is none, a fact is missing, or this machine can't be that host.
proc box_facts {dir name} {
    set kind [this_kind $name]
    set lists {file ending forgive unreachable}
    set facts [dict merge {forgive {} unreachable {}} [facts_named host $dir $kind {about isa packages
        max-cpus deterministic keyboard break medium} $lists]]
    if {[dict get $facts medium] eq "none"} {
        return [this_facts $facts]
    }
    facts_read [file join $dir $kind] {memory program arguments clock-file clock-tty
        console-file console-tty append how-to-press} $lists
    return $facts
}

# A sample of the registers has some thousand characters.
match_max -d 65536

# The boxes that run, by the emulator's spawn id
array set box_all {}

# A signal ends this program at once, and with it its boxes: each emulator is
# started so that the kernel ends it when its parent is gone.  No signal has a
# handler of Tcl's: expect's takes a lock that Tcl may be holding at that
# moment, and then waits for it for ever.
proc box_signals {} {
    trap SIG_DFL {SIGINT SIGTERM SIGHUP}
}

# Throw a sentence that says which program is missing, if one is.
proc box_need {program} {
    if {[auto_execok $program] eq ""} {
        error "$program is not installed"
    }
}

# Start a host of the kind that `facts` tells of, on `cpus` CPUs or as many as
# such a host can have.
#
# `folder` gets console.log, report and all else that the emulator reads and
# writes; it is made empty first.  `kernel` is a file.  `root` is a list of
# folders, laid over each other: the packed root file system, and what a test
# adds to it.  `run` is the program inside and its arguments.  `console` is
# "file" or "tty".  `limit` is how many seconds of the wall clock the host may be
# silent, see box_turn.
# Returns the box.  Throws a sentence if it can't be started.
proc box_start {name facts folder kernel root cpus run {console file} {limit 600}} {
    if {[dict get $facts medium] eq "none"} {
        file delete -force $folder
        file mkdir $folder
        set command [this_command [lindex $root 0] $run]
        write_file [file join $folder command.sh] "[command_text $command]\n"
        return [box_spawn $name $facts $folder $command $limit file]
    }
    box_need [dict get $facts program]
    set append "[dict get $facts append] run=[join $run ,]"
    file delete -force $folder
    file mkdir $folder
    set values [dict create cpus [expr {min($cpus, [dict get $facts max-cpus])}] append $append \
        memory [dict get $facts memory] \
        results report log console.log clock [dict get $facts clock-$console] \
        {*}[box_medium $facts $folder $kernel $root $append]]
    if {$console eq "tty" && [string match *%pty%* [dict get $facts console-tty]]} {
        # A terminal for the console alone, beside that of the emulator
        spawn -noecho -pty
        set typing $spawn_id
        dict set values pty $spawn_out(slave,name)
        exec stty raw -echo < $spawn_out(slave,name)
    }
    dict set values console [facts_fill [dict get $facts console-$console] $values]
    set command [concat [dict get $facts program] [facts_fill [dict get $facts arguments] $values]]
    set text [command_text $command]
    if {[dict exists $facts file]} {
        foreach line [dict get $facts file] {
            regexp {^(\S+) +(.*)$} $line - file line
            append contents($file) "[facts_fill $line $values]\n"
        }
        foreach file [lsort [array names contents]] {
            write_file [file join $folder $file] $contents($file)
            append text "\n# $file is:\n[regsub -all -line {^} [string trimright $contents($file)] {#   }]"
        }
        append text "\n# The host's kernel has the command line:\n#   $append"
    }
    write_file [file join $folder command.sh] "$text\n"
    return [box_spawn $name $facts $folder $command $limit $console {*}[expr {[info exists typing] ? $typing : ""}]]
}

# Run `command` in `folder`, as the box `name`.  `mode` is box_start's `console`;
# `typing` is the spawn id of its console, where that is not the command's own
# terminal.  Returns the box.
proc box_spawn {name facts folder command limit mode {typing ""}} {
    global box_all box_said
    # In the box's own folder, so that the command is the same on any machine.
    set back [pwd]
    cd $folder
    log_user 0
    set failed [catch {spawn -noecho setpriv --pdeathsig KILL {*}$command} message]
    cd $back
    if {$failed} {
        error "can't start [lindex $command 0]: $message"
    }
    if {$typing eq ""} {
        set typing $spawn_id
    }
    set box_said($spawn_id) ""
    set box_said($typing) ""
    return [set box_all($spawn_id) [dict create name $name facts $facts id $spawn_id mode $mode \
        console $typing folder $folder limit $limit bytes -1 heard [clock seconds] states {}]]
}

# Make in `folder` what a host boots from.  Returns what to fill in for it in
# the emulator's arguments.  Throws a sentence if that fails.
proc box_medium {facts folder kernel root append} {
    global box_image
    set base [lindex $root 0]
    set over [lrange $root 1 end]
    foreach file [list $kernel $base $base.cpio] {
        if {![file readable $file]} {
            error "can't read $file"
        }
    }
    if {[catch {
        switch [dict get $facts medium] {
            initramfs {
                file link -symbolic $folder/kernel [file normalize $kernel]
                if {$over eq ""} {
                    file link -symbolic $folder/root [file normalize $base.cpio]
                } else {
                    # The kernel unpacks archives that follow each other, one over the other.
                    set archives [list $base.cpio]
                    foreach one $over {
                        lappend archives $folder/over[llength $archives].cpio
                        exec $box_image/archive $one [lindex $archives end]
                    }
                    exec cat {*}$archives > $folder/root
                }
                set values {kernel kernel root root}
            }
            cd {
                exec $box_image/cd $folder/host.iso $kernel $append {*}$root
                set values {cd host.iso}
            }
        }
    } message]} {
        error "can't make what the host boots from: $message"
    }
    return $values
}

# Press Alt-SysRq-x on the keyboard of a box.
proc box_press {box} {
    set facts [dict get $box facts]
    switch [dict get $facts keyboard] {
        typed {
            # What is typed is data, with escapes.
            send -i [dict get $box console] -- [subst -nocommands -novariables [dict get $facts press-key]]
        }
        rfb {
            if {![regexp [dict get $facts rfb-port] [box_emulator_says $box] - port]} {
                error "[dict get $box name]: the emulator doesn't say at which port its display is"
            }
            rfb_press $port {Alt SysRq x}
        }
    }
}

# Send BREAK, and x, on the serial line of a box.
proc box_break {box} {
    send -i [dict get $box console] -- [subst -nocommands -novariables [dict get $box facts press-break]]
    send -i [dict get $box console] x
}

# How often a host that livelocks is booted, see hosts/svm for the causes.  An extra
# word on the kernel's command line shifts all timing.  As time counts instructions,
# the same inputs livelock at the same attempt, or not at all, on every machine.
set box_attempts 3

# The facts for booting a host the how-manyth time, with `more` words on its
# kernel's command line.
proc box_facts_for {facts attempt {more ""}} {
    if {$more ne ""} {
        dict append facts append " $more"
    }
    if {$attempt > 1} {
        dict append facts append " attempt=$attempt"
    }
    return $facts
}

# After so many seconds of silence the CPUs' registers are sampled.  So many samples
# are kept, and at least so many decide.
set box_quiet 5
set box_kept 100
set box_samples 8

# Sample an emulated host that is silent.  Returns "ended" if its emulator is gone,
# "livelock" if the samples since it fell silent show one of these, else "runs":
# - In the last box_samples samples the host's clock showed at most two different
#   seconds, one CPU was never halted and had at most four different sets of register
#   values, and no other CPU had more while it was not halted.
#   A loop that counts or copies has other values in each sample; a loop that waits
#   for a lock that nobody will release has not.  An idle CPU that wakes for each
#   tick has the same too, but its time passes.
# - A CPU that was not halted had the same register values in the latest samples, at
#   least box_samples of them, while the host's clock showed three different seconds.
#   A CPU that executes takes a timer interrupt each hundredth of a second.
#
# Keeps the samples in the variable `box_name` of the caller.  The monitor reads
# registers without stopping a CPU, so this does not change what the host does.
proc box_sample {box_name} {
    global box_said box_kept
    upvar 1 $box_name box
    set id [dict get $box id]
    set start [string length $box_said($id)]
    # It may be gone by now, which box_runs sees.
    catch {send -i $id -- [subst -nocommands -novariables [dict get $box facts registers]]}
    if {![box_runs $box 1]} {
        return ended
    }
    set said [string range $box_said($id) $start end]
    set box_said($id) [string range $box_said($id) 0 $start-1]
    # E: the CPU is in 32-bit mode
    set cpus [regexp -all -inline {[RE]AX=.*?HLT=[01]} $said]
    if {$cpus eq "" || ![regexp {"tm_sec": *(\d+)} $said - second]} {
        return runs
    }
    dict lappend box states [list $second $cpus]
    dict set box states [lrange [dict get $box states] end-[expr {$box_kept - 1}] end]
    return [box_judge [dict get $box states]]
}

# Returns "livelock" if `samples`, each {SECOND {REGISTERS-OF-A-CPU ...}}, show one of
# the states that box_sample describes, else "runs".
proc box_judge {samples} {
    global box_samples
    if {[llength $samples] < $box_samples} {
        return runs
    }
    set last [lrange $samples end-[expr {$box_samples - 1}] end]
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
            if {[llength $same] >= $box_samples && [llength [lsort -unique $same]] >= 3} {
                return livelock
            }
        }
        set running [lsearch -all -inline -glob [lmap sample $last { lindex $sample 1 $cpu }] *HLT=0]
        if {[llength [lsort -unique $running]] > 4} {
            set repeats no
        }
        if {[llength $running] == $box_samples} {
            set never_halted yes
        }
    }
    set seconds [llength [lsort -unique [lmap sample $last { lindex $sample 0 }]]]
    return [expr {$seconds <= 2 && $never_halted && $repeats ? "livelock" : "runs"}]
}

# Wait for up to a second for a box to end, and judge its progress.  Returns
#   runs      it goes on
#   ended     its emulator is gone: call box_collect
#   livelock  an emulated CPU repeats the same few instructions for ever, or gets no
#             turn any more
#   silent    for its limit of seconds it wrote neither to its console nor to its
#             report
# Keeps what it needs for that in the variable `box_name` of the caller.  There is
# no limit for a host that makes progress, however slow the machine is.
proc box_turn {box_name} {
    global box_quiet box_said
    upvar 1 $box_name box
    if {![box_runs $box 1]} {
        return ended
    }
    set bytes 0
    foreach file {console.log report} {
        catch {incr bytes [file size [file join [dict get $box folder] $file]]}
    }
    if {[dict get $box mode] eq "tty"} {
        incr bytes [string length $box_said([dict get $box console])]
    }
    if {$bytes != [dict get $box bytes]} {
        set box [dict replace $box bytes $bytes heard [clock seconds] states {}]
        return runs
    }
    set silent [expr {[clock seconds] - [dict get $box heard]}]
    if {$silent >= $box_quiet && [dict get $box mode] eq "file" && [dict exists $box facts registers]
        && [set state [box_sample box]] ne "runs"} {
        return $state
    }
    return [expr {$silent > [dict get $box limit] ? "silent" : "runs"}]
}

# What to give box_wait_all where nothing is to be done
set box_nothing {apply {args {}}}

# Boot hosts, `jobs` of them at a time, and wait until all have ended.  Returns a dict
# from their names to their boxes, in each of which `why` is the sentence why it was
# ended by force, or "": see box_collect.
#
# `starts` is a dict from a host's name to the command that boots it, to which the
# number of the attempt is added; it returns the box.  A host that livelocks is booted
# again, up to `attempts` times, and `say` is called with a sentence about that.
# `each` is called with the host's name, its box and the number of the attempt: about
# once a second while it runs, and once when it has ended.  `ended` is called then with
# its name and box.  It returns a command that boots another host of that name, or
# nothing.  All these are commands to which the arguments are added.
proc box_wait_all {starts jobs attempts say each ended} {
    set waiting [dict keys $starts]
    set running {}
    set over {}
    while {[llength $waiting] || [dict size $running]} {
        while {[llength $waiting] && [dict size $running] < $jobs} {
            set waiting [lassign $waiting name]
            set attempt($name) 1
            dict set running $name [{*}[dict get $starts $name] 1]
        }
        dict for {name box} $running {
            set state [box_turn box]
            dict set running $name $box
            {*}$each $name $box $attempt($name)
            set why ""
            switch $state runs {
                continue
            } silent {
                box_kill $box
                set why "[dict get $box name]: the host has been silent for [dict get $box limit] s\n[box_last_lines $box]"
            } livelock {
                box_kill $box
                if {$attempt($name) < $attempts} {
                    {*}$say "[dict get $box name]: the host livelocked; attempt [incr attempt($name)] of $attempts"
                    dict set running $name [{*}[dict get $starts $name] $attempt($name)]
                    continue
                }
                set why "[dict get $box name]: the host livelocked[expr {$attempts > 1 ? " in each of $attempts attempts" : ""}]\n[box_last_lines $box]"
            }
            dict unset running $name
            dict set over $name [dict set box why $why]
            set next [{*}$ended $name $box]
            if {$next ne ""} {
                dict set starts $name $next
                lappend waiting $name
            }
        }
    }
    return $over
}

# Boot one host by the command `start`, and wait until it has ended.  Returns the box.
# The rest is as for box_wait_all.
proc box_wait {start {attempts 1} {say {}} {each ""}} {
    global box_nothing
    return [dict get [box_wait_all [dict create host $start] 1 $attempts $say \
        [expr {$each eq "" ? $box_nothing : $each}] $box_nothing] host]
}

# Returns what the box has sent so far, parsed by report_parse.
proc box_report {box} {
    if {[catch {read_file [file join [dict get $box folder] report]} bytes]} {
        set bytes ""
    }
    return [report_parse $bytes]
}

# Returns yes if the box still runs, after waiting for up to `seconds`.
proc box_runs {box seconds} {
    global box_said
    set id [dict get $box id]
    expect {
        -i [lsort -unique [list $id [dict get $box console]]]
        -timeout $seconds
        -re {.+} { append box_said($expect_out(spawn_id)) $expect_out(buffer); exp_continue }
        timeout { return yes }
        eof { return no }
    }
}

# Gather what a box that ended has left.  Returns the parsed report.  Throws a
# sentence if the box didn't end well, with the last lines of its console.
proc box_collect {box} {
    if {[dict get $box why] ne ""} {
        error [dict get $box why]
    }
    lassign [box_reap $box] - - - - how signal
    set report [box_report $box]
    set end [dict get $report end]
    if {$end eq "ok"} {
        return $report
    }
    set name [dict get $box name]
    # An initramfs is no file system that df knows.
    set free ""
    catch {set free [lindex [split [exec df -kP [dict get $box folder]] \n] 1 3]}
    if {[string is integer -strict $free] && $free < 64} {
        error "$name: no space is left on the disk of [dict get $box folder]"
    }
    if {$end ne ""} {
        error "$name: [string range $end 7 end]\n[box_last_lines $box]"
    }
    if {[string first "Kernel panic" [box_console $box]] >= 0} {
        error "$name: the host's kernel panicked\n[box_last_lines $box]"
    }
    if {[dict exists $box facts ending]} {
        set said [box_emulator_says $box]
        foreach ending [dict get $box facts ending] {
            if {![regexp {^\{(.*)\} +(.*)$} $ending - pattern sentence]} {
                error "the ending \"$ending\" is not {EXPRESSION} SENTENCE"
            }
            if {[regexp -line -- $pattern $said match]} {
                error "$name: [regsub -line -- $pattern $match $sentence]\n[box_last_lines $box]"
            }
        }
    }
    if {$how eq "CHILDKILLED"} {
        error "$name: the emulator was ended by $signal\n[box_last_lines $box]"
    }
    error "$name: the host stopped before its work was done\n[box_last_lines $box]"
}

# Returns the instructions that a box which powered itself off has taken, if its
# emulator tells, else "".
proc box_instructions {box} {
    set count ""
    if {[dict exists $box facts instructions]} {
        regexp -line -- [dict get $box facts instructions] [box_emulator_says $box] - count
    }
    return $count
}

# Returns the text of a file of the box's folder, "" if there is none.
proc box_file {box name} {
    if {[catch {read_file [file join [dict get $box folder] $name]} text]} {
        set text ""
    }
    return $text
}

# Returns all that the host wrote to its console.
proc box_console {box} {
    global box_said
    return [box_file $box console.log]$box_said([dict get $box console])
}

# Returns all that the emulator itself said.
proc box_emulator_says {box} {
    global box_said
    return $box_said([dict get $box id])[box_file $box emulator.log]
}

# The console's last lines, and the emulator's own last words; and where all of
# them are.
proc box_last_lines {box} {
    global box_said
    set text ""
    foreach said [list [box_console $box] $box_said([dict get $box id])] {
        foreach line [lrange [split [string trim [string map {\r ""} $said]] \n] end-14 end] {
            append text "  | $line\n"
        }
        if {[dict get $box console] eq [dict get $box id]} break
    }
    return "${text}The full log is [file join [dict get $box folder] console.log]."
}

# Wait for the emulator's process, which has ended.  Returns what expect's wait does.
proc box_reap {box} {
    global box_all
    set id [dict get $box id]
    foreach one [lsort -unique [list $id [dict get $box console]]] {
        catch {close -i $one}
    }
    unset -nocomplain box_all($id)
    set ended {}
    catch {set ended [wait -i $id]}
    return $ended
}

# End a box by force.
proc box_kill {box} {
    catch {exec kill -9 [exp_pid -i [dict get $box id]]}
    box_reap $box
}

# End all boxes by force.
proc box_kill_all {} {
    global box_all
    foreach {id box} [array get box_all] {
        box_kill $box
    }
}
