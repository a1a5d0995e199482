# SPDX-License-Identifier: GPL-2.0
# Boxes: instrumented hosts inside an emulator, started and watched from
# outside.
#
# A box is a dict: name (for messages), id (spawn id), folder (where its files
# are), deadline (clock seconds), limit (seconds), said (progress lines shown).

# What every file of facts about a host has to say.
set host_facts {about isa max-cpus deterministic keyboard break program arguments
    clock-file clock-tty console-file console-tty append how-to-press}

set box_ids {}

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

# Start a host of the kind that `facts` tells of.
#
# `folder` gets console.log and report; it is made empty first.  `kernel` and
# `root` are files.  `run` is the program inside and its arguments.  `console`
# is "file" or "tty".  `limit` is in seconds of the wall clock.
# Returns the box.
proc box_start {name facts folder kernel root cpus run {console file} {limit 300}} {
    global box_ids box_said
    box_need [dict get $facts program]
    if {$cpus > [dict get $facts max-cpus]} {
        error "$name wants $cpus CPUs, and such a host has [dict get $facts max-cpus] at most"
    }
    foreach file [list $kernel $root] {
        if {![file readable $file]} {
            error "can't read $file"
        }
    }
    file delete -force $folder
    file mkdir $folder
    foreach {link target} [list kernel $kernel root $root] {
        file link -symbolic [file join $folder $link] [file normalize $target]
    }
    set command [box_command $facts $cpus $run $console]
    write_file [file join $folder command.sh] "[command_text $command]\n"

    # In the box's own folder, so that the command is the same on any machine.
    set back [pwd]
    cd $folder
    log_user 0
    set failed [catch {spawn -noecho setpriv --pdeathsig KILL {*}$command} message]
    cd $back
    if {$failed} {
        error "can't start [lindex $command 0]: $message"
    }
    lappend box_ids $spawn_id
    set box_said($spawn_id) ""
    return [dict create name $name id $spawn_id folder $folder limit $limit \
        deadline [expr {[clock seconds] + $limit}] said 0 heard -1 heard_at 0]
}

# Seconds of processor time that an emulator without a word from its host is
# given. A host at work is never silent for as long as a third of that.
set box_patience 60

# Returns yes if the box's host has neither written to its console nor reported
# anything for box_patience seconds of the emulator's own processor time, which,
# unlike the wall's, other work on this machine does not lengthen. Keeps what
# it needs for that in the variable `box_name` of the caller.
proc box_stalled {box_name} {
    global box_patience
    upvar 1 $box_name box
    set bytes 0
    foreach file {console.log report} {
        catch {incr bytes [file size [file join [dict get $box folder] $file]]}
    }
    # utime and stime, in hundredths of a second, see proc(5)
    if {[catch {read_file /proc/[exp_pid -i [dict get $box id]]/stat} stat]} {
        return no
    }
    set fields [lrange [regsub {^.*\) } $stat ""] 11 12]
    set seconds [expr {([lindex $fields 0] + [lindex $fields 1]) / 100}]
    if {$bytes != [dict get $box heard]} {
        dict set box heard $bytes
        dict set box heard_at $seconds
    }
    return [expr {$seconds - [dict get $box heard_at] > $box_patience}]
}

# The command line that starts a host, as a list.
proc box_command {facts cpus run console} {
    set values [dict create cpus $cpus kernel kernel root root results report log console.log]
    dict set values console [facts_fill [dict get $facts console-$console] $values]
    dict set values clock [dict get $facts clock-$console]
    set append "[dict get $facts append] run=[join $run ,]"
    return [concat [dict get $facts program] \
        [facts_fill [dict get $facts arguments] $values] [list -append $append]]
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
        -i $id
        -timeout $seconds
        -re {.+} { append box_said($id) $expect_out(buffer); exp_continue }
        timeout { return yes }
        eof { return no }
    }
}

# Gather what a box that ended has left.  Returns the parsed report.  Throws a
# sentence if the box didn't end well, with the last lines of its console.
proc box_collect {box} {
    box_reap $box
    set report [box_report $box]
    set end [dict get $report end]
    if {$end eq "ok"} {
        return $report
    }
    set name [dict get $box name]
    lassign [lindex [split [exec df -k --output=avail [dict get $box folder]] \n] 1] free
    if {$free < 64} {
        error "$name: no space is left on the disk of [dict get $box folder]"
    }
    if {$end ne ""} {
        error "$name: [string range $end 7 end]\n[box_last_lines $box]"
    }
    set console [box_console $box]
    if {[string first "Kernel panic" $console] >= 0} {
        error "$name: the host's kernel panicked\n[box_last_lines $box]"
    }
    error "$name: the host stopped before its work was done\n[box_last_lines $box]"
}

# Returns all that the host wrote to its console, and after it what the emulator
# itself had to say.
proc box_console {box} {
    global box_said
    if {[catch {read_file [file join [dict get $box folder] console.log]} text]} {
        set text ""
    }
    return $text$box_said([dict get $box id])
}

# The console's last lines, and where all of them are.
proc box_last_lines {box} {
    set lines [split [string trim [string map {\r ""} [box_console $box]]] \n]
    set text ""
    foreach line [lrange $lines end-14 end] {
        append text "  | $line\n"
    }
    return "${text}The full log is [file join [dict get $box folder] console.log]."
}

# Wait for the emulator's process, which has ended.
proc box_reap {box} {
    global box_ids
    set id [dict get $box id]
    catch {close -i $id}
    catch {wait -i $id}
    set box_ids [lsearch -all -inline -not -exact $box_ids $id]
}

# End a box by force.
proc box_kill {box} {
    catch {exec kill -9 [exp_pid -i [dict get $box id]]}
    box_reap $box
}

# End all boxes by force.
proc box_kill_all {} {
    global box_ids
    foreach id $box_ids {
        box_kill [dict create id $id]
    }
}
