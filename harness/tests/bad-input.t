#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# Every kind of bad input gives an error message and a non-zero exit status, and
# leaves no stray process and no partial result.
source [file dirname [info script]]/lib/tap.tcl

# Run the command `args`, which must fail with output that matches `pattern`.
# Returns the output.
proc fails {what pattern args} {
    set before [emulators]
    set failed [catch {exec {*}$args </dev/null 2>@1} text details]
    set status [expr {$failed ? [lindex [dict get $details -errorcode] 2] : 0}]
    tap_ok [expr {$failed && [string is integer -strict $status] && $status != 0 && [regexp $pattern $text]}] \
        "$what: exit status $status and an error message" $text
    foreach line [regexp -all -inline -line {^(?:error|kvm-exits|make).*rror: .*$|^error: .*$|^kvm-exits: .*$} $text] {
        tap_note $line
    }
    tap_ok [expr {[emulators] eq $before}] "$what: leaves no stray process"
    return $text
}

tap_one_host_unless_long
tap_run_on_hosts {
    set results $build/check/bad-results
    file delete -force $results
    set make [list make -s -C $harness/..]

    fails "an unknown host" {unknown host "nope", use one of: .*svm} {*}$make experiment HOST=nope
    fails "an unknown experiment" {unknown experiment "nope", use one of: .*bare coverage .*workloads} {*}$make experiment EXPERIMENT=nope
    fails "an unknown test" {unknown test "nope", use harness/tests/NAME\.t} {*}$make check TESTS=nope
    fails "an experiment on the wrong kernel" {has a kernel of its own: unset KERNEL_TREE} {*}$make experiment EXPERIMENT=pages KERNEL_TREE=/nonexistent
    fails "an empty HOST" {HOST is empty} {*}$make experiment HOST=

    # Descriptions of experiments with a mistake
    set expected [expected_read $root/guests/bare [dict get $description isa]]
    file mkdir $build/check/bad-experiments
    foreach {lines pattern} {
        "stepp a life bare/cpuid units=1"       {unknown word "stepp", use one of}
        "step a life bare/nope units=1"         {step a: unknown guest "bare/nope", use one of: .*cpuid}
        "step a life bare/cpuid"                {step a: bare/cpuid needs units=N}
        "step a life bare/cpuid units=1 nope"   {step a: unknown option "nope"}
        "step a nope bare/cpuid units=1"        {expected "step NAME life\|work GUEST\.\.\."}
        "times nope\nstep a life linux/boot"    {expected "times on"}
        "kernel nope\nstep a life linux/boot"   {expected "kernel variant", not "kernel nope"}
        "cpus one\nstep a life linux/boot"      {cpus must be a number}
        "step a life linux/boot\nclaim {b:hlt > 0} more" {a claim names the step or guest b, which does not exist}
        "step a life linux/boot\nclaim a:hlt > 0" {expected "claim \[svm\|vmx\] \{EXPRESSION\} SENTENCE"}
        "step a life linux/boot\nclaim {a:hlt > 0} 5 % more" {a % is missing in the claim}
        "step a life linux/boot\nskip svm b it"  {expected "skip svm\|vmx\[,one-cpu\] STEP SENTENCE"}
        "step a work linux/cpu + linux/cpu"     {two guests have the name cpu: give one of them another by as=NAME}
    } {
        set lines [subst $lines]
        write_file $build/check/bad-experiments/bad "about nothing\n[expr {[regexp cpus $lines] ? "" : "cpus 1\n"}]$lines\n"
        set failed [catch {experiment_read $build/check/bad-experiments bad $expected} message]
        tap_ok [expr {$failed && [regexp "^experiment bad.*$pattern" $message]}] "an experiment with \"[string map {\n {; }} $lines]\": the error names the mistake" $message
    }
    fails "no kernel tarball" {can't read KERNEL_TARBALL=/nonexistent} {*}$make clean-tree KERNEL_TARBALL=/nonexistent
    fails "no kernel tree" {KERNEL_TREE=/nonexistent is not a kernel source tree} {*}$make clean-tree KERNEL_TREE=/nonexistent
    file delete -force $build/check/old
    file mkdir $build/check/old
    write_file $build/check/old/Makefile "VERSION = 5\nPATCHLEVEL = 4\nSUBLEVEL = 1\n"
    fails "a kernel version without patches" {kernel 5\.4.*patches for 6\.1 6\.12} $harness/../kernel-patch/apply $build/check/old
    fails "no such kernel image" {can't read /nonexistent} {*}[tap_experiment check-bad bad-results --kernel /nonexistent] bare

    # The kernel of the first guests is no kernel.  The init of the second does nothing.
    set bad [tap_root]
    set over [lindex $bad 1]
    file mkdir $over/guests/linux
    write_file $over/guests/linux/bzImage [string repeat "no kernel\n" 1000]
    fails "a guest that dies" {guest cpuid ended before it was ready; its last output} \
        {*}[tap_experiment check-bad bad-results --root $bad] together

    set bad [tap_root]
    file delete -force $build/check/silent
    file mkdir $build/check/silent/bin $over/guests/linux
    file copy /bin/busybox $build/check/silent/bin/busybox
    write_file $build/check/silent/init "#!/bin/busybox sh\nexec /bin/busybox sleep 1000000\n"
    file attributes $build/check/silent/init -permissions 0755
    exec $harness/image/archive $build/check/silent $over/guests/linux/initramfs.cpio
    fails "a guest that never comes up" {guest cpuid was not ready within 60 s; its last output} \
        {*}[tap_experiment check-bad bad-results --root $bad] together

    # The host panics because its init exits.
    set bad [tap_root]
    write_file $over/init "#!/bin/sh\nexit 1\n"
    file attributes $over/init -permissions 0755
    fails "a host that panics" {kernel panicked\n(  \|.*\n)+The full log is .*console.log} \
        {*}[tap_experiment check-bad bad-results --root $bad] bare

    # A full disk for the results, then for the files that running hosts write.  The
    # disk is a small tmpfs in the command's own mount namespace.
    set full $build/check/full
    file mkdir $full
    set mounted [list unshare --mount sh -c "mount -t tmpfs -o size=16k tmpfs '$full' || exit
        \"\$@\"
        status=\$?
        find '$full' -name '.*.new' | sed 's/^/left over: /'
        exit \$status" sh]
    if {[catch {exec {*}$mounted true} message]} {
        tap_skip "a full disk" "can't mount a small tmpfs: $message"
    } else {
        set said [fails "a full disk for results" {no space left on device} \
            {*}$mounted {*}[tap_experiment check-bad full] together]
        tap_ok [expr {![regexp "left over:" $said]}] "a full disk for results: leaves no partial result" $said
        fails "a full disk for running hosts" {(?i)no space (is )?left on} \
            {*}$mounted {*}[tap_experiment ../check/full bad-results] together
    }

    # Ctrl-C while an experiment runs
    set before [emulators]
    file mkdir $results/$host/bare
    exec touch $results/$host/bare/as-it-was
    spawn {*}$make experiment EXPERIMENT=bare HOST=$host RESULTS=$results
    expect {
        -timeout 120
        "step 3 of" {}
        eof { error "the experiment ended before it could be interrupted" }
        timeout { error "the experiment did not come to step 3 within 120 s" }
    }
    send "\x03"
    expect {
        -timeout 20
        eof {}
        timeout {
            tap_ok no "Ctrl-C ends the experiment within 20 s"
            exec kill -9 [exp_pid]
        }
    }
    set said $expect_out(buffer)
    # make kills itself with the signal that killed its command.
    set ended [lrange [wait] 3 end]
    tap_ok [expr {[lrange $ended 1 2] eq "CHILDKILLED SIGINT" && [regexp {interrupted: the hosts were stopped} $said]}] \
        "Ctrl-C: make is killed by SIGINT and prints a message" "$ended: $said"
    after 500
    tap_ok [expr {[emulators] eq $before}] "Ctrl-C: leaves no stray process"
    tap_ok [expr {[glob -tails -directory $results/$host * .*.new] eq "bare" && [file exists $results/$host/bare/as-it-was]}] \
        "Ctrl-C: leaves the results unchanged" [glob -nocomplain -tails -directory $results/$host * .*.new]

    # A truncated log
    set log $harness/kvm-exits/tests/data/good-[dict get $description isa]-steps.log
    set text [read_file $log]
    set cut $build/check/cut.log
    write_file $cut [string range $text 0 [expr {[string last " end rows=" $text] - 200}]]
    fails "kvm-exits with a truncated log" {cut.log:[0-9]+} $tool steps $cut
    fails "kvm-exits with a missing file" {nonexistent} $tool table /nonexistent
}
