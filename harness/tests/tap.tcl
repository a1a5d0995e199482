# SPDX-License-Identifier: GPL-2.0
# What the tests share: TAP, and hosts to run parts of the tests in.

set tests [file dirname [file normalize [info script]]]
set harness [file dirname $tests]
set build [file normalize $harness/../build]
set host [expr {[info exists env(HOST)] ? $env(HOST) : "svm"}]
foreach part {files facts report box} {
    source $harness/lib/$part.tcl
}
set facts [facts_named host $harness/hosts $host $host_facts]
set kernel $build/kernel/bzImage
set tap_count 0
set tap_failed 0
log_user 0
match_max 200000
box_signals

# Report one test point.  `why` is shown if it failed.
proc tap_ok {ok what {why ""}} {
    global tap_count tap_failed
    puts "[expr {$ok ? "ok" : "not ok"}] [incr tap_count] - $what"
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
    global tap_count
    puts "ok [incr tap_count] - $what # SKIP $why"
    flush stdout
}

proc tap_note {text} {
    foreach line [split $text \n] {
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
    box_kill_all
    puts "1..$tap_count"
    exit [expr {$tap_failed != 0}]
}

# Make the root file system for tests: the host's, and over it the parts of the
# tests that run inside, and more modules.  Returns its path.
proc tap_root {{modules {}}} {
    global build tests
    set folder $build/check/overlay
    set root $build/check/root.cpio
    file delete -force $folder
    file mkdir $folder/harness/tests $folder/lib/modules
    file copy $tests/inside $folder/harness/tests/inside
    foreach module $modules {
        file copy -force $module $folder/lib/modules/
    }
    exec $tests/../image/archive $folder $build/check/overlay.cpio
    exec cat $build/image/root.cpio $build/check/overlay.cpio > $root.new
    file rename -force $root.new $root
    return $root
}

# Boot a host that runs tests/inside/NAME, and pass its test points on.  Returns
# the parsed report.  Options: cpus (default 1), append (more words for the
# kernel's command line), kernel, root, limit (seconds).
proc tap_inside {name args} {
    global facts host kernel build
    set option [dict merge [dict create cpus 1 append "" kernel $kernel limit 300 \
        root $build/check/root.cpio arguments {}] $args]
    set more $facts
    dict append more append " [dict get $option append]"
    set box [box_start "$host/$name" $more $build/run/$host/check-$name \
        [dict get $option kernel] [dict get $option root] [dict get $option cpus] \
        [list tests/inside/$name {*}[dict get $option arguments]] file [dict get $option limit]]
    while {[box_runs $box 1]} {
        if {[clock seconds] > [dict get $box deadline]} {
            box_kill $box
            tap_ok no "$name ends" "not within [dict get $box limit] s\n[box_last_lines $box]"
            return [box_report $box]
        }
    }
    if {[catch {box_collect $box} report]} {
        set message $report
        set report [box_report $box]
        tap_pass_on $report
        tap_ok no "$name runs to its end" $message
    } else {
        tap_pass_on $report
    }
    tap_ok [expr {![regexp {(BUG:|WARNING:|Oops|Call Trace|rcu.*stall|possible (recursive|circular))} [box_console $box] splat]}] \
        "$name: the host's kernel has nothing to complain of" [expr {[info exists splat] ? "$splat\n[box_last_lines $box]" : ""}]
    return $report
}

# Report the test points that came from inside.
proc tap_pass_on {report} {
    foreach line [dict get $report tap] {
        if {[regexp {^(ok|not) - (.*)$} $line - ok what]} {
            lassign [split [string map {" ## " \x01} $what] \x01] what why
            tap_ok [expr {$ok eq "ok"}] $what $why
        } else {
            tap_note $line
        }
    }
}
