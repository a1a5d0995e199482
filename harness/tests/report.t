#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The page results/index.html: it is that of the logs beside it, it is the same each
# time, and its links lead somewhere.
source [file dirname [info script]]/lib/tap.tcl

# Returns the page that bin/report makes of the results in `folder`.
proc page_of {folder} {
    global harness build tool
    set page $build/check/report/index.html
    exec $harness/bin/report $folder $tool $page
    return [read_file $page]
}

# Returns those of the local links and targets in `page` that lead nowhere from `folder`.
proc broken_links {page folder} {
    set ids [regexp -all -inline {(?: id=")([^"]*)"} $page]
    set targets [lmap {- id} $ids { set id }]
    set broken [lmap {- target} [regexp -all -inline {href="#([^"]*)"} $page] {
        if {$target in $targets} continue
        string cat #$target
    }]
    foreach {- file} [regexp -all -inline {href="([^#"][^"]*)"} $page] {
        if {![file exists $folder/$file]} {
            lappend broken $file
        }
    }
    foreach id [lsort -unique $targets] {
        if {[llength [lsearch -all -exact $targets $id]] > 1} {
            lappend broken "two elements have the id $id"
        }
    }
    return [lsort -unique $broken]
}

tap_run {
    set results [file normalize $harness/../results]
    file delete -force $build/check/report
    file mkdir $build/check/report
    set page [page_of $results]
    tap_ok [expr {$page eq [page_of $results]}] "report writes the same page twice"
    tap_ok [expr {$page eq [read_file $results/index.html]}] \
        "results/index.html is the page of the logs beside it" "run make report and commit results/index.html"
    set links [regexp -all {href="} $page]
    set broken [broken_links $page $results]
    tap_ok [expr {$links > 100 && $broken eq ""}] "its $links links lead to a target or a file" [join $broken \n]
    tap_ok [expr {[broken_links {<a href="#x"><a href="y.md"><p id="a"><p id="a">} $results] ne {} &&
                  [llength [broken_links {<a href="#x"><a href="y.md"><p id="a"><p id="a">} $results]] == 3}] \
        "a broken link is found"

    # One exit more in one log changes the page.
    set copy $build/check/report/results
    foreach folder [glob $results/*/MANIFEST] {
        set host [file dirname $folder]
        if {![string match this-* [file tail $host]]} {
            file mkdir $copy
            file copy $host $copy
        }
    }
    file copy $results/README.md $results/kernels $copy
    tap_ok [expr {[page_of $copy] eq $page}] "a copy of the results gives the same page"
    exec -ignorestderr $harness/bin/summary $copy $tool $root [description_names $harness/experiments] svm vmx
    set stale [lmap name [glob -directory $copy -tails *.md] {
        if {[file exists $results/$name] && [read_file $copy/$name] eq [read_file $results/$name]} continue
        set name
    }]
    tap_ok [expr {$stale eq ""}] "the pages in results/ say what kvm-exits prints of the logs" \
        "run make experiment and commit [join $stale { and }]"
    set csv [lindex [lsort [glob $copy/*/workloads/exits.csv]] 0]
    set lines [split [read_file $csv] \n]
    lset lines 1 [regsub {[0-9]+$} [lindex $lines 1] 987654321]
    write_file $csv [join $lines \n]
    tap_ok [string match *987654321* [page_of $copy]] "a changed number changes the page"

    # A step that has another name in a log is one that the experiment's claims lack.
    set log [lindex [lsort [glob $copy/*/paging/dmesg.log]] 0]
    write_file $log [string map {boot-shadow boot-other} [read_file $log]]
    tap_ok [expr {[catch {page_of $copy} message] && [string match "error: can't write the section of the experiment paging: *boot-shadow*EXPERIMENT=paging*" $message]}] \
        "results of an older version of an experiment give an error that says what to do" $message
    file delete -force {*}[glob $copy/*/]
    tap_ok [expr {[catch {page_of $copy} message] && [string match "error: no results in *: run make experiment*" $message]}] \
        "without results an error says what to do" $message
}
