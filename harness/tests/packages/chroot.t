#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package in a Debian root file system, without booting: kernels without
# patches or headers, upgrades, kernel updates, and removal.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
set work $build/check/debian
set old 6.1
set new 6.12

# Run a command in the copy.  Returns a list: 1 if it succeeded, else 0, and its output.
proc inside {args} {
    global harness work
    set good [expr {![catch {exec -ignorestderr $harness/tests/debian/chroot $work/root {*}$args 2>@1} output]}]
    return [list $good $output]
}

# Returns the lines of `output` that the package's program printed.
proc said {output} {
    return [join [lsearch -all -inline -regexp [split $output \n] {^kvm-exit-counters: }] \n]
}

# Returns all files and links of the copy, except those in /proc, /tmp and /root and the
# state of dpkg and apt.
proc files {} {
    global work
    return [split [exec sh -c "cd $work/root && find . \\( -path ./proc -o -path ./var/lib/dpkg -o -path ./var/log \
        -o -path ./var/cache -o -path ./tmp -o -path ./root -o -path ./var/lib/apt \\) -prune -o ! -type d -print | sort"] \n]
}

tap_run {
    file delete -force $work
    file mkdir $work
    exec cp -a $debian/root $work/root
    foreach version {1.0 1.1} {
        exec make -s -C $harness/.. VERSION=$version dkms-deb
        file copy $built/kvm-exit-counters-dkms_${version}_all.deb $work/root/root/
    }
    lassign [list [debian_version $old] [debian_version $new]] old_kernel new_kernel
    set before [files]

    # A kernel without patches, one without headers, and one with both
    set strange 5.10.0-30-amd64
    file mkdir $work/root/lib/modules/$strange/build
    write_file $work/root/lib/modules/$strange/build/Makefile ""
    file rename $work/root/lib/modules/$old_kernel/build $work/root/root/build-$old_kernel
    lassign [inside apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_1.0_all.deb] good output
    tap_note [said $output]
    tap_ok $good "apt-get install" $output
    tap_ok [regexp "no patches for kernel $strange: .* 6.1 6.12 " $output] "a kernel without patches: the error lists the supported kernels" $output
    tap_ok [regexp "kernel $old_kernel has no headers here: install linux-headers-$old_kernel" $output] \
        "a kernel without headers: the message names the package to install" $output
    tap_ok [string match "*installed for $new_kernel*" $output] "a kernel with patches and headers: the modules are installed" $output
    lassign [inside dkms build -m kvm-exit-counters -v 1.0 -k $strange] good output
    tap_ok [expr {!$good}] "dkms build refuses a kernel without patches" $output
    lassign [inside dkms autoinstall -k $strange] good output
    tap_ok [expr {$good || [regexp {BUILD_EXCLUSIVE} $output]}] "dkms autoinstall skips a kernel without patches" $output

    # Install the missing headers, as a kernel update does.
    file rename $work/root/root/build-$old_kernel $work/root/lib/modules/$old_kernel/build
    lassign [inside /etc/kernel/header_postinst.d/dkms $old_kernel] good output
    set found [glob -nocomplain $work/root/lib/modules/$old_kernel/updates/dkms/kvm*]
    tap_ok [expr {$good && [llength $found] == 3}] "a kernel update: DKMS builds the modules" $output

    lassign [inside apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_1.1_all.deb] good output
    tap_note [said $output]
    tap_ok $good "upgrade" $output
    lassign [inside dkms status] - output
    tap_ok [expr {[regexp -all {/1.1, [^\n]*: installed} $output] == 2 && ![string match */1.0* $output]}] \
        "upgrade: DKMS has only the new version, for both kernels" $output
    foreach kernel [list $old_kernel $new_kernel] {
        lassign [inside modinfo -k $kernel -F version kvm] - output
        tap_ok [expr {$output eq "1.1"}] "upgrade: modprobe finds the new version for $kernel" $output
    }

    lassign [inside apt-get purge -y kvm-exit-counters-dkms] good output
    tap_ok $good "apt-get purge" $output
    file delete -force $work/root/lib/modules/$strange
    # DKMS's signing key stays: other packages use it too.
    set left [lmap file [files] {
        if {$file in $before || [string match */var/lib/dkms/mok.* $file]} continue
        set file
    }]
    tap_ok [expr {$left eq ""}] "apt-get purge: leaves no file of the package" [join $left \n]
    set gone [lmap file $before {
        if {[file exists $work/root/$file] || ![catch {file readlink $work/root/$file}]} continue
        set file
    }]
    tap_ok [expr {$gone eq ""}] "apt-get purge: removes no other file" [join $gone \n]
    foreach kernel [list $old_kernel $new_kernel] {
        lassign [inside modinfo -k $kernel -F filename kvm] - output
        tap_ok [string match */kernel/arch/x86/kvm/kvm.ko* $output] "apt-get purge: modprobe finds $kernel's own KVM" $output
    }

    # This machine may run a kernel that has patches.
    set release [exec uname -r]
    if {[regexp {^6\.(1\.0-\d+|12\.\d+\+deb12)-(cloud-)?amd64$} $release]} {
        tap_skip "make install on a kernel without patches" "this machine runs $release, which has patches"
    } else {
        set good [expr {![catch {exec $harness/../kernel-patch/packages/install --check 2>@1} output]}]
        tap_note $output
        tap_ok [expr {!$good && [string match "*runs the kernel $release*6.1 6.12*nothing has changed*" $output]}] \
            "make install on a kernel without patches: the error lists the supported kernels" $output
    }

    set status [catch {exec lintian --tag-display-limit 0 --allow-root $work/root/root/kvm-exit-counters-dkms_1.0_all.deb 2>@1} output]
    tap_note $output
    tap_ok [expr {![regexp -line {^E: } $output]}] "lintian finds no error in the DKMS package" $output
}
