#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The test runner itself: a test fails that is silent for too long, dies, or whose
# output cannot be written.
source [file dirname [info script]]/lib/tap.tcl

# Run the test program `script` with a timeout of `seconds`, with its TAP output in
# `folder`.  Returns "pass", or "fail" and all that the runner printed and wrote.
proc outcome {folder script {seconds 20}} {
    write_file $folder/sample.t $script
    catch {exec timeout -k 1 60 $::tests/run $folder $seconds $folder/sample.t 2>@1} printed
    # the full disk
    if {[file type $folder/sample.tap] eq "link"} {
        file delete $folder/sample.tap
        write_file $folder/sample.tap ""
    }
    if {![catch {exec prove --exec cat $folder/sample.tap 2>@1}]} { return pass }
    return "fail\n$printed\n[read_file $folder/sample.tap]"
}

tap_run {
    set work $build/check/runner
    file delete -force $work
    file mkdir $work

    set good {puts "ok 1 - a point"; puts "1..1"}
    set how [outcome $work $good]
    tap_ok [expr {$how eq "pass"}] "a test passes whose points pass" $how

    set how [outcome $work "$good; exit 1"]
    tap_ok [string match "fail*not ok - sample succeeds*" $how] \
        "a test fails that exits with 1 although all points pass" $how

    set how [outcome $work {puts "ok 1 - a point"; flush stdout; after 60000} 2]
    tap_ok [string match "fail*it printed nothing for 2 s and was killed*" $how] \
        "a test fails that is silent for too long" $how

    file delete $work/sample.tap
    file link -symbolic $work/sample.tap /dev/full
    set start [clock seconds]
    set how [outcome $work "$good; flush stdout; after 60000"]
    tap_ok [string match "fail*sample: error: *no space left on device*" $how] \
        "a test fails whose output cannot be written" $how
    set took [expr {[clock seconds] - $start}]
    tap_ok [expr {$took < 15}] "it fails at once" "it took $took s"
}
