# SPDX-License-Identifier: GPL-2.0
# Describe, start, watch and stop hosts.  Programs use only the procedures of this file.
# emulated.tcl and real.tcl implement the differences between emulated and real hosts.
#
# A machine is a host that was started, a dict:
#   name         its name in messages
#   description  see host_description
#   id           the spawn id of the emulator, or of the program on a real host
#   console      the spawn id whose input is the host's console
#   mode         where its console is: "file" or "tty"
#   folder       the folder with its files
#   command      the command that runs in it
#   limit        the seconds that it may be silent
#   bytes        how many bytes it has written
#   heard        when it last wrote, in clock seconds
#   states       see emulated_sample
#   why          set when it has ended: why it was killed, or ""; see host_wait_all

# Read the description of the host `name`, a file of `dir`.  `kernel` is the bzImage
# that it boots, if any: if the file max-cpus is next to it, the host gets at most so
# many CPUs, and the file ticks has its timer ticks per second.  Returns a dict with the
# words of the description and the properties of the host.  Callers use these properties:
#   isa       svm or vmx
#   max-cpus  the most CPUs that it can have
#   exact     yes: the same inputs give the same exits, and time counts instructions
#   ticks     the timer ticks per second of a CPU
#   shared    yes: others use this machine, so its settings must be restored, and the
#             counters include exits of other VMs
#   keyboard  no: no key can be pressed
#   break     no: no BREAK can be sent
#   tolerance reasons whose number is not checked, because the host itself causes more
#   after-fastpath  if not empty: a list of the reasons whose exits KVM's fastpath
#             handles before the tracepoint, so that the counters may show more exits
#             than the tracepoint, and an explanation
#   machine   a description of a shared host in several lines, or ""
# Throws an error if there is no such host, a word is missing, or this machine can't be
# that host.
proc host_description {dir name {kernel ""}} {
    set kind [host_kind $name]
    set lists {file ending forgive may-skip unreachable}
    set description [dict merge {forgive {} may-skip {} unreachable {} ticks 100 shared no tolerance {} after-fastpath {} machine ""} [description_named host $dir $kind \
        {about isa packages max-cpus exact keyboard break medium} $lists]]
    if {[dict get $description medium] eq "none"} {
        return [real_description $description]
    }
    description_read [file join $dir $kind] {memory program arguments clock-file clock-tty
        console-file console-tty append how-to-press} $lists
    # The files that image/stock makes with Debian's own kernel
    set limit [file join [file dirname $kernel] max-cpus]
    if {$kernel ne "" && [file exists $limit]} {
        dict set description max-cpus [expr {min([dict get $description max-cpus], [string trim [read_file $limit]])}]
        dict set description ticks [string trim [read_file [file join [file dirname $kernel] ticks]]]
    }
    return $description
}

# Returns the name of the host `kind`, a file of hosts/, for messages and folders: `kind`
# itself, but this-HOSTNAME for "this", to tell real hosts apart.
proc host_name {kind} {
    return [expr {$kind eq "this" ? "this-[regsub -all {[^A-Za-z0-9.-]} [info hostname] {}]" : $kind}]
}

# Returns the file of hosts/ that describes the host `name`.
proc host_kind {name} {
    return [expr {[string match this-* $name] ? "this" : $name}]
}

# Returns the other VMs that are running on a host, a list of "PID NAME".
proc host_others {description} {
    return [expr {[dict get $description shared] ? [real_vms] : ""}]
}

# The running machines, by spawn id
array set host_all {}

# Let signals end this program at once.  Its hosts end with it: the kernel kills an
# emulator when its parent dies.  A signal handler in Tcl could deadlock, because
# expect's handler takes a lock that Tcl may hold at that moment.
proc host_signals {} {
    trap SIG_DFL {SIGINT SIGTERM SIGHUP}
}

# Throws an error if `program` is not installed.
proc need_program {program} {
    if {[auto_execok $program] eq ""} {
        error "$program is not installed"
    }
}

# Start a host.
#
# `folder` is emptied, and gets console.log, report and all other files of the host.
# `root` is a list of folders that are laid over each other: the packed root file system,
# and what a test adds to it.  `run` is the program that the host runs, a file in the
# folder harness of `root`, and its arguments.  `limit` is the number of seconds of wall
# time that the host may be silent, see host_turn.
#
# The other arguments are for emulated hosts: the file `kernel`; `cpus`, the number of
# CPUs, reduced to max-cpus; and `console`, "file" or "tty".
#
# Returns the machine.  Throws an error if it can't be started.
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

# Run `command` in `folder` as the host `name`.  `mode` is the argument `console` of
# host_start.  `typing` is the spawn id of the console, or "" if the console is the
# command's own terminal.  Returns the machine.
proc host_spawn {name description folder command limit mode typing} {
    global host_all host_said
    # In the host's folder, so that the command has no paths of this machine.
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
        console $typing folder $folder command $command limit $limit bytes -1 heard [clock seconds] states {}]]
}

# Press Alt-SysRq-x on the keyboard of a host.  Throws an error if it has none.
proc host_press {machine} {
    set description [dict get $machine description]
    switch [dict get $description keyboard] {
        typed {
            # press-key has escapes such as \n.
            send -i [dict get $machine console] -- [subst -nocommands -novariables [dict get $description press-key]]
        }
        rfb {
            if {![regexp [dict get $description rfb-port] [host_emulator_said $machine] - port]} {
                error "[dict get $machine name]: the emulator did not print the port of its display"
            }
            rfb_press $port {Alt SysRq x}
        }
        default {
            error "[dict get $machine name]: this host has no keyboard"
        }
    }
}

# Send BREAK and then x on the serial line of a host.
proc host_break {machine} {
    send -i [dict get $machine console] -- [subst -nocommands -novariables [dict get $machine description press-break]]
    send -i [dict get $machine console] x
}

# How often a host is booted if its emulator fails.  hosts/svm explains the causes, and how
# often that happens.  An extra word on the kernel's command line shifts the timing.  Time
# counts instructions, so the same inputs livelock in the same attempts on every machine.
# A livelock is detected within seconds.
set host_attempts 16

# Returns `description` for the `attempt`-th boot of a host, with `words` added to the
# kernel's command line.
proc host_for_attempt {description attempt {words ""}} {
    if {$words ne ""} {
        dict append description append " $words"
    }
    if {$attempt > 1} {
        dict append description append " attempt=$attempt"
    }
    return $description
}

# Wait up to a second for a host to end, and check its progress.  Returns
#   runs      it is still running
#   ended     its emulator has exited: call host_collect
#   livelock  a CPU repeats the same few instructions forever, or is never executed
#   silent    it wrote neither to its console nor to its report for `limit` seconds
# Updates the machine in the caller's variable `machine_name`.  A host that makes
# progress has no time limit, however slow this machine is.
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

# A command for host_wait_all that does nothing
set host_nothing {apply {args {}}}

# Boot hosts, `jobs` of them in parallel, and wait until all have ended.  Returns a dict
# from host name to machine, whose `why` says why it was killed, or is "" if it was not:
# see host_collect.
#
# `starts` is a dict from a host's name to the command that boots it and returns the
# machine.  The other arguments are commands too, and each is called with these arguments
# appended:
#   a start  the number of the attempt
#   say      a message, when a host that livelocked, or to which emulated_fault applies,
#            is booted again; it is booted `attempts` times at most
#   each     the host's name, its machine and the number of the attempt: about once a
#            second while it runs, and once when it has ended
#   ended    the host's name and its machine, when it has ended.  Returns a command that
#            boots another host of that name, or ""
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
            } ended {
                if {$attempt($name) < $attempts && [set fault [emulated_fault $machine $say]] ne ""} {
                    host_reap $machine
                    {*}$say "[dict get $machine name]: $fault\n  attempt [incr attempt($name)] of $attempts"
                    dict set running $name [{*}[dict get $starts $name] $attempt($name)]
                    continue
                }
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

# Boot one host with the command `start` and wait until it has ended.  The other
# arguments are those of host_wait_all.  Returns the machine.
proc host_wait {start {attempts 1} {say {}} {each ""}} {
    global host_nothing
    return [dict get [host_wait_all [dict create host $start] 1 $attempts $say \
        [expr {$each eq "" ? $host_nothing : $each}] $host_nothing] host]
}

# Returns the report that a host has sent so far, parsed by report_parse.
proc host_report {machine} {
    if {[catch {read_file [file join [dict get $machine folder] report]} bytes]} {
        set bytes ""
    }
    return [report_parse $bytes]
}

# Wait up to `seconds` for a host to end.  Returns yes if it is still running.
proc host_runs {machine seconds} {
    global host_said
    set id [dict get $machine id]
    expect {
        -i [lsort -unique [list $id [dict get $machine console]]]
        -timeout $seconds
        -re {.+} { append host_said($expect_out(spawn_id)) $expect_out(buffer); exp_continue -continue_timer }
        timeout { return yes }
        eof { return no }
    }
}

# Returns the parsed report of a host that has ended.  Throws an error, with the last
# lines of its console, if its program did not succeed.
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
    # df fails if the folder is in an initramfs.
    set free ""
    catch {set free [lindex [split [exec df -kP [dict get $machine folder]] \n] 1 3]}
    if {[string is integer -strict $free] && $free < 64} {
        error "$name: no space left on the disk with [dict get $machine folder]"
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
        error "$name: the emulator was killed by $signal\n[host_last_lines $machine]"
    }
    error "$name: the host stopped before its work was done\n[host_last_lines $machine]"
}

# Returns how many instructions a host executed until it powered off, or "" if its
# emulator does not report that.
proc host_instructions {machine} {
    set count ""
    if {[dict exists $machine description instructions]} {
        regexp -line -- [dict get $machine description instructions] [host_emulator_said $machine] - count
    }
    return $count
}

# Returns the contents of a file in a host's folder, or "" if there is no such file.
proc host_file {machine name} {
    if {[catch {read_file [file join [dict get $machine folder] $name]} text]} {
        set text ""
    }
    return $text
}

# Returns the output of the host's console.
proc host_console {machine} {
    global host_said
    return [host_file $machine console.log]$host_said([dict get $machine console])
}

# Returns the output of the emulator itself.
proc host_emulator_said {machine} {
    global host_said
    return $host_said([dict get $machine id])[host_file $machine emulator.log]
}

# Returns the last lines of the console and of the emulator's output, and the path of
# the full log.
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

# Reap the emulator's process, which has ended.  Returns what expect's wait returns.
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

# Kill a host.
proc host_stop {machine} {
    catch {exec kill -9 [exp_pid -i [dict get $machine id]]}
    host_reap $machine
}

# Kill all hosts.
proc host_stop_all {} {
    global host_all
    foreach {id machine} [array get host_all] {
        host_stop $machine
    }
}
