# SPDX-License-Identifier: GPL-2.0
# What the tests share: TAP, and hosts to run parts of the tests in.

set tests [file dirname [file dirname [file normalize [info script]]]]
set harness [file dirname $tests]
set built [file normalize $harness/../build]
# A flavour of the host's kernel that watches itself has a folder of its own, with
# all that is made and run.  Guests and kvm-exits are the same for all.
set flavour [expr {[info exists env(FLAVOUR)] ? $env(FLAVOUR) : ""}]
set build [file join $built $flavour]
set guests $built/guests
set tool $built/kvm-exits/kvm-exits
set hosts [expr {[info exists env(HOST)] ? $env(HOST) : "svm"}]
source $harness/host/all.tcl
source $tests/lib/console.tcl
# Whether tests do all that they can (make check-all)
set long [expr {[info exists env(LONG)] && $env(LONG) eq "1"}]
# Whether this machine's module may be loaded anew
set reload [expr {[info exists env(RELOAD)] && $env(RELOAD) eq "1"}]
set kernel $build/kernel/bzImage
# What the kernel's own make is given for this flavour
set kbuild_args [expr {[info exists env(KBUILD_ARGS)] ? $env(KBUILD_ARGS) : {-j2 "CC=ccache gcc" "HOSTCC=ccache gcc"}}]
set root $build/image/root
set tap_name [file rootname [file tail $argv0]]
set tap_prefix ""
set tap_count 0
set tap_failed 0
log_user 0
match_max 200000
host_signals

# Report one test point.  `why` is shown if it failed.
proc tap_ok {ok what {why ""}} {
    global tap_count tap_failed tap_prefix
    puts "[expr {$ok ? "ok" : "not ok"}] [incr tap_count] - $tap_prefix$what"
    if {!$ok} {
        incr tap_failed
        foreach line [split $why \n] {
            puts "# $line"
        }
    }
    flush stdout
    return $ok
}

# Report a test point that this host can't run, and why.
proc tap_skip {what why} {
    global tap_count tap_prefix
    puts "ok [incr tap_count] - $tap_prefix$what # SKIP $why"
    flush stdout
}

# Tell what may interest.  Tcl's own words on a program's exit status don't.
proc tap_note {text} {
    foreach line [split $text \n] {
        if {$line eq "child process exited abnormally"} continue
        puts "# $line"
    }
    flush stdout
}

# Run `script`; an error in it is a failed test point.  Ends the test program.
proc tap_run {script} {
    global tap_count tap_failed errorInfo
    if {[catch {uplevel #0 $script} message]} {
        tap_ok no "the test ran to its end" $message
    }
    host_stop_all
    puts "1..$tap_count"
    exit [expr {$tap_failed != 0}]
}

# The same, with `script` run for each host: `host` is its name, `description` what
# host_description returns for it.
proc tap_run_on_hosts {script} {
    set ::tap_script $script
    tap_run {
        foreach host $hosts {
            set host [host_name $host]
            set tap_prefix "$host[expr {$flavour eq "" ? "" : ", $flavour kernel"}]: "
            set description [host_description $harness/hosts $host]
            if {[catch $tap_script message]} {
                tap_ok no "the test ran to its end" $message
            }
            host_stop_all
        }
    }
}

# Keep only the first host for what depends little on the kind of host, unless tests
# are to run in full.
proc tap_one_host_unless_long {} {
    global hosts long
    if {!$long && [llength $hosts] > 1} {
        tap_note "make check-all runs this on [join [lrange $hosts 1 end] { and }] too"
        set hosts [lrange $hosts 0 0]
    }
}

# The command that runs experiments on this host, up to their names.  `work` and
# `results` are names of folders.
proc tap_experiment {work results args} {
    global harness host kernel root tool build reload
    return [list setpriv --pdeathsig TERM $harness/bin/experiment --host $host --kernel $kernel \
        --tool $tool --reload $reload --work $build/run/$work --results $build/check/$results \
        {*}[dict merge [dict create --root $root] $args]]
}

# The emulators that this test has started and that run; not those that have ended
# and only wait for somebody to ask how.  All that a test starts has its process number
# in the environment.
set env(TAP_TEST) [pid]
proc emulators {} {
    global description env
    catch {exec pgrep -r D,R,S,T -x [string range [dict get $description program] 0 14]} pids
    return [lmap pid [lsort [regexp -all -inline -line {^[0-9]+$} $pids]] {
        if {[catch {read_file /proc/$pid/environ} environ] || [string first TAP_TEST=$env(TAP_TEST)\0 $environ] < 0} continue
        set pid
    }]
}

# Make the root file system for tests: the host's, and over it the parts of the
# tests that run inside, and more modules.  Returns it as a list of folders.
proc tap_root {{modules {}}} {
    global build tests root tap_name
    set over $build/check/over-$tap_name
    file delete -force $over
    file mkdir $over/harness/tests $over/lib/modules
    file copy $tests/target $over/harness/tests/target
    foreach module $modules {
        file copy -force $module $over/lib/modules/
    }
    return [list $root $over]
}

# Start a host for tap_boot.
proc tap_start {name option attempt} {
    global description host build
    return [host_start $host/$name [host_for_attempt $description $attempt "[dict get $option append]"] \
        $build/run/$host/check-$name [dict get $option kernel] [dict get $option root] [dict get $option cpus] \
        [list [dict get $option program] {*}[dict get $option arguments]] [dict get $option console] [dict get $option limit]]
}

# Boot a host that runs tests/target/NAME, and wait until it has ended.  Returns the
# machine, as host_wait does.  Options: program (that runs instead) and arguments (of what
# runs), cpus (default 1), append (more words for the kernel's command line), kernel,
# root (default: tap_root), console and limit (see host_start), attempts (how often a
# host that livelocks is booted), each (see host_wait_all).
proc tap_boot {name args} {
    global kernel host_attempts
    set option [dict merge [dict create program tests/target/$name arguments "" cpus 1 append "" \
        kernel $kernel console file limit 600 attempts $host_attempts each ""] $args]
    if {![dict exists $option root]} {
        dict set option root [tap_root]
    }
    return [host_wait [list tap_start $name $option] [dict get $option attempts] tap_note [dict get $option each]]
}

# Boot a host that runs tests/target/NAME, and pass its test points on, also those
# from before it failed.  Returns the parsed report.  Options: those of tap_boot.
proc tap_inside {name args} {
    set machine [tap_boot $name {*}$args]
    set failed [catch {host_collect $machine} why]
    set report [host_report $machine]
    tap_pass_on $report
    if {$failed} {
        tap_ok no "$name runs to its end" $why
    }
    tap_console $name [dict get $machine folder] [host_console $machine]
    return $report
}

# Returns the list of what the kernel of the host that ran in `folder` complained of
# on its console; and in its log, which has more, if it ran an experiment.  `console` is
# the console's text, where it is not in a file.
proc tap_complaints {folder {console ""}} {
    global description
    if {[dict get $description shared]} {
        # A real machine's console is not ours.
        set console ""
    } elseif {$console eq "" && ([catch {read_file $folder/console.log} console] || $console eq "")} {
        return [list "nothing at all is on the console"]
    }
    set log ""
    catch {set log [read_file $folder/results/dmesg.log]}
    return [lsort -unique [concat [console_complaints $console [dict get $description forgive]] \
        [console_complaints $log [dict get $description forgive]]]]
}

# Report whether it complained of anything.
proc tap_console {name folder {console ""}} {
    set complaints [tap_complaints $folder $console]
    tap_ok [expr {[llength $complaints] == 0}] "$name: the host's kernel has nothing to complain of" \
        "[join [lrange $complaints 0 19] \n]\n[llength $complaints] complaints; the full log is $folder/console.log."
}

# Report the test points that came from inside.
proc tap_pass_on {report} {
    foreach line [dict get $report tap] {
        if {[regexp {^(ok|not|skip) - (.*)$} $line - ok what]} {
            lassign [split [string map {" ## " \x01} $what] \x01] what why
            if {$ok eq "skip"} {
                tap_skip $what $why
            } else {
                tap_ok [expr {$ok eq "ok"}] $what $why
            }
        } else {
            tap_note $line
        }
    }
}
