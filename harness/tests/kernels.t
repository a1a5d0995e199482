#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# harness/bin/kernels: the page about the differences between kernel versions.
source [file dirname [info script]]/lib/tap.tcl

# Run kernels on the runs in `work` with explanations, a text.  Returns a list: the exit
# status, all output, and the page of svm.
proc kernels {work explanations} {
    write_file $work/reasons "# a comment\n\n$explanations\n"
    set failed [catch {exec $::harness/bin/kernels $work/runs $::built/kvm-exits/kvm-exits $work/reasons $work/pages svm 2>@1} text details]
    return [list [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}] $text \
        [expr {[file exists $work/pages/svm.md] ? [read_file $work/pages/svm.md] : ""}]]
}

tap_run {
    set work $build/check/kernels
    file delete -force $work
    foreach {version rows} {
        6.1  "boot,0x072,cpuid,100 boot,0x07b,io,700 idle,0x078,hlt,5"
        6.12 "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,5"
        7.3  "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,6 idle,0x07c,msr,1"
    } {
        foreach experiment {workloads bare} {
            file mkdir $work/runs/$version/results/svm/$experiment
        }
        write_file $work/runs/$version/results/svm/workloads/exits.csv "step,code,reason,exits\n[join $rows \n]\n"
        write_file $work/runs/$version/results/svm/bare/exits.csv "step,code,reason,exits\nnull-0,0x072,cpuid,7\n"
        file copy $harness/kvm-exits/tests/data/times/steps.log $work/runs/$version/results/svm/workloads/times.log
    }
    set good "svm boot cpuid 6.12 It asks for one leaf more.\nsvm idle * 7.3 The tick is another."
    lassign [kernels $work $good] status text page
    tap_ok [expr {$status == 0 && [regexp {# Exits with Linux 6\.1, 6\.12 and 7\.3, on `svm`} $page] &&
                  [regexp {\n\| boot \| `cpuid` \| 100 \| 103 \| 103 \| 1 \|\n} $page] &&
                  [regexp {\n\| idle \| `hlt` \| 5 \| 5 \| 6 \| 2 \|\n} $page] &&
                  [regexp {\n\| idle \| `msr` \| 0 \| 0 \| 1 \| 2 \|\n} $page] &&
                  ![regexp {`io`} [regsub {.*## What moved} $page ""]]}] \
        "the rows that differ, and no others, with the numbers of their explanations" "$text\n$page"
    tap_ok [expr {[regexp {\n1\. It asks for one leaf more\.\n2\. The tick is another\.\n} $page] &&
                  ![regexp {\?} $page]}] "the explanations" $page
    tap_ok [expr {[regexp {\n\| boot \| 800 \| 803 \| 803 \|\n} $page] && [regexp {\n\| null-0 \| 7 \| 7 \| 7 \|\n} $page]}] \
        "the sums of the steps" $page
    tap_ok [regexp {\n\| cpuid \| `cpuid` \| 1\.000 \| 1\.000 \| 1\.000 \|\n} $page] "the mean times" $page
    lassign [kernels $work "svm boot cpuid 6.12 Why."] status text page
    tap_ok [expr {$status == 0 && [regexp {\n\| idle \| `hlt` \| 5 \| 5 \| 6 \| \? \|\n} $page] &&
                  [regexp {not explained \(2 changes\)} $page]}] "rows without an explanation are named" "$text\n$page"
    foreach {what lines pattern} {
        "an explanation of a row that does not differ" "svm boot io 6.12 Why."
        {explains svm boot io since 6\.12, but no such row differs}
        "an explanation of another version" "svm boot cpuid 7.3 Why."
        {explains svm boot cpuid since 7\.3, but no such row differs}
        "a line without a sentence" "svm boot cpuid 6.12"
        {line 3: expected HOST STEP REASON VERSION TEXT}
    } {
        lassign [kernels $work $lines] status text
        tap_ok [expr {$status == 1 && [regexp $pattern $text]}] "$what is an error" "exit status $status: $text"
    }
    lassign [kernels $work "vmx boot io 6.12 Why."] status text
    tap_ok [expr {$status == 0}] "an explanation for a host that did not run is no error" $text
    write_file $work/runs/6.1/results/svm/bare/exits.csv "step,code,reason,exits\nnull-1,0x072,cpuid,7\n"
    lassign [kernels $work ""] status text
    tap_ok [expr {$status == 1 && [regexp {svm has no step null-0 with Linux 6\.1} $text]}] "a missing step is an error" $text
}
