# SPDX-License-Identifier: GPL-2.0
# Instrumented hosts: described, started, watched and stopped. This is all that
# programs use; emulated.tcl and real.tcl have what differs between an emulator and
# the machine itself.
#
# A machine is a host that was started, a dict:
#   name         for messages
#   description  of the host, see host_description
#   id           the spawn id of the emulator, or of the program on a real host
#   console      the spawn id at which one types to its console
#   mode         where its console is: "file" or "tty"
#   folder       where its files are
#   limit        seconds that it may be silent
#   bytes, heard what it has written, and when it last wrote, in clock seconds
#   states       see emulated_sample
#   why          when it has ended: why it was stopped by force, see host_wait_all

# Read the description of the host `name`, a file of `dir`.  Returns a dict: the words
# of that file, and what a host can do, which is all that callers ask for:
#   isa       svm or vmx
#   max-cpus  the most CPUs that it can have
#   exact     yes: the same inputs give the same exits, and time counts instructions
#   shared    yes: others use it, so it must be left as it was, and its exits are
#             not only those of our guests
#   keyboard  no: no key can be pressed;  break no: no BREAK can be sent
#   tolerance reasons for which any number of exits is right, as others cause them too
#   after-fastpath  if not empty: a list of the reasons that KVM's fastpath handles
#             before its tracepoint, for which there are more exits than the tracepoint
#             counts, and a sentence about that
#   machine   lines of text about a shared host, for people; else ""
# Throws a sentence if there is no such host, a word is missing, or this machine
# can't be that host.
proc host_description {dir name} {
    set kind [host_kind $name]
    set lists {file ending forgive unreachable}
    set description [dict merge {forgive {} unreachable {} shared no tolerance {} after-fastpath {} machine ""} [description_named host $dir $kind \
        {about isa packages max-cpus exact keyboard break medium} $lists]]
    if {[dict get $description medium] eq "none"} {
        return [real_description $description]
    }
    description_read [file join $dir $kind] {memory program arguments clock-file clock-tty
        console-file console-tty append how-to-press} $lists
    return $description
}

# Returns the name of a host of the kind `kind`, for messages and the folders of its
# results: that of the kind, but several machines may be called "this".
proc host_name {kind} {
    return [expr {$kind eq "this" ? "this-[regsub -all {[^A-Za-z0-9.-]} [info hostname] {}]" : $kind}]
}

# Returns the kind of the host `name`.
proc host_kind {name} {
    return [expr {[string match this-* $name] ? "this" : $name}]
}

# Returns the VMs of others that run on a host, a list of "PID NAME".
proc host_others {description} {
    return [expr {[dict get $description shared] ? [real_vms] : ""}]
}

# The machines that run, by spawn id
array set host_all {}

# A signal ends this program at once, and with it its hosts: each emulator is
# started so that the kernel ends it when its parent is gone.  No signal has a
# handler of Tcl's: expect's takes a lock that Tcl may be holding at that
# moment, and then waits for it for ever.
proc host_signals {} {
    trap SIG_DFL {SIGINT SIGTERM SIGHUP}
}

# Throw a sentence that says that `program` is missing, if it is.
proc need_program {program} {
    if {[auto_execok $program] eq ""} {
        error "$program is not installed"
    }
}

# Start a host.
#
# `folder` gets console.log, report and all else that it reads and writes; it is made
# empty first.  `run` is the program on it, in the folder harness of its root file
# system, and its arguments.  `root` is a list of folders, laid over each other: the
# packed root file system, and what a test adds to it.  `limit` is how many seconds of
# the wall clock the host may be silent, see host_turn.
# Only an emulated host needs the rest: `kernel` is a file, `cpus` how many CPUs it
# has, or as many as such a host can have, and `console` is "file" or "tty".
# Returns the machine.  Throws a sentence if it can't be started.
proc host_start {name description folder kernel root cpus run {console file} {limit 600}} {
    file delete -force $folder
    file mkdir $folder
    set typing ""
    if {[dict get $description shared]} {
        set command [real_command [lindex $root 0] $run]
        set text [command_text $command]
    } else {
        lassign [emulated_command $description $folder $kernel $root $cpus $run $console] command text typing
    }
    write_file [file join $folder command.sh] "$text\n"
    return [host_spawn $name $description $folder $command $limit $console $typing]
}

# Run `command` in `folder`, as the host `name`.  `mode` is host_start's `console`;
# `typing` is the spawn id of its console, where that is not the command's own
# terminal.  Returns the machine.
proc host_spawn {name description folder command limit mode typing} {
    global host_all host_said
    # In the host's own folder, so that the command is the same on any machine.
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
    set host_said($spawn_id) ""
    set host_said($typing) ""
    return [set host_all($spawn_id) [dict create name $name description $description id $spawn_id mode $mode \
        console $typing folder $folder limit $limit bytes -1 heard [clock seconds] states {}]]
}

# Press Alt-SysRq-x on the keyboard of a host.  Throws a sentence if it has none.
proc host_press {machine} {
    set description [dict get $machine description]
    switch [dict get $description keyboard] {
        typed {
            # What is typed is data, with escapes.
            send -i [dict get $machine console] -- [subst -nocommands -novariables [dict get $description press-key]]
        }
        rfb {
            if {![regexp [dict get $description rfb-port] [host_emulator_said $machine] - port]} {
                error "[dict get $machine name]: the emulator doesn't say at which port its display is"
            }
            rfb_press $port {Alt SysRq x}
        }
        default {
            error "[dict get $machine name]: no key can be pressed on this host"
        }
    }
}

# Send BREAK, and x, on the serial line of a host.
proc host_break {machine} {
    send -i [dict get $machine console] -- [subst -nocommands -novariables [dict get $machine description press-break]]
    send -i [dict get $machine console] x
}

# How often a host that livelocks is booted, see hosts/svm for the causes.  An extra
# word on the kernel's command line shifts all timing.  As time counts instructions,
# the same inputs livelock at the same attempt, or not at all, on every machine.
set host_attempts 3

# Returns the description for starting a host for the `attempt`-th time, with `words`
# added to its kernel's command line.
proc host_for_attempt {description attempt {words ""}} {
    if {$words ne ""} {
        dict append description append " $words"
    }
    if {$attempt > 1} {
        dict append description append " attempt=$attempt"
    }
    return $description
}

# Wait for up to a second for a host to end, and judge its progress.  Returns
#   runs      it still runs
#   ended     its emulator is gone: call host_collect
#   livelock  an emulated CPU repeats the same few instructions for ever, or is never
#             executed again
#   silent    for its limit of seconds it wrote neither to its console nor to its
#             report
# Keeps what it needs for that in the variable `machine_name` of the caller.  There is
# no limit for a host that makes progress, however slow the machine is.
proc host_turn {machine_name} {
    global emulated_quiet host_said
    upvar 1 $machine_name machine
    if {![host_runs $machine 1]} {
        return ended
    }
    set bytes 0
    foreach file {console.log report} {
        catch {incr bytes [file size [file join [dict get $machine folder] $file]]}
    }
    if {[dict get $machine mode] eq "tty"} {
        incr bytes [string length $host_said([dict get $machine console])]
    }
    if {$bytes != [dict get $machine bytes]} {
        set machine [dict replace $machine bytes $bytes heard [clock seconds] states {}]
        return runs
    }
    set silent [expr {[clock seconds] - [dict get $machine heard]}]
    if {$silent >= $emulated_quiet && [dict get $machine mode] eq "file" && [dict exists $machine description registers]
        && [set state [emulated_sample machine]] ne "runs"} {
        return $state
    }
    return [expr {$silent > [dict get $machine limit] ? "silent" : "runs"}]
}

# What to give host_wait_all where nothing is to be done
set host_nothing {apply {args {}}}

# Boot hosts, `jobs` of them at a time, and wait until all have ended.  Returns a dict
# from their names to their machines, in each of which `why` is the sentence why it was
# ended by force, or "": see host_collect.
#
# `starts` is a dict from a host's name to the command that boots it, to which the
# number of the attempt is added; it returns the machine.  A host that livelocks is booted
# again, up to `attempts` times, and `say` is called with a sentence about that.
# `each` is called with the host's name, its machine and the number of the attempt: about
# once a second while it runs, and once when it has ended.  `ended` is called then with
# its name and machine.  It returns a command that boots another host of that name, or
# nothing.  All these are commands to which the arguments are added.
proc host_wait_all {starts jobs attempts say each ended} {
    set waiting [dict keys $starts]
    set running {}
    set over {}
    while {[llength $waiting] || [dict size $running]} {
        while {[llength $waiting] && [dict size $running] < $jobs} {
            set waiting [lassign $waiting name]
            set attempt($name) 1
            dict set running $name [{*}[dict get $starts $name] 1]
        }
        dict for {name machine} $running {
            set state [host_turn machine]
            dict set running $name $machine
            {*}$each $name $machine $attempt($name)
            set why ""
            switch $state runs {
                continue
            } silent {
                host_stop $machine
                set why "[dict get $machine name]: the host has been silent for [dict get $machine limit] s\n[host_last_lines $machine]"
            } livelock {
                host_stop $machine
                if {$attempt($name) < $attempts} {
                    {*}$say "[dict get $machine name]: the host livelocked; attempt [incr attempt($name)] of $attempts"
                    dict set running $name [{*}[dict get $starts $name] $attempt($name)]
                    continue
                }
                set why "[dict get $machine name]: the host livelocked[expr {$attempts > 1 ? " in each of $attempts attempts" : ""}]\n[host_last_lines $machine]"
            }
            dict unset running $name
            dict set over $name [dict set machine why $why]
            set next [{*}$ended $name $machine]
            if {$next ne ""} {
                dict set starts $name $next
                lappend waiting $name
            }
        }
    }
    return $over
}

# Boot one host by the command `start`, and wait until it has ended.  Returns the machine.
# The rest is as for host_wait_all.
proc host_wait {start {attempts 1} {say {}} {each ""}} {
    global host_nothing
    return [dict get [host_wait_all [dict create host $start] 1 $attempts $say \
        [expr {$each eq "" ? $host_nothing : $each}] $host_nothing] host]
}

# Returns what a host has sent so far, parsed by report_parse.
proc host_report {machine} {
    if {[catch {read_file [file join [dict get $machine folder] report]} bytes]} {
        set bytes ""
    }
    return [report_parse $bytes]
}

# Returns yes if a host still runs, after waiting for up to `seconds`.
proc host_runs {machine seconds} {
    global host_said
    set id [dict get $machine id]
    expect {
        -i [lsort -unique [list $id [dict get $machine console]]]
        -timeout $seconds
        -re {.+} { append host_said($expect_out(spawn_id)) $expect_out(buffer); exp_continue }
        timeout { return yes }
        eof { return no }
    }
}

# Gather what a host that ended has left.  Returns the parsed report.  Throws a
# sentence if it didn't end well, with the last lines of its console.
proc host_collect {machine} {
    if {[dict get $machine why] ne ""} {
        error [dict get $machine why]
    }
    lassign [host_reap $machine] - - - - how signal
    set report [host_report $machine]
    set end [dict get $report end]
    if {$end eq "ok"} {
        return $report
    }
    set name [dict get $machine name]
    # An initramfs is no file system that df knows.
    set free ""
    catch {set free [lindex [split [exec df -kP [dict get $machine folder]] \n] 1 3]}
    if {[string is integer -strict $free] && $free < 64} {
        error "$name: no space is left on the disk of [dict get $machine folder]"
    }
    if {$end ne ""} {
        error "$name: [string range $end 7 end]\n[host_last_lines $machine]"
    }
    if {[string first "Kernel panic" [host_console $machine]] >= 0} {
        error "$name: the host's kernel panicked\n[host_last_lines $machine]"
    }
    if {[dict exists $machine description ending]} {
        set said [host_emulator_said $machine]
        foreach ending [dict get $machine description ending] {
            if {![regexp {^\{(.*)\} +(.*)$} $ending - pattern sentence]} {
                error "the ending \"$ending\" is not {EXPRESSION} SENTENCE"
            }
            if {[regexp -line -- $pattern $said match]} {
                error "$name: [regsub -line -- $pattern $match $sentence]\n[host_last_lines $machine]"
            }
        }
    }
    if {$how eq "CHILDKILLED"} {
        error "$name: the emulator was ended by $signal\n[host_last_lines $machine]"
    }
    error "$name: the host stopped before its work was done\n[host_last_lines $machine]"
}

# Returns the instructions that a host which powered itself off has taken, if its
# emulator tells, else "".
proc host_instructions {machine} {
    set count ""
    if {[dict exists $machine description instructions]} {
        regexp -line -- [dict get $machine description instructions] [host_emulator_said $machine] - count
    }
    return $count
}

# Returns the text of a file of the folder of a host, "" if there is none.
proc host_file {machine name} {
    if {[catch {read_file [file join [dict get $machine folder] $name]} text]} {
        set text ""
    }
    return $text
}

# Returns all that the host wrote to its console.
proc host_console {machine} {
    global host_said
    return [host_file $machine console.log]$host_said([dict get $machine console])
}

# Returns all that the emulator itself said.
proc host_emulator_said {machine} {
    global host_said
    return $host_said([dict get $machine id])[host_file $machine emulator.log]
}

# The console's last lines, and the emulator's own last words; and where all of
# them are.
proc host_last_lines {machine} {
    global host_said
    set text ""
    foreach said [list [host_console $machine] $host_said([dict get $machine id])] {
        foreach line [lrange [split [string trim [string map {\r ""} $said]] \n] end-14 end] {
            append text "  | $line\n"
        }
        if {[dict get $machine console] eq [dict get $machine id]} break
    }
    return "${text}The full log is [file join [dict get $machine folder] console.log]."
}

# Wait for the emulator's process, which has ended.  Returns what expect's wait does.
proc host_reap {machine} {
    global host_all
    set id [dict get $machine id]
    foreach one [lsort -unique [list $id [dict get $machine console]]] {
        catch {close -i $one}
    }
    unset -nocomplain host_all($id)
    set ended {}
    catch {set ended [wait -i $id]}
    return $ended
}

# Stop a host by force.
proc host_stop {machine} {
    catch {exec kill -9 [exp_pid -i [dict get $machine id]]}
    host_reap $machine
}

# Stop all hosts by force.
proc host_stop_all {} {
    global host_all
    foreach {id machine} [array get host_all] {
        host_stop $machine
    }
}
