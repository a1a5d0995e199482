#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# make compare: the differences between two results, and the budget.  harness/bin/bisect
# and kernel-patch/refresh, which git bisect run needs.
source [file dirname [info script]]/lib/tap.tcl

# Run compare on the results a and b with a budget of `lines`, or without one if it is
# empty.  Returns a list: the exit status, and all output.
proc compared {work {lines ""}} {
    set arguments [list $work/a $work/b]
    if {$lines ne ""} {
        write_file $work/budget $lines\n
        lappend arguments $work/budget
    }
    set failed [catch {exec $::harness/bin/compare {*}$arguments 2>@1} text details]
    return [list [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}] $text]
}

# Write the counts of svm/workloads in `folder`.  A row is step,code,reason,exits.
proc write_results {folder rows} {
    file mkdir $folder/svm/workloads
    write_file $folder/svm/workloads/exits.csv "step,code,reason,exits\n[join $rows \n]\n"
}

tap_run {
    set work $build/check/compare
    file delete -force $work
    foreach {side rows} {
        a "boot,0x072,cpuid,100 boot,0x07b,io,700 idle,0x078,hlt,5"
        b "boot,0x072,cpuid,103 boot,0x07b,io,600 idle,0x078,hlt,5 idle,0x07c,msr,1"
    } {
        write_results $work/$side $rows
    }

    lassign [compared $work] status text
    tap_ok [expr {$status == 0 && [regexp {svm/workloads  boot  cpuid   100  103  \+3} $text] &&
                  [regexp {io      700  600  -100} $text] && [regexp {msr       0    1  \+1} $text] &&
                  [regexp {rows that differ: 3, runs: 1} $text] && ![regexp hlt $text]}] \
        "all rows that differ, and no others" $text
    foreach {what lines wanted} {
        "all rows are within the budget"    "* boot cpuid 3\n* idle * any"         0
        "a percentage"                      "# comment\n* * cpuid 3%\n* * msr 1"   0
        "a row has one exit too many"       "* boot cpuid 2\n* idle * any"         1
        "2 % of 100 are 2"                  "* * cpuid 2%\n* * msr 1"              1
        "a row without a line may not grow" "* boot cpuid 3"                       1
        "the first line that matches counts" "* * * any\n* * * 0"                  0
    } {
        lassign [compared $work $lines] status text
        tap_ok [expr {$status == $wanted && (!$wanted || [regexp {rows with more exits than the budget} $text])}] \
            "$what: exit status $wanted" "exit status $status: $text"
    }
    foreach {what lines pattern} {
        "a line with three words" "* * *"       {budget, line 1: expected RUN STEP REASON LIMIT}
        "a bad limit"             "* * * -1"    {budget, line 1: expected RUN STEP REASON LIMIT}
    } {
        lassign [compared $work $lines] status text
        tap_ok [expr {$status == 2 && [regexp $pattern $text]}] "$what: an error" "exit status $status: $text"
    }
    write_file $work/b/svm/workloads/exits.csv "step,code,reason,exits\nboot,0x072,cpuid,1\n"
    lassign [compared $work] status text
    tap_ok [expr {$status == 2 && [regexp {other steps} $text]}] "other steps: an error" "exit status $status: $text"
    file delete -force $work/b
    lassign [compared $work] status text
    tap_ok [expr {$status == 2 && [regexp {b has no results of svm/workloads} $text]}] "no results: an error" "exit status $status: $text"
    foreach side {A B} {
        set failed [catch {exec make -s -C $harness/.. compare $side=/nonexistent 2>@1} text]
        tap_ok [expr {$failed && [regexp "$side=/nonexistent is neither a line of kernels .* nor a kernel source tree, nor results" $text]}] \
            "make compare $side=/nonexistent: an error" $text
    }

    # Results as a side of make compare, and as the tree of harness/bin/bisect: nothing
    # is built.
    # Variables of the make that runs this test are not for the one that is tested.
    foreach name {MAKEFLAGS MFLAGS MAKELEVEL KERNEL FLAVOUR} { unset -nocomplain ::env($name) }
    set ::env(SIDES) $work/sides
    set ::env(HOST) svm
    set ::env(EXPERIMENT) workloads
    write_results $work/b "boot,0x072,cpuid,103 boot,0x07b,io,700 idle,0x078,hlt,5"
    foreach {what lines wanted} {
        "within the budget" "* boot cpuid 3"  0
        "over the budget"   "* boot cpuid 2"  2
    } {
        write_file $work/budget $lines\n
        set failed [catch {exec make -s -C $harness/.. compare A=$work/a B=$work/b BUDGET=$work/budget 2>@1} text details]
        set status [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}]
        tap_ok [expr {$status == $wanted && [regexp {svm/workloads  boot  cpuid +100  103  \+3} $text]}] \
            "make compare with two folders of results, $what: exit status $wanted" "exit status $status: $text"
    }
    set failed [catch {exec make -s -C $harness/.. compare A=$work/a B=$work/b EXPERIMENT=bare 2>@1} text]
    tap_ok [expr {$failed && [regexp "A=$work/a has no results of svm/bare" $text]}] \
        "results without the experiment: an error" $text

    file mkdir $work/empty $work/broken
    write_file $work/broken/Makefile "VERSION = 0\nPATCHLEVEL = 1\n"
    write_file $work/budget "* boot cpuid 3\n"
    foreach {what folder budget wanted} {
        "good"                          b       budget   0
        "a bad line in the budget"      b       bad      128
        "no budget"                     b       missing  128
        "no kernel source"              empty   budget   128
        "source that can't be built"    broken  budget   125
    } {
        write_file $work/bad "* *\n"
        cd $work/$folder
        set failed [catch {exec $harness/bin/bisect $work/a $work/$budget 2>@1} text details]
        set status [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}]
        tap_ok [expr {$status == $wanted}] "bisect: $what: exit status $wanted" "exit status $status: $text"
    }

    # A repository whose commits are results
    set tree $work/tree
    file mkdir $tree
    cd $tree
    set git [list git -c user.name=Test -c user.email=test@example.org]
    exec git init -q $tree
    foreach {number cpuid} {1 100 2 101 3 100 4 103 5 109 6 108 7 109} {
        write_results $tree "boot,0x072,cpuid,$cpuid boot,0x07b,io,700 idle,0x078,hlt,5"
        write_file $tree/number $number
        exec git add -A
        exec {*}$git commit -q -m "commit $number"
    }
    exec git bisect start HEAD HEAD~6
    catch {exec git bisect run $harness/bin/bisect $work/a $work/budget 2>@1} text
    tap_ok [regexp {[0-9a-f]+ is the first bad commit\n(?:[^\n]*\n)*? +commit 5\n} $text] "git bisect run finds the commit that adds exits" $text

    # kernel-patch/refresh: what make would compile again
    foreach {name text} {Makefile 1 a/b/x.c x a/y.c y} {
        foreach side {old new} {
            file mkdir $work/$side/[file dirname $name]
            write_file $work/$side/$name $text
        }
    }
    exec $harness/../kernel-patch/refresh $work/old $work/built
    foreach name {Makefile a/b/x.c a/y.c} { file mtime $work/built/$name 1000 }
    write_file $work/built/a/x.o object
    write_file $work/new/a/b/x.c changed
    file delete $work/new/a/y.c
    file mkdir $work/new/c/d
    write_file $work/new/c/d/z.c new
    write_file $work/new/top.c new
    exec $harness/../kernel-patch/refresh $work/new $work/built
    set found [lmap name [split [exec find $work/built -type f -printf %P\n] \n] {
        string cat $name [expr {[file mtime $work/built/$name] == 1000 ? " kept" : ""}]
    }]
    tap_ok [expr {[lsort $found] eq [lsort {{Makefile kept} a/b/x.c a/x.o c/d/z.c top.c}] &&
                  [read_file $work/built/a/b/x.c] eq "changed" && ![file exists $work/new]}] \
        "refresh replaces the files that changed, removes others, and keeps objects" $found
}
