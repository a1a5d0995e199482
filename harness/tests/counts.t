#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The counts are exact: they equal the tracepoint histogram, for the host and for
# each vCPU, and the expected exits of bare guests.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/counts.tcl
tap_run_on_hosts {
    set isa [dict get $description isa]
    # Without a kernel for Linux guests, a host with Debian's kernel runs bare guests only.
    set linux [file exists $root/guests/linux/bzImage]
    set experiments [expr {$linux ? {workloads together} : "bare"}]
    if {[dict get $description shared] && [dict get $description max-cpus] == 1} {
        tap_skip "the experiment workloads" "two vCPUs that wait for each other take minutes on one CPU"
        set experiments together
    }
    set others [host_others $description]
    exec {*}[tap_experiment check-histogram results --histogram 1] {*}$experiments >@stdout
    set runs [lmap name $experiments { string cat check-histogram/ $name }]
    if {$linux} {
        exec {*}[tap_experiment check-bare results] bare >@stdout
        lappend runs check-bare/bare
    }
    foreach run $runs {
        lassign [split $run /] work experiment
        tap_console $experiment $build/run/$work/$host/$experiment
    }
    set expected [expected_read $root/guests/bare $isa]
    foreach name $experiments {
        set steps [experiment_read $harness/experiments $name $expected]
        set cpus [expr {min([dict get $steps cpus], [dict get $description max-cpus])}]
        foreach step [dict get $steps steps] {
            set why [experiment_skipped $steps $isa $cpus [dict get $step name]]
            if {$why ne ""} { tap_skip "$name: the step [dict get $step name]" $why }
        }
    }
    set folder $build/check/results/$host
    # Other VMs exit while a dump is made: on each CPU, one exit may be counted by
    # only one of the counters and the histogram.
    lappend others {*}[host_others $description]
    set apart [expr {$others eq "" ? 0 : [dict get $description max-cpus]}]
    set least [expr {$others ne ""}]
    if {$least} {
        tap_note "other VMs are running, so guests are only checked for at least their expected exits: [join [lsort -unique $others] {, }]"
    }

    lassign [dict get $description after-fastpath] after why
    foreach experiment $experiments {
        set wrong [counts_against_histogram $tool $folder/$experiment exits $apart $after ahead]
        tap_ok [expr {[llength $wrong] == 0 && $exits > 10000}] \
            "$experiment: $exits exits, each reason as often as in the tracepoint histogram" [join $wrong \n]
        if {$why ne ""} {
            tap_note "$why: the tracepoint misses [expr {$ahead eq "" ? "none" : $ahead}]"
        }
    }
    # Compare each vCPU's counts with the histogram by thread.
    if {[dict get $description shared]} {
        tap_skip "each vCPU's counts equal the histogram by thread" "the histogram would include other VMs' threads"
    } elseif {!$linux} {
        tap_skip "each vCPU's counts equal the histogram by thread" "only Linux guests can be stopped before they end: build their kernel with make kernel"
    } else {
        tap_inside by-vcpu arguments $experiments cpus 2
    }
    foreach step [dict keys [counts_steps $folder/bare]] {
        if {![regexp {^(.*)-100000$} $step - guest]} continue
        set wrong [counts_bare $folder/bare [dict get $expected $guest] $guest 100000 [dict get $description tolerance] $least [dict get $description ticks]]
        tap_ok [expr {[llength $wrong] == 0}] "100000 units of bare/$guest cause 100000 times [dict get $expected $guest reasons] and no other exits" [join $wrong \n]
    }
}
