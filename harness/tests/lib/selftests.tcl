# SPDX-License-Identifier: GPL-2.0
# KVM's own selftests, tools/testing/selftests/kvm of the kernel's tree, run on
# hosts with the exit counters compiled in and on hosts with them compiled out.
#
# A test is known by its path there, as x86_64/cpuid_test. Its verdict is pass,
# skip, fail, timeout, or lost: the host stops each time it runs.

source [file dirname [info script]]/variant.tcl

# What differs between the two hosts, and how the table calls it
set selftests_variants {in out}

# Read what selftests/HOST says. Returns a dict: cpus and seconds, numbers; and
# few, with, out and fails, dicts from a test's name to the rest of its line.
# Throws a sentence about what is wrong.
proc selftests_read {host} {
    global tests
    set said [description_named "list of selftests" $tests/selftests $host {cpus seconds} {few with out fails}]
    foreach word {few with out fails} {
        set lines [expr {[dict exists $said $word] ? [dict get $said $word] : {}}]
        dict set said $word {}
        foreach line $lines {
            if {![regexp {^(\S+)(?:\s+(\S.*))?$} $line - name rest] || [dict exists $said $word $name]} {
                error "selftests/$host: \"$word NAME ...\" is wanted, once for a name, not \"$word $line\""
            }
            if {$word eq "few" && $rest ni {"" skip}} {
                error "selftests/$host: \"few NAME\" or \"few NAME skip\" is wanted, not \"$word $line\""
            }
            dict set said $word $name $rest
        }
    }
    return $said
}

# Returns the verdict that a test must have with the counters compiled out, if it is
# `in` with them compiled in.
proc selftests_wanted_out {said name in} {
    if {$in eq "pass" && [dict exists $said few $name] && [dict get $said few $name] ne ""} {
        return [dict get $said few $name]
    }
    return $in
}

# Build selftests, `names` or, if that is empty, all of them, out of the variants'
# copy of the kernel's tree, in variant_alone. Returns all names that there are, and the folder
# where those that were built are.
proc selftests_build {names} {
    global build
    set tree [variant_tree]
    set out $build/check/selftests
    set log $out.log
    # Another tree's files may be older than what was made of the last one's.
    if {[file exists $out] && [file mtime $out] < [file mtime $tree.copied]} {
        file delete -force $out
    }
    file mkdir $out
    # The emulated processors are no x86-64-v2, which the Makefile there wants;
    # TARGET_ARCH comes after its own flags. There is no use for debug information.
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
        error "the selftests don't build; the full log is $log"
    }
    return [list [lsort $all] $out]
}

# Start the host of one variant, for the tests of it that have no verdict yet.
# Returns the machine.
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

# Take in what the host of a variant has sent.  `tell` is a command that each
# verdict's line is added to.
proc selftests_hear {tell variant machine attempt} {
    global host selftests
    upvar 0 selftests($variant) run
    dict for {name text} [dict get [host_report $machine] files] {
        set at [string first \n $text]
        set verdict [string range $text 0 $at-1]
        set text [string range $text $at+1 end]
        if {$name eq "counters"} {
            # Made sure of, or the comparison may be one of a thing with itself
            if {$verdict ne $variant} {
                error "[dict get $machine name]: the host's kvm.ko has the counters $verdict"
            }
        } elseif {![dict exists $run verdicts $name]} {
            dict set run verdicts $name [list $verdict $text]
            dict set run todo [lsearch -all -inline -exact -not [dict get $run todo] $name]
            dict set run attempt 1
            {*}$tell "$host, counters $variant: $name: $verdict"
        }
    }
}

# Take in how the host of a variant ended.  If it stopped before its tests were done,
# returns the command that boots it again, for the test in which it stopped and for
# all after it; after host_attempts times that test is lost.  Throws a sentence if the
# host never comes as far as to a test, lacks a verdict, or its kernel complains.
proc selftests_ended {variant machine} {
    global host_attempts selftests
    upvar 0 selftests($variant) run
    set todo [dict get $run todo]
    if {![catch {host_collect $machine} why]} {
        if {[llength $todo]} {
            error "[dict get $machine name]: no word of [join $todo {, }]\n[host_last_lines $machine]"
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

# Run selftests on the hosts of both variants at a time.  `said` is what
# selftests_read returns, `names` are those to run, and `folder` has them. Each
# host may be silent for `limit` seconds of the wall clock. `tell` is a command that each
# verdict's line is added to. Returns a dict from variant to a dict from name to
# verdict and what the test said. Throws a sentence if a host lacks a verdict or its
# kernel complains.
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

# Returns in a few words why a test didn't pass, from what it said.
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

# Returns the table of what came of `names`, all there are, as a file's text;
# `verdicts` is what selftests_run returns.
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
            append rows "| `$shown` | left out | left out | [dict get $said out $name] |\n"
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

`tools/testing/selftests/kvm` of Linux $version, with the exit counters compiled in and
compiled out (`CONFIG_KVM_EXIT_COUNTERS`), made by `make selftests`. CPUs of the host: [expr {min([dict get $said cpus], [dict get $description max-cpus])}]. A
test is given [dict get $said seconds] seconds of the host's time. Why is told by the test itself, and, where it is left out or
in parentheses, by `harness/tests/selftests/$host`.

Of [llength $names] tests [dict size [dict get $said out]] are left out.

$totals
| test | in | out | why |
|---|---|---|---|
$rows"
}

# Returns a sentence for each test that doesn't end on both hosts as it has to, which
# is the same but for tests of the counters, or doesn't end.
proc selftests_differ {said verdicts} {
    set wrong {}
    foreach name [lsort [dict keys [dict get $verdicts in]]] {
        set in [lindex [dict get $verdicts in $name] 0]
        set out [lindex [dict get $verdicts out $name] 0]
        if {$out ne [selftests_wanted_out $said $name $in] || $in eq "lost"} {
            lappend wrong "$name: $in with the counters compiled in, $out without"
        }
    }
    return $wrong
}
