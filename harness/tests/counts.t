#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The counts are right: to the last exit what the kernel's own tracepoint
# counts, for the host and for each vCPU, and what bare guests are known to do.
source [file dirname [info script]]/lib/tap.tcl
source $tests/lib/counts.tcl
tap_run_on_hosts {
    set isa [dict get $description isa]
    set experiments {workloads together}
    if {[dict get $description shared] && [dict get $description max-cpus] == 1} {
        tap_skip "the experiment workloads" "on this machine's one CPU two vCPUs that wait for each other take minutes"
        set experiments together
    }
    set others [host_others $description]
    exec {*}[tap_experiment check-histogram results --histogram 1] {*}$experiments >@stdout
    exec {*}[tap_experiment check-bare results] bare >@stdout
    foreach run [list {*}[lmap name $experiments { string cat check-histogram/ $name }] check-bare/bare] {
        lassign [split $run /] work experiment
        tap_console $experiment $build/run/$work/$host/$experiment
    }
    set folder $build/check/results/$host
    # With VMs of others an exit may be half counted at a dump, one on each CPU.
    lappend others {*}[host_others $description]
    set apart [expr {$others eq "" ? 0 : [dict get $description max-cpus]}]
    set least [expr {$others ne ""}]
    if {$least} {
        tap_note "other VMs run, so guests' exits are at least what they are known to be: [join [lsort -unique $others] {, }]"
    }

    lassign [dict get $description after-fastpath] after why
    foreach experiment $experiments {
        set wrong [counts_against_histogram $tool $folder/$experiment exits $apart $after ahead]
        tap_ok [expr {[llength $wrong] == 0 && $exits > 10000}] \
            "$experiment: $exits exits, each reason as often as the tracepoint's histogram says" [join $wrong \n]
        if {$why ne ""} {
            tap_note "$why: the tracepoint misses [expr {$ahead eq "" ? "none" : $ahead}]"
        }
    }
    # The same for each vCPU
    if {[dict get $description shared]} {
        tap_skip "what each vCPU counts, against the histogram by thread" "it would count the exits of others' threads"
    } else {
        tap_inside by-vcpu arguments $experiments cpus 2
    }
    set expected [expected_read $root/guests/bare $isa]
    foreach step [dict keys [counts_steps $folder/bare]] {
        if {![regexp {^(.*)-100000$} $step - guest]} continue
        set wrong [counts_bare $folder/bare [dict get $expected $guest] $guest 100000 [dict get $description tolerance] $least]
        tap_ok [expr {[llength $wrong] == 0}] "100000 units of bare/$guest are 100000 times [dict get $expected $guest reasons], and no others" [join $wrong \n]
    }
}
