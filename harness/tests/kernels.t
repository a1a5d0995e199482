#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# harness/bin/kernels: the page about what moved between kernel versions.
source [file dirname [info script]]/lib/tap.tcl

# Run kernels on the runs in `work` with explanations, a text.  Returns a list: the exit
# status, all output, and the page of svm.
proc kernels {work explanations {versions {6.1 6.12 7.3}}} {
    global harness tool
    file delete -force $work/pages
    write_file $work/reasons "# a comment\n\n$explanations\n"
    set failed [catch {exec $harness/bin/kernels $work/runs $tool $work/reasons $work/pages svm {*}$versions 2>@1} text details]
    return [list [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}] $text \
        [expr {[file exists $work/pages/svm.md] ? [read_file $work/pages/svm.md] : ""}]]
}

# Write the counts of an experiment in `work`.  A row is step,code,reason,exits.
proc write_counts {work version experiment rows} {
    file mkdir $work/runs/$version/svm/$experiment
    write_file $work/runs/$version/svm/$experiment/exits.csv "step,code,reason,exits\n[join $rows \n]\n"
}

tap_run {
    set work $build/check/kernels
    file delete -force $work
    foreach {version workloads} {
        6.1    "boot,0x072,cpuid,100 boot,0x07b,io,700 idle,0x078,hlt,5"
        6.12   "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,7"
        6.12-2 "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,9"
        7.3    "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,4 idle,0x07c,msr,1"
    } {
        write_counts $work $version workloads $workloads
        write_counts $work $version bare null-0,0x072,cpuid,7
        file copy $harness/kvm-exits/tests/data/times/steps.log $work/runs/$version/svm/workloads/times.log
        write_file $work/runs/$version/svm/MANIFEST "kernel 1\nlinux-source-$version   $version.9-1\n"
    }
    set good "svm boot cpuid 6.12 It asks for one leaf more.\nsvm idle * 7.3 The tick is another."
    lassign [kernels $work $good] status text page
    tap_ok [expr {$status == 0 && [regexp {# Exits with Linux 6\.1, 6\.12 and 7\.3, on `svm`} $page] &&
                  [regexp {\n- Linux 6\.12: Debian's package version 6\.12\.9-1\n} $page]}] "the versions" "$text\n$page"
    tap_ok [expr {[regexp {\n\| boot \| `cpuid` \| 100 \| 103 \| 103 \| \+3 \(1\) \| = \|  \|\n} $page] &&
                  [regexp {\n\| idle \| `msr` \| 0 \| 0 \| 1 \| = \| \+1 \(2\) \|  \|\n} $page] &&
                  ![regexp {\n\| boot \| `io` \|} $page]}] \
        "the rows that moved, and no others, with the numbers of their explanations" $page
    tap_ok [regexp {\n\| idle \| `hlt` \| 5 \| 7 \| 4 \| \+2 timing \| -3 \(2\) \| 2 \|\n} $page] \
        "a row that moved no further than other timing moves it" $page
    tap_ok [expr {[regexp {\n1\. It asks for one leaf more\.\n2\. The tick is another\.\n} $page] &&
                  ![regexp {\?} $page]}] "the explanations" $page
    tap_ok [expr {[regexp {\n\| boot \| `io` 700 \|\n} $page] && [regexp {\n\| null-0 \| `cpuid` 7 \|\n} $page]}] \
        "the rows that are equal" $page
    tap_ok [expr {[regexp {rows of a step and a reason \| 5 \| 5 \|} $page] && [regexp {\n\| equal \| 3 \| 3 \|} $page] &&
                  [regexp {explained below \| 1 \| 2 \|} $page] && [regexp {other timing moves them \| 1 \| 0 \|} $page]}] \
        "how many rows moved" $page
    tap_ok [expr {[regexp {\n\| boot \| 800 \| 803 \| 803 \|\n} $page] && [regexp {\n\| null-0 \| 7 \| 7 \| 7 \|\n} $page]}] \
        "the sums of the steps" $page
    tap_ok [regexp {\n\| cpuid \| `cpuid` \| 1\.000 \| 1\.000 \| 1\.000 \|\n} $page] "the mean times" $page
    lassign [kernels $work "svm boot cpuid 6.12 Why."] status text page
    tap_ok [expr {$status == 0 && [regexp {\n\| idle \| `hlt` \| 5 \| 7 \| 4 \| \+2 timing \| -3 \*\*\?\*\* \| 2 \|\n} $page] &&
                  [regexp {moved, not explained \| 0 \| 2 \|} $page] && [regexp {6\.12 to 7\.3: 0 moved, 0 timing, 2 not explained} $text]}] \
        "rows without an explanation are listed as not explained" "$text\n$page"
    foreach {what lines pattern} {
        "an explanation of a row that is equal" "svm boot io 6.12 Why."
        {explains svm boot io 6\.12, but no such row moved}
        "an explanation of another version" "svm boot cpuid 7.3 Why."
        {explains svm boot cpuid 7\.3, but no such row moved}
        "an explanation that another one hides" "svm * cpuid 6.12 Why.\nsvm boot cpuid 6.12 Why."
        {explains svm boot cpuid 6\.12, but no such row moved}
        "a line without a sentence" "svm boot cpuid 6.12"
        {line 3: expected HOST STEP REASON VERSION TEXT}
    } {
        lassign [kernels $work $lines] status text
        tap_ok [expr {$status == 1 && [regexp $pattern $text]}] "$what is an error" "exit status $status: $text"
    }
    foreach {what lines versions} {
        "a host that did not run"    "vmx boot io 6.12 Why."   {6.1 6.12 7.3}
        "a version that did not run" "svm idle msr 7.3 Why."   {6.1 6.12}
    } {
        lassign [kernels $work $lines $versions] status text
        tap_ok [expr {$status == 0}] "an explanation for $what is no error" "exit status $status: $text"
    }
    write_counts $work 6.1 bare null-1,0x072,cpuid,7
    lassign [kernels $work ""] status text page
    tap_ok [expr {$status == 1 && [regexp {svm has no step null-0 in some of the runs} $text] && $page eq ""}] \
        "a missing step is an error" $text
    write_counts $work 6.1 bare null-0,0x072,cpuid,7
    write_file $work/runs/6.1/svm/MANIFEST "kernel 1\n"
    lassign [kernels $work ""] status text
    tap_ok [expr {$status == 1 && [regexp {MANIFEST names no kernel of Debian} $text]}] "a kernel that is not Debian's is an error" $text

    # Variables of the make that runs this test are not for the one that is tested.
    foreach name {MAKEFLAGS MFLAGS MAKELEVEL KERNEL FLAVOUR} { unset -nocomplain ::env($name) }
    foreach {arguments pattern} {
        {kernels KERNELS=6.12}           {nothing to compare the kernel 6\.12 with: set KERNELS to two lines or more}
        {kernels "KERNELS=6.1 nope"}     {no patches for the kernel nope, use one of: 6\.1 }
        {experiment HOST=svm TIMING=two} {TIMING=two is not a digit}
    } {
        set failed [catch {exec make -s -C $harness/.. {*}$arguments 2>@1} text]
        tap_ok [expr {$failed && [regexp $pattern $text]}] "make $arguments: an error" $text
    }
}
