#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Shell scripts, spelling, words, line width and file modes.
source [file dirname [info script]]/lib/tap.tcl

# Words that the glossary of harness/README.md replaces
set retired {box boxes causes_read facts kin oracle}

tap_run {
    cd $harness/..
    if {[catch {exec git ls-files} files]} {
        # Not a git checkout
        set files [exec find . -type f -not -path ./build/* -not -path ./.git/* -printf %P\\n]
    }
    set files [lmap file [split $files \n] {
        if {![file isfile $file] || [string match results/* $file] || [string match */data/* $file]} continue
        set file
    }]
    set text {}
    set scripts {}
    foreach file $files {
        set bytes [read_file $file]
        if {[string first \0 $bytes] >= 0} continue
        lappend text $file
        if {[regexp {^#!/bin/sh\n} $bytes]} { lappend scripts $file }
    }

    tap_ok [expr {![catch {exec shellcheck -f gcc {*}$scripts 2>@1} output] && [llength $scripts] > 20}] \
        "shellcheck finds no fault in [llength $scripts] scripts" $output
    tap_ok [expr {![catch {exec codespell {*}$text 2>@1} output] && [llength $text] > 200}] \
        "codespell finds no mistake in [llength $text] files" $output

    set used {}
    foreach file $text {
        if {$file in {LICENSE harness/tests/sources.t}} continue
        foreach word $retired {
            foreach line [regexp -all -inline -line "^.*\\m$word\\M.*$" [read_file $file]] {
                lappend used "$file: $line"
            }
        }
    }
    tap_ok [expr {$used eq ""}] "no file uses a word that the glossary replaces" [join $used \n]

    # Tables, code and links may be wider.
    set wide {}
    foreach file [lsearch -all -inline $text *.md] {
        set code no
        foreach line [split [encoding convertfrom utf-8 [read_file $file]] \n] {
            if {[string match ```* $line]} { set code [expr {!$code}] }
            if {!$code && ![regexp {^(\||    |\[[^]]*\]\([^)]*\)\.?$)} $line] && [string length $line] > 80} { lappend wide "$file: $line" }
        }
    }
    tap_ok [expr {$wide eq ""}] "prose is at most 80 columns wide" [join $wide \n]

    set wrong [lmap file [glob harness/tests/*.t harness/tests/packages/*.t] {
        if {[file executable $file]} continue
        set file
    }]
    tap_ok [expr {$wrong eq ""}] "each test is executable" $wrong
}
