#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package while apt installs other kernels of Debian's, and while Debian 12 is
# upgraded to 13, in a root file system without booting.  DKMS compiles the modules of
# Debian 13's kernel with Debian 13's compiler.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
source $tests/lib/chroot.tcl
set archives $debian/archives

# Install packages of Debian's archive.  The root file system has no network, so this
# machine's apt-get downloads them.  Returns what `inside` returns.  Throws an error if
# the download fails.
proc apt_install {args} {
    global root archives
    file mkdir $archives/partial
    set apt [list apt-get -q -y --no-install-recommends -o Dir=$root -o Dir::State::status=$root/var/lib/dpkg/status \
        -o Dir::Cache::archives=$archives -o APT::Sandbox::User=root]
    exec -ignorestderr {*}$apt --download-only install {*}$args
    exec cp -f {*}[glob $archives/*.deb] $root/var/cache/apt/archives/
    return [inside apt-get install -y --no-install-recommends {*}$args]
}

# Download the lists of packages of the Debian release `name`.
proc apt_release {name} {
    global root
    write_file $root/etc/apt/sources.list [string map [list bookworm $name] [read_file $root/etc/apt/sources.list]]
    exec -ignorestderr apt-get -q -o Dir=$root -o APT::Sandbox::User=root update
}

# Report test points: the kernel `kernel`, which apt has just installed, has an initrd, a
# boot entry and its stock KVM, and dpkg has nothing to complain about.
proc check_new_kernel {kernel} {
    global root scenario
    tap_ok [expr {[file exists $root/boot/initrd.img-$kernel] && [file exists $root/boot/entry-$kernel]}] \
        "$scenario: apt-get gives $kernel an initrd and a boot entry" [glob -nocomplain -tails -directory $root/boot *]
    tap_ok [expr {[found $kernel] eq "stock"}] "$scenario: modprobe finds the stock KVM for $kernel" [found $kernel]
    lassign [inside dpkg --audit] good output
    tap_ok [expr {$good && $output eq ""}] "$scenario: dpkg --audit is empty" $output
}

# Returns the installed version of a package.
proc version {package} {
    return [string trim [lindex [inside dpkg-query -W -f {${Version}} $package] 1]]
}

tap_run {
    chroot_make 1.0
    scenario "Debian 12" {
        apt_release bookworm
        # apt-get would update the source along with the kernel.
        check_said "apt-mark hold" [inside apt-mark hold linux-source-6.1 linux-source-6.12]
        check_said "apt-get install" [install] "installed for $new" "installed for $old"
        check_state [dict create $old ours $new ours]
    }
    scenario "Debian's rt kernel" {
        set result [apt_install linux-image-rt-amd64 linux-headers-rt-amd64]
        set rt [file tail [glob $root/lib/modules/*-rt-amd64]]
        check_said "apt-get install linux-image-rt-amd64 linux-headers-rt-amd64" $result "no patches for kernel $rt, which keeps its own KVM"
        check_new_kernel $rt
        check_state [dict create $rt stock $old ours $new ours]
        check_said "apt-get purge" [inside apt-get purge -y linux-image-$rt linux-headers-$rt]
        check_state [dict create $old ours $new ours]
    }
    scenario "Debian 13 without its kernel's source" {
        apt_release trixie
        set result [apt_install linux-image-amd64 linux-headers-amd64 dkms libc6]
        set next [file tail [glob $root/lib/modules/*+deb13-amd64]]
        set source($next) [version linux-headers-$next]
        set stock($next) [stock $next]
        check_said "apt-get install linux-image-amd64 linux-headers-amd64 dkms libc6" $result "kernel $next keeps its own KVM"
        check_new_kernel $next
        tap_ok [expr {[string match 3.2* [version dkms]] && [string match 2.41* [version libc6]]}] \
            "$scenario: DKMS is version 3.2 and the C library version 2.41" "[version dkms], [version libc6]"
        check_said "install" [shell "! kvm-exit-counters install $next"] \
            "linux-source-6.12 is $source($new): install linux-source-6.12=$source($next)"
        check_state [dict create $next stock $old ours $new ours]
        check_said "dkms autoinstall" [inside dkms autoinstall -k $next]
    }
    scenario "Debian 13" {
        check_said "apt-mark unhold" [inside apt-mark unhold linux-source-6.12]
        check_said "apt-get install linux-source-6.12" [apt_install linux-source-6.12] \
            "building the modules for $next" "installed for $next, from the source $source($next)"
        check_state [dict create $next ours $old ours $new ours]
    }
    scenario "Debian 13, boot" {
        running $next
        check_said "install" [inside kvm-exit-counters install] "already installed for $next"
        check_said "boot" [boot]
        check_state [dict create $next ours]
    }
    scenario "Debian 13, purge" {
        check_said "apt-get purge" [inside apt-get purge -y kvm-exit-counters-dkms]
        check_state [dict create $next stock $old stock $new stock]
        set left [exec find $root/usr $root/etc $root/var/lib/dkms $root/boot \( -name *kvm-exit-counters* -o -path */updates/* \) -print]
        tap_ok [expr {$left eq ""}] "$scenario: no file of the package is left" $left
    }
}
