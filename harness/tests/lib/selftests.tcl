# SPDX-License-Identifier: GPL-2.0
# KVM's selftests, tools/testing/selftests/kvm of the kernel source, run on hosts with
# the exit counters compiled in and on hosts with them compiled out.
#
# A test's name is its path there, such as x86_64/cpuid_test.  Its verdict is pass,
# skip, fail, timeout, or lost: the host stops each time the test runs.

source [file dirname [info script]]/variant.tcl

# The hosts with the counters compiled in and out, as the table names them
set selftests_variants {in out}

# Returns the name that a test has in the built kernel's source, or "" if it has no such
# test.  `names` has its names in all supported kernels, joined by "|".  x86/ is x86_64/
# in kernels before 6.14.
proc selftests_name {names} {
    global build
    set folder $build/linux/tools/testing/selftests/kvm
    foreach name [split $names |] {
        if {![file isdirectory $folder/x86]} {
            regsub {^x86/} $name x86_64/ name
        }
        foreach file [list $folder/$name.c $folder/$name] {
            if {[file exists $file]} { return $name }
        }
    }
    return ""
}

# Returns the version of the built kernel, such as 6.12.
proc selftests_kernel {} {
    global build
    set makefile [read_file $build/linux/Makefile]
    regexp -line {^VERSION = (\d+)$} $makefile - version
    regexp -line {^PATCHLEVEL = (\d+)$} $makefile - level
    return $version.$level
}

# Read selftests/HOST.  Returns a dict: cpus and seconds are numbers; few, with, out
# and fails are dicts from a test's name in the built kernel to the rest of its line;
# missing is a list of the tests that the built kernel lacks.  Throws an error message
# about a bad line.  A missing test is one if the kernel has the version of the list.
proc selftests_read {host} {
    global tests
    set said [description_named "list of selftests" $tests/selftests $host {cpus seconds kernel} {few with out fails}]
    dict set said missing {}
    foreach word {few with out fails} {
        set lines [expr {[dict exists $said $word] ? [dict get $said $word] : {}}]
        dict set said $word {}
        foreach line $lines {
            if {![regexp {^(\S+)(?:\s+(\S.*))?$} $line - names rest]} {
                error "selftests/$host: bad line \"$word $line\": write \"$word NAME ...\""
            }
            set name [selftests_name $names]
            if {$name eq "" && [dict get $said kernel] eq [selftests_kernel]} {
                error "selftests/$host: \"$word $names\": no selftest has this name"
            } elseif {$name eq ""} {
                dict lappend said missing $names
                continue
            }
            if {[dict exists $said $word $name]} {
                error "selftests/$host: \"$word $name\" occurs twice"
            }
            if {$word eq "few" && $rest ni {"" skip}} {
                error "selftests/$host: bad line \"$word $line\": write \"few NAME\" or \"few NAME skip\""
            }
            dict set said $word $name $rest
        }
    }
    return $said
}

# Returns the verdict that the test `name` must have with the counters compiled out,
# if its verdict with them compiled in is `in`.
proc selftests_wanted_out {said name in} {
    if {$in eq "pass" && [dict exists $said few $name] && [dict get $said few $name] ne ""} {
        return [dict get $said few $name]
    }
    return $in
}

# Build the selftests `names`, or all if that is empty, from variant_tree.  Call it in
# variant_alone.  Returns the names of all selftests, and the folder of the built ones.
proc selftests_build {names} {
    global build
    set tree [variant_tree]
    set out $build/check/selftests
    set log $out.log
    # The files of a new tree may be older than what was built from the previous tree.
    if {[file exists $out] && [file mtime $out] < [file mtime $tree.copied]} {
        file delete -force $out
    }
    file mkdir $out
    # The selftests' Makefile builds for x86-64-v2, which the emulated processors
    # are not.  TARGET_ARCH comes after its flags and overrides them.
    set make [list make -j[exec nproc] -C $tree/tools/testing/selftests/kvm OUTPUT=$out \
        "CC=ccache gcc" "TARGET_ARCH=-march=x86-64 -g0"]
    if {[catch {
        if {![file exists $tree/usr/include/linux/kvm.h]} {
            exec make -C $tree "CC=ccache gcc" "HOSTCC=ccache gcc" headers > $log 2>@1
        }
        exec {*}$make {*}[lmap name $names {string cat $out/ $name}] >> $log 2>@1
        set all [exec {*}$make -s --no-print-directory \
            {--eval=names: ; @printf '%s\n' $(TEST_GEN_PROGS:$(OUTPUT)/%=%) $(TEST_PROGS)} names]
    }]} {
        error "can't build the selftests; the full log is $log"
    }
    return [list [lsort $all] $out]
}

# Start the host of `variant`, to run the tests that have no verdict yet.  Returns the
# machine.
proc selftests_start {variant attempt} {
    global build description host kernel selftests
    set run $selftests($variant)
    set over $build/check/selftests-$variant
    set list ""
    file delete -force $over
    foreach name [dict get $run todo] {
        file mkdir [file dirname $over/selftests/$name]
        file copy [dict get $run folder]/$name $over/selftests/$name
        append list "$name[expr {[dict exists $run said with $name] ? " [dict get $run said with $name]" : ""}]\n"
    }
    write_file $over/selftests/list $list
    return [host_start "$host/selftests, counters $variant" \
        [host_for_attempt $description [dict get $run attempt]] $build/run/$host/selftests-$variant \
        $kernel [concat [tap_root [dict get $run modules]] [list $over]] \
        [dict get $run said cpus] tests/target/selftests,[dict get $run said seconds] file [dict get $run limit]]
}

# Read what the host of `variant` has sent so far.  `tell` is a command prefix, called
# with a line for each new verdict.
proc selftests_hear {tell variant machine attempt} {
    global host selftests
    upvar 0 selftests($variant) run
    dict for {name text} [dict get [host_report $machine] files] {
        set at [string first \n $text]
        set verdict [string range $text 0 $at-1]
        set text [string range $text $at+1 end]
        if {$name eq "counters"} {
            # Make sure that the two hosts run different modules.
            if {$verdict ne $variant} {
                error "[dict get $machine name]: the host's kvm.ko has the counters compiled $verdict, not $variant"
            }
        } elseif {![dict exists $run verdicts $name]} {
            dict set run verdicts $name [list $verdict $text]
            dict set run todo [lsearch -all -inline -exact -not [dict get $run todo] $name]
            dict set run attempt 1
            {*}$tell "$host, counters $variant: $name: $verdict"
        }
    }
}

# Handle the end of the host of `variant`.  If it stopped before its tests were done,
# returns the command that boots it again for the remaining tests, starting with the
# one that ran.  After host_attempts attempts that test is lost.  Throws an error
# message if the host reached no test, if a verdict is missing, or if its kernel
# complains.
proc selftests_ended {variant machine} {
    global host_attempts selftests
    upvar 0 selftests($variant) run
    set todo [dict get $run todo]
    if {![catch {host_collect $machine} why]} {
        if {[llength $todo]} {
            error "[dict get $machine name]: no verdict for [join $todo {, }]\n[host_last_lines $machine]"
        }
        set splat [lindex [tap_complaints [dict get $machine folder]] 0]
        if {$splat ne ""} {
            error "[dict get $machine name]: the host's kernel complains: $splat\n[host_last_lines $machine]"
        }
        return ""
    }
    set name [lindex $todo 0]
    set begun [expr {[lindex [dict get [host_report $machine] progress] end end] eq $name}]
    set short [lindex [split [string map [list "[dict get $machine name]: " ""] $why] \n] 0]
    tap_note "[dict get $machine name]: [expr {$begun ? $name : "boot"}], attempt [dict get $run attempt] of $host_attempts: $short"
    dict incr run attempt
    if {[dict get $run attempt] > $host_attempts} {
        if {!$begun} {
            error $why
        }
        dict set run verdicts $name [list lost $short]
        dict set run todo [lrange $todo 1 end]
        dict set run attempt 1
    }
    return [expr {[llength [dict get $run todo]] ? [list selftests_start $variant] : ""}]
}

# Run selftests on the hosts of both variants in parallel.  `said` is the result of
# selftests_read, `names` are the tests to run, and `folder` has their programs.  Each
# host may be silent for `limit` seconds of wall-clock time.  `tell` is a command
# prefix, called with a line for each verdict.  Returns a dict from variant to a dict
# from name to a list of the verdict and the test's output.  Throws an error message
# if a verdict is missing or a host's kernel complains.
proc selftests_run {said names folder limit {tell {string cat}}} {
    global build selftests selftests_variants
    set modules(in) [lsort [glob $build/kernel/modules/*.ko]]
    set modules(out) [variant_uncounted]
    foreach variant $selftests_variants {
        set selftests($variant) [dict create said $said todo $names folder $folder limit $limit \
            modules $modules($variant) verdicts {} attempt 1]
        dict set starts $variant [list selftests_start $variant]
    }
    host_wait_all $starts 2 1 {} [list selftests_hear $tell] selftests_ended
    foreach variant $selftests_variants {
        dict set verdicts $variant [dict get $selftests($variant) verdicts]
    }
    return $verdicts
}

# Returns in a few words why a test didn't pass.  `text` is its output.
proc selftests_why {verdict text} {
    switch $verdict {
        skip {
            if {[regexp -line {# SKIP:?(?: - |\s)*(?:Requirement not met: )?(.*)$} $text - why]} { return $why }
        }
        fail {
            if {[regexp {Test Assertion Failure ====\n\s*(\S+:\d+: [^\n]*)\n(?:\s*pid=[^\n]*\n)?(?:sh: [^\n]*\n)*(?:  ([^\n]*)\n)?} $text - where what]} {
                return "$where[expr {$what eq "" ? "" : ": $what"}]"
            }
        }
        timeout { return "" }
        pass { return "" }
    }
    return [string trim [lindex [split [string trim $text] \n] end]]
}

# Returns the text of selftests.md.  `names` are all selftests, `verdicts` is the result
# of selftests_run.
proc selftests_table {host description said names verdicts} {
    global build selftests_variants
    set rows ""
    foreach variant $selftests_variants {
        set count($variant) [dict create pass 0 skip 0 fail 0 timeout 0 lost 0]
    }
    foreach name $names {
        set shown $name
        if {[dict exists $said with $name]} {
            append shown " [dict get $said with $name]"
        }
        if {[dict exists $said out $name]} {
            append rows "| `$shown` | not run | not run | [dict get $said out $name] |\n"
            continue
        }
        set cells {}
        set whys {}
        foreach variant $selftests_variants {
            lassign [dict get $verdicts $variant $name] verdict text
            dict incr count($variant) $verdict
            lappend cells $verdict
            lappend whys [selftests_why $verdict $text]
        }
        lassign $whys why other
        if {$why ne $other} {
            set why "in: $why; out: $other"
        }
        if {[dict exists $said fails $name] && "fail" in $cells} {
            append why " ([dict get $said fails $name])"
        }
        append rows "| `$shown` | [join $cells { | }] | [string map {| \\|} [string trim $why]] |\n"
    }
    set version [lindex [exec modinfo -F vermagic $build/kernel/modules/kvm.ko] 0]
    set totals ""
    foreach variant $selftests_variants {
        set parts {}
        dict for {verdict number} $count($variant) {
            if {$number || $verdict in {pass skip fail}} { lappend parts "$number $verdict" }
        }
        append totals "- counters $variant: [join $parts {, }]\n"
    }
    return "# KVM's own selftests, on the host `$host`

`make selftests` runs `tools/testing/selftests/kvm` of Linux $version
with the exit counters compiled in and compiled out
(`CONFIG_KVM_EXIT_COUNTERS`). The host's number of CPUs is [expr {min([dict get $said cpus], [dict get $description max-cpus])}]. Each test
may take [dict get $said seconds] seconds of the host's time. The column `why` quotes the test's
output. Explanations in parentheses and for tests that are not run are from
`harness/tests/selftests/$host`.

[dict size [dict get $said out]] of [llength $names] tests are not run.

$totals
| test | in | out | why |
|---|---|---|---|
$rows"
}

# Returns a sentence for each test that is lost, or whose verdict on the host without
# counters is wrong: it must be that of the other host, except for tests of the
# counters.
proc selftests_differ {said verdicts} {
    set wrong {}
    foreach name [lsort [dict keys [dict get $verdicts in]]] {
        set in [lindex [dict get $verdicts in $name] 0]
        set out [lindex [dict get $verdicts out $name] 0]
        if {$out ne [selftests_wanted_out $said $name $in] || $in eq "lost"} {
            lappend wrong "$name: $in with the counters compiled in, $out with them compiled out"
        }
    }
    return $wrong
}
