#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The kernel packages of "make deb": installed in a Debian with dpkg, and booted.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
set work $build/check/kernel-deb
tap_run {
    file delete -force $work
    file mkdir $work
    exec cp -a $debian/root $work/root
    set debs [glob $built/deb/linux-image-*.deb $built/deb/linux-headers-*.deb]
    file copy {*}$debs $work/root/root/
    set good [expr {![catch {exec -ignorestderr $harness/tests/debian/chroot $work/root env INITRD=No dpkg -i \
        {*}[lmap deb $debs {string cat /root/ [file tail $deb]}] 2>@1} output]}]
    tap_ok $good "dpkg -i [lmap deb $debs {file tail $deb}]" $output
    exec $harness/tests/debian/boot-root $work/root $work/boot 2>@1
    set image [glob $work/boot/vmlinuz-*-kvm-exits]
    foreach host $hosts {
        set description [host_description $harness/hosts $host]
        dict set description memory [expr {2 * [dict get $description memory]}]
        set over [debian_over]
        file mkdir $over/guests/bare
        file copy {*}[glob $guests/bare/*.elf] $over/guests/bare/
        set tap_prefix "$host: "
        tap_inside packages arguments kernel kernel $image root [list $work/boot/root $over]
    }
    set tap_prefix ""
    foreach deb $debs {
        catch {exec lintian --allow-root --tag-display-limit 0 $deb 2>@1} output
        tap_note "lintian: [file tail $deb]\n$output"
        tap_ok [expr {![regexp -line {^E: } $output]}] "lintian finds no error in [file tail $deb]" $output
    }
}
