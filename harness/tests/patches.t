#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The patch of each kernel version passes all of kernel-patch/check on a clean tree of
# Debian's source.  `make check-patches` runs only this test.
source [file dirname [info script]]/lib/tap.tcl

# Check the patch of `version`, and report its test points.
proc check_version {version} {
    global harness build
    set work $build/check/patches/$version
    set tarball [exec -ignorestderr $harness/tests/debian/kernel-source $version $build/check/patches/source]
    exec -ignorestderr make -s -C $harness/.. KERNEL= BUILD=$work KERNEL_TREE= KERNEL_TARBALL=$tarball clean-tree >@stdout
    set pipe [open |[list $harness/../kernel-patch/check $work/clean $work 2>@1]]
    lassign {0 ""} failed plan
    while {[gets $pipe text] >= 0} {
        if {[regexp {^(ok|not ok) \d+ - (.*)$} $text - verdict what]} {
            incr failed [expr {![tap_ok [expr {$verdict eq "ok"}] $what]}]
        } elseif {![regexp {^1\.\.(\d+)$} $text - plan]} {
            tap_note [regsub {^# } $text ""]
        }
    }
    # The exit status is not 0 if a test point failed.
    if {([catch {close $pipe} message] && !$failed) || $plan eq ""} {
        tap_ok no "kernel-patch/check runs to its end" $message
    }
    # A kernel tree is large.
    if {!$failed} { file delete -force $work }
}

tap_run {
    foreach version [expr {$kernel_line eq "" ? [lsort -dictionary [glob -tails -directory $harness/../kernel-patch/patches *]] : $kernel_line}] {
        set tap_prefix "$version: "
        if {[catch {check_version $version} message]} {
            tap_ok no "the test runs to its end" $message
        }
    }
}
