#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The tests can fail.  The checks of counts.t, coverage.t, vcpus.t and times.t fail
# on kernels with a deliberate defect.  kvm-exits refuses a log that lacks a line.
# Debug kernels report the defects that they are built to detect.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/counts.tcl
source $tests/lib/variant.tcl

# Each defect, the checks that must fail, and a pattern for their messages
set histogram "the comparison with the tracepoint histogram"
set units "the comparison with the expected exits"
set reading "the completeness check by kvm-exits"
set defects {
    skip-cpuid {
        histogram {(?i)(^|\n)(cpuid|exit code (114|10)): counted}
        units     {(?i)cpuid: 1000 units must cause 1000 exits for cpuid, but 0 were counted}
    }
    twice {
        histogram {(?i)(msr|MSR_WRITE): counted}
        units     {halt: 1000 units must cause 2000 exits for (msr|MSR_WRITE), but 4000 were counted}
    }
    after-fastpath {
        histogram {(?i)(hlt: counted|exit code (120|12): counted)}
        units     {(?i)halt: 1000 units must cause 1000 exits for hlt, but [0-9]{1,3} were counted}
    }
    lost-cpu {
        histogram {(?i)cpuid: counted|exit code (114|10): counted}
    }
    shared {
        histogram {(?i)cpuid: counted}
    }
    l2-as-l1 {
        units     {l2-control-registers: [1-9][0-9]* exits for (read_cr0|CR_ACCESS) must come from L2, but 0 were counted}
    }
    outside-crc {
        reading   {the CRC of its lines is [0-9a-f]{8}, the end line says [0-9a-f]{8}}
    }
}

# Defects that a whole test detects: the test, the test point that must fail, and a
# pattern for its message
set defects_inside {
    dead-vcpu {
        vcpus "destroying the VMs leaves the host's counts unchanged"
        {^0 exits, 0 of them from L2 now, [1-9][0-9]* exits, [1-9][0-9]* of them from L2 before}
    }
    wrong-reason {
        times "every exit has a time, except the last one of each of the 6 vCPUs"
        {(?i)cpuid: [0-9]+ times, [0-9]+ exits}
    }
}

# Each defect needs a build of KVM, so `make check` tests only one of them.
if {!$long} {
    set defects [dict create skip-cpuid [dict get $defects skip-cpuid]]
    set defects_inside {}
}

# Build the modules with the defect `variant`.  Returns a list of files.
proc build_defect {variant} {
    return [variant_modules $variant {
        exec patch -s -p1 --fuzz=0 -d $tree < $::tests/defects/$variant.patch
    }]
}

# Check that the comparisons of counts detect each of `defects`.
proc check_counts {} {
    global host description isa build root tool defects histogram units reading
    set expected [expected_read $root/guests/bare $isa]
    set over [lindex [tap_root] 1]
    foreach variant [dict keys $defects] {
        file mkdir $over/lib/modules/$variant
        foreach module [build_defect $variant] {
            file copy $module $over/lib/modules/$variant/
        }
    }
    set report [tap_inside busted cpus 2 root [list $root $over] arguments [dict keys $defects]]
    foreach variant [concat product [dict keys $defects]] {
        set folder $build/check/busted/$host/$variant
        file delete -force $folder
        file mkdir $folder
        write_file $folder/dmesg.log [dict get $report files $variant.log]
        write_file $folder/histogram [dict get $report files $variant.histogram]
        if {[catch {exec $tool steps --format csv $folder/dmesg.log > $folder/exits.csv} said(reading)]} {
            set said(histogram) "kvm-exits refuses the log"
            set said(units) $said(histogram)
        } else {
            set said(histogram) [join [counts_against_histogram $tool $folder exits] \n]
            set said(units) [join [concat {*}[lmap {guest n} {cpuid 1000 halt 1000 l2-control-registers 100} {
                counts_bare $folder [dict get $expected $guest] $guest $n
            }]] \n]
        }
        if {$variant eq "product"} {
            foreach check {reading histogram units} {
                tap_ok [expr {$said($check) eq ""}] "without a defect: [set $check] passes" $said($check)
            }
            continue
        }
        dict for {check pattern} [dict get $defects $variant] {
            if {$variant eq "shared" && [dict get $description max-cpus] == 1} {
                tap_skip "$variant: [set $check] fails" "this host has one CPU"
                continue
            }
            if {$variant eq "after-fastpath" && [dict exists $description fastpath]} {
                tap_skip "$variant: [set $check] fails" "KVM handles no exit in the fastpath on this host"
                continue
            }
            tap_ok [regexp $pattern $said($check)] "$variant: [set $check] fails" "its message is: $said($check)"
            tap_note $said($check)
        }
    }

    # Remove each line of a dump in turn: kvm-exits must make no table.
    set lines [split [string trim [dict get $report files product.log]] \n]
    set accepted {}
    set nr_lines 0
    for {set i 0} {$i < [llength $lines]} {incr i} {
        if {![regexp {kvm_exits: 2 } [lindex $lines $i]]} continue
        incr nr_lines
        write_file $build/check/busted/$host/line-removed.log [join [lreplace $lines $i $i] \n]\n
        if {![catch {exec $tool table --dump 2 $build/check/busted/$host/line-removed.log 2>@1} text]} {
            lappend accepted [lindex $lines $i]
        }
    }
    tap_ok [expr {$nr_lines > 5 && [llength $accepted] == 0}] \
        "kvm-exits refuses a log that lacks any one of a dump's $nr_lines lines" [join $accepted \n]
}

# Check that whole tests detect each of `defects_inside`.
proc check_tests {} {
    global host defects_inside
    dict for {variant defect} $defects_inside {
        lassign $defect test check pattern
        # The test itself may run in parallel, so this host needs a name of its own.
        set machine [tap_boot busted-$test program tests/target/$test root [tap_root [build_defect $variant]]]
        # The defect may also make the test end early, so ignore how the host ends.
        set red {}
        foreach line [dict get [host_report $machine] tap] {
            if {[regexp {^not - (.*)$} $line - line]} { lappend red $line }
        }
        set line [lsearch -inline -glob $red "$check ## *"]
        tap_ok [regexp $pattern [string range $line [string length "$check ## "] end]] \
            "$variant: \"$check\" of $test.t fails" "these fail: [join $red \n]\n[host_last_lines $machine]"
        tap_note [string range $line 0 299]
    }
}

# Check that a debug kernel reports the defects in the dump.
proc check_complaints {} {
    global flavour
    set machine [tap_boot busted-at-once program tests/target/at-once cpus 2 root [tap_root [build_defect $flavour]]]
    set complaints [console_complaints [read_file [dict get $machine folder]/console.log] {}]
    foreach {of what pattern} {
        debug "a sleep in atomic context" {BUG: sleeping function called from invalid context}
        debug "a use after free" {BUG: KASAN: (slab-)?use-after-free in \S+ \[kvm\]}
        kcsan "a data race" {BUG: KCSAN: data-race in \S+ \[kvm\] / \S+ \[kvm\]}
    } {
        if {$of ne $flavour} continue
        set seen [lsearch -all -inline -regexp $complaints $pattern]
        tap_ok [expr {[llength $seen] > 0}] "the $flavour kernel reports $what in the dump" \
            "[join $complaints \n]\n[host_last_lines $machine]"
        tap_note [lindex $seen 0]
    }
}

# Each defect must still apply, also where not all of them are built.
proc check_patches {} {
    global tests build
    set stale {}
    foreach patch [lsort [glob $tests/defects/*.patch]] {
        if {[catch {exec patch -s -f -p1 --fuzz=0 --dry-run -d $build/linux < $patch 2>@1} output]} {
            lappend stale "$patch: $output"
        }
    }
    tap_ok [expr {$stale eq ""}] "each defect applies to the kernel" [join $stale \n]
}

tap_run_on_hosts {
    check_patches
    set isa [dict get $description isa]
    if {$flavour eq ""} {
        check_counts
        check_tests
    } else {
        check_complaints
    }
}
