#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The tests can fail: the checks of counts.t and coverage.t are red on kernels with
# a defect on purpose, and kvm-exits refuses a log that lacks a line; kernels that
# watch themselves see what such a kernel is for.
source [file dirname [info script]]/tap.tcl
source $tests/counts.tcl
source $tests/variant.tcl

# What each defect turns red: the check, and what it must say there.
set histogram "the comparison with the tracepoint's histogram"
set units "the comparison with what a bare guest is known to cause"
set defects {
    skip-cpuid {
        histogram {(?i)(^|\n)(cpuid|exit code (114|10)): we counted}
        units     {(?i)cpuid: 1000 units are 1000 exits for cpuid, and 0 were counted}
    }
    twice {
        histogram {(?i)(msr|MSR_WRITE): we counted}
        units     {halt: 1000 units are 2000 exits for (msr|MSR_WRITE), and 4000 were counted}
    }
    after-fastpath {
        histogram {(?i)(hlt: we counted|exit code (120|12): we counted)}
        units     {(?i)halt: 1000 units are 1000 exits for hlt, and [0-9]{1,3} were counted}
    }
    lost-cpu {
        histogram {(?i)cpuid: we counted|exit code (114|10): we counted}
    }
    shared {
        histogram {(?i)cpuid: we counted}
    }
}

# Each costs a build of KVM; `make check` takes one of them.
if {!$long} {
    set defects [dict create skip-cpuid [dict get $defects skip-cpuid]]
}

# The counts of kernels that don't count all as they must
proc check_counts {} {
    global host facts isa build tests root tool defects histogram units
    set causes [causes_read $root/guests/bare $isa]
    set over [lindex [tap_root] 1]
    foreach variant [dict keys $defects] {
        file mkdir $over/lib/modules/$variant
        foreach module [variant_modules $variant {
            exec patch -s -p1 -d $tree < $tests/busted/$variant.patch
        }] {
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
        exec $tool steps --format csv $folder/dmesg.log > $folder/exits.csv
        set said(histogram) [join [counts_against_histogram $tool $folder exits] \n]
        set said(units) [join [concat [counts_bare $folder [dict get $causes cpuid] cpuid 1000] \
            [counts_bare $folder [dict get $causes halt] halt 1000]] \n]
        if {$variant eq "product"} {
            tap_ok [expr {$said(histogram) eq ""}] "the product: $histogram is green" $said(histogram)
            tap_ok [expr {$said(units) eq ""}] "the product: $units is green" $said(units)
            continue
        }
        dict for {check pattern} [dict get $defects $variant] {
            if {$variant eq "shared" && [dict get $facts max-cpus] == 1} {
                tap_skip "$variant: [set $check] is red" "this host has one CPU"
                continue
            }
            if {$variant eq "after-fastpath" && [dict exists $facts fastpath]} {
                tap_skip "$variant: [set $check] is red" "KVM handles no exit in the fastpath on this host"
                continue
            }
            tap_ok [regexp $pattern $said($check)] "$variant: [set $check] is red" "it says: $said($check)"
            tap_note $said($check)
        }
    }

    # Each line of a dump in turn is missing: no table comes of it.
    set lines [split [string trim [dict get $report files product.log]] \n]
    set accepted {}
    set nr_lines 0
    for {set i 0} {$i < [llength $lines]} {incr i} {
        if {![regexp {kvm_exits: 2 } [lindex $lines $i]]} continue
        incr nr_lines
        write_file $build/check/busted/$host/line-removed.log [join [lreplace $lines $i $i] \n]\n
        if {![catch {exec $tool diff $build/check/busted/$host/line-removed.log 2>@1} text]} {
            lappend accepted [lindex $lines $i]
        }
    }
    tap_ok [expr {$nr_lines > 5 && [llength $accepted] == 0}] \
        "kvm-exits refuses a log that lacks any one of a dump's $nr_lines lines" [join $accepted \n]
}

# The complaints of a kernel that watches itself
proc check_complaints {} {
    global build tests flavour
    set modules [variant_modules $flavour {
        exec patch -s -p1 -d $tree < $tests/busted/$flavour.patch
    }]
    set box [tap_boot at-once cpus 2 root [tap_root $modules]]
    set complaints [console_complaints [read_file [dict get $box folder]/console.log] {}]
    foreach {of what pattern} {
        debug "a sleep where it must not be" {BUG: sleeping function called from invalid context}
        debug "a use after free" {BUG: KASAN: (slab-)?use-after-free in \S+ \[kvm\]}
        kcsan "a data race" {BUG: KCSAN: data-race in \S+ \[kvm\] / \S+ \[kvm\]}
    } {
        if {$of ne $flavour} continue
        set seen [lsearch -all -inline -regexp $complaints $pattern]
        tap_ok [expr {[llength $seen] > 0}] "$what in the dump is complained of" \
            "[join $complaints \n]\n[box_last_lines $box]"
        tap_note [lindex $seen 0]
    }
}

tap_run_on_hosts {
    set isa [dict get $facts isa]
    if {$flavour eq ""} { check_counts } else { check_complaints }
}
