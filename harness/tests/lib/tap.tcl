# SPDX-License-Identifier: GPL-2.0
# Procedures for all tests: TAP output, and hosts that run parts of the tests.

set tests [file dirname [file dirname [file normalize [info script]]]]
set harness [file dirname $tests]
set built [file normalize $harness/../build]
# A debug kernel (FLAVOUR) and Debian's own kernel of a line (KERNEL_LINE) have a build
# folder of their own.  Guests and kvm-exits are the same for all of them.
set flavour [expr {[info exists env(FLAVOUR)] ? $env(FLAVOUR) : ""}]
set kernel_line [expr {[info exists env(KERNEL_LINE)] ? $env(KERNEL_LINE) : ""}]
set build [file join $built $kernel_line $flavour]
set guests $built/guests
set tool $built/kvm-exits/kvm-exits
set hosts [expr {[info exists env(HOST)] ? $env(HOST) : "svm"}]
source $harness/host/all.tcl
source $tests/lib/console.tcl
# Whether tests run in full (make check-all)
set long [expr {[info exists env(LONG)] && $env(LONG) eq "1"}]
# Whether the real host's vendor module may be reloaded
set reload [expr {[info exists env(RELOAD)] && $env(RELOAD) eq "1"}]
set kernel $build/kernel/bzImage
# Arguments for the kernel's make for this flavour
set kbuild_args [expr {[info exists env(KBUILD_ARGS)] ? $env(KBUILD_ARGS) : {-j2 "CC=ccache gcc" "HOSTCC=ccache gcc"}}]
set root $build/image/root
set tap_name [file rootname [file tail $argv0]]
set tap_prefix ""
set tap_count 0
set tap_failed 0
log_user 0
match_max 200000
host_signals

# Report the test point `what`.  `why` is printed if it failed.  Returns `ok`.
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

# Report a test point that can't run on this host.  `why` is the reason.
proc tap_skip {what why} {
    global tap_count tap_prefix
    puts "ok [incr tap_count] - $tap_prefix$what # SKIP $why"
    flush stdout
}

# Print `text` as TAP comments, without Tcl's line about a program's exit status.
proc tap_note {text} {
    foreach line [split $text \n] {
        if {$line eq "child process exited abnormally"} continue
        puts "# $line"
    }
    flush stdout
}

# Run `script` and end the test program.  An error in `script` is a failed test point.
proc tap_run {script} {
    global tap_count tap_failed errorInfo
    if {[catch {uplevel #0 $script} message]} {
        tap_ok no "the test runs to its end" $message
    }
    host_stop_all
    puts "1..$tap_count"
    exit [expr {$tap_failed != 0}]
}

# As tap_run, but run `script` once for each host.  In it, `host` is the host's name
# and `description` the result of host_description.
proc tap_run_on_hosts {script} {
    set ::tap_script $script
    tap_run {
        foreach host $hosts {
            set host [host_name $host]
            set tap_prefix "$host[expr {$flavour eq "" ? "" : ", $flavour kernel"}][expr {$kernel_line eq "" ? "" : ", Debian's kernel $kernel_line"}]: "
            set description [host_description $harness/hosts $host $kernel]
            if {[catch $tap_script message]} {
                tap_ok no "the test runs to its end" $message
            }
            host_stop_all
        }
    }
}

# Run the test on the first host only, unless tests run in full.  For tests that
# depend little on the host.
proc tap_one_host_unless_long {} {
    global hosts long
    if {!$long && [llength $hosts] > 1} {
        tap_note "only make check-all runs this test on [join [lrange $hosts 1 end] { and }]"
        set hosts [lrange $hosts 0 0]
    }
}

# Returns the command that runs experiments on `host`; append the experiments' names.
# `work` and `results` are names of folders.  `args` are more options and values.
proc tap_experiment {work results args} {
    global harness host kernel root tool build reload
    return [list setpriv --pdeathsig TERM $harness/bin/experiment --host $host --kernel $kernel \
        --tool $tool --reload $reload --work $build/run/$work --results $build/check/$results \
        {*}[dict merge [dict create --root $root] $args]]
}

# Returns the PIDs of the running emulators that this test started, without zombies.
# Each process that a test starts has TAP_TEST, the test's PID, in its environment.
set env(TAP_TEST) [pid]
proc emulators {} {
    global description env
    catch {exec pgrep -r D,R,S,T -x [string range [dict get $description program] 0 14]} pids
    return [lmap pid [lsort [regexp -all -inline -line {^[0-9]+$} $pids]] {
        if {[catch {read_file /proc/$pid/environ} environ] || [string first TAP_TEST=$env(TAP_TEST)\0 $environ] < 0} continue
        set pid
    }]
}

# Make the root file system for tests.  Returns a list of folders: the host's root, and
# one to copy over it, with the tests' parts that run on the host and `modules`.
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

# Returns the folders of tap_root, and one with kvm-exits.
proc tap_root_with_tool {} {
    global build harness tool tap_name
    set folder $build/check/tool-$tap_name
    exec $harness/image/tool $folder $tool
    return [concat [tap_root] [list $folder]]
}

# Start a host for tap_boot.  `option` is a dict.  Returns the machine.
proc tap_start {name option attempt} {
    global description host build
    return [host_start $host/$name [host_for_attempt $description $attempt "[dict get $option append]"] \
        $build/run/$host/check-$name [dict get $option kernel] [dict get $option root] [dict get $option cpus] \
        [list [dict get $option program] {*}[dict get $option arguments]] [dict get $option console] [dict get $option limit]]
}

# Print how many test points a host has sent if that has changed, at most once a minute:
# the points themselves are reported when the host has ended.  The arguments are those
# of `each`: see host_wait_all.
proc tap_progress {name machine attempt} {
    global tap_heard
    if {[clock seconds] - $tap_heard(at) < 60} return
    set points [llength [dict get [host_report $machine] tap]]
    if {$points != $tap_heard(points)} {
        tap_note "[dict get $machine name]: $points test points so far"
        array set tap_heard [list points $points at [clock seconds]]
    }
}

# Boot a host that runs tests/target/NAME, and wait until it has ended.  Returns the
# machine, as host_wait does.  Options:
#   program    the program to run instead
#   arguments  of the program
#   cpus       default 1
#   append     more words for the kernel's command line
#   kernel     default: the host's kernel
#   root       default: tap_root
#   console    see host_start
#   limit      see host_start, in seconds
#   attempts   how often a host that livelocks is booted
#   each       see host_wait_all; default: tap_progress
proc tap_boot {name args} {
    global kernel host_attempts tap_heard
    array set tap_heard [list points 0 at [clock seconds]]
    set option [dict merge [dict create program tests/target/$name arguments "" cpus 1 append "" \
        kernel $kernel console file limit 600 attempts $host_attempts each tap_progress] $args]
    if {![dict exists $option root]} {
        dict set option root [tap_root]
    }
    return [host_wait [list tap_start $name $option] [dict get $option attempts] tap_note [dict get $option each]]
}

# Boot a host that runs tests/target/NAME, and report its test points, even if the
# host failed.  Returns the parsed report.  The options are those of tap_boot.
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

# Returns the complaints of the kernel of the host that ran in `folder`, a list of
# lines: those on its console, and those in its kernel log if it ran an experiment.
# `console` is the console's text if that is not in a file.
proc tap_complaints {folder {console ""}} {
    global description
    if {[dict get $description shared]} {
        # The harness doesn't read the console of a real host.
        set console ""
    } elseif {$console eq "" && ([catch {read_file $folder/console.log} console] || $console eq "")} {
        return [list "the console is empty"]
    }
    set log ""
    catch {set log [read_file $folder/results/dmesg.log]}
    return [lsort -unique [concat [console_complaints $console [dict get $description forgive]] \
        [console_complaints $log [dict get $description forgive]]]]
}

# Report a test point: the kernel of the host that ran in `folder` didn't complain.
proc tap_console {name folder {console ""}} {
    set complaints [tap_complaints $folder $console]
    tap_ok [expr {[llength $complaints] == 0}] "$name: the host's kernel prints no warning" \
        "[join [lrange $complaints 0 19] \n]\n[llength $complaints] complaints; the full log is $folder/console.log"
}

# Report the test points of the parsed report `report`.
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
