#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The DKMS package in a Debian root file system, without booting.  Each scenario brings
# the system into a state, and then checks it: dpkg has nothing to complain about, the
# scripts in /etc/kernel/postinst.d run to the last one, modprobe finds the expected KVM
# for each kernel, and purging the package leaves no file.
source [file join [file dirname [file dirname [file normalize [info script]]]] lib tap.tcl]
source $tests/lib/debian.tcl
source $tests/lib/chroot.tcl

# Run a command in a real chroot: its first process has another root.
proc in_chroot {args} {
    global root
    set good [expr {![catch {exec -ignorestderr unshare --mount setpriv --bounding-set -sys_module --inh-caps -sys_module \
        sh -c {mount --bind /proc "$0/proc" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$0" "$@"} \
        $root {*}$args </dev/null 2>@1} output]}]
    return [list $good $output]
}

# Returns all files and links, except those in /proc, /tmp and /root and the state of
# dpkg and apt.
proc files {} {
    global root
    return [split [exec sh -c "cd $root && find . \\( -path ./proc -o -path ./var/lib/dpkg -o -path ./var/log \
        -o -path ./var/cache -o -path ./tmp -o -path ./root -o -path ./var/lib/apt -o -path ./run -o -path ./prebuilt \\) -prune -o ! -type d -print | sort"] \n]
}

# Add a kernel with a directory of headers, but without a package.
proc add_kernel {kernel} {
    global root
    file mkdir $root/lib/modules/$kernel/build
    write_file $root/lib/modules/$kernel/build/Makefile ""
}

# Set the version of the packages `names` in dpkg's database.
proc set_version {version args} {
    global root
    set package ""
    set lines {}
    foreach line [split [read_file $root/var/lib/dpkg/status] \n] {
        if {[regexp {^Package: (.*)$} $line - package] || ![string match "Version: *" $line] || $package ni $args} {
            lappend lines $line
        } else {
            lappend lines "Version: $version"
        }
    }
    write_file $root/var/lib/dpkg/status [join $lines \n]
}

# Purge the package with the command `purge` and check that nothing is left.
proc check_purge {{purge {inside apt-get purge -y kvm-exit-counters-dkms}}} {
    global root scenario before kernels
    lassign [{*}$purge] good output
    tap_ok $good "$scenario: apt-get purge" $output
    # DKMS's signing key stays: other packages use it too.
    set left [lmap file [files] {
        if {$file in $before || [string match */var/lib/dkms/mok.* $file]} continue
        set file
    }]
    tap_ok [expr {$left eq ""}] "$scenario: apt-get purge leaves no file of the package" [join $left \n]
    set gone [lmap file $before {
        if {[file exists $root/$file] || ![catch {file readlink $root/$file}]} continue
        set file
    }]
    tap_ok [expr {$gone eq ""}] "$scenario: apt-get purge removes no other file" [join $gone \n]
    foreach kernel $kernels {
        tap_ok [expr {[found $kernel] eq "stock"}] "$scenario: after apt-get purge modprobe finds the stock KVM for $kernel" [found $kernel]
    }
    lassign [inside dpkg --audit] good output
    tap_ok [expr {$good && $output eq ""}] "$scenario: dpkg --audit is empty after apt-get purge" $output
}

tap_run {
    chroot_make {1.0 1.1}
    file copy [glob $work/packages-1.0/kvm-exits_1.0_*.deb] $root/root/kvm-exits.deb
    # The same source with a newer version
    exec dpkg-deb -R $root/root/source-6.1.deb $work/source-6.1
    exec sed -i "s/^Version: .*/&.1/" $work/source-6.1/DEBIAN/control
    exec dpkg-deb -Zgzip --build $work/source-6.1 $root/root/source-6.1-next.deb
    set before [files]

    scenario "two kernels" {
        check_said "apt-get install" [install] "installed for $new, from the source $source($new)" \
            "installed for $old, from the source $source($old)" "KVM is not loaded"
        check_state [dict create $old ours $new ours]
        check_said "install again" [inside kvm-exit-counters install] "already installed for $new" "already installed for $old"
        check_said "dkms autoinstall" [inside dkms autoinstall -k $new]
        tap_ok [expr {[llength [glob -nocomplain -types l $root/etc/systemd/system/*.wants/kvm-exit-counters.service]] == 1}] \
            "$scenario: the service that runs at boot is enabled"
    }
    foreach strange {5.10.0-30-amd64 6.12.117+deb12-rt-amd64 6.9.7+bpo-amd64 6.8.12-9-pve 6.8.0-45-generic 6.12.117-kvm-exits made-up} {
        scenario "another kernel, $strange" {
            add_kernel $strange
            set output [check_hooks $strange]
            tap_ok [regexp "no patches for kernel [string map {+ \\+} $strange], .* 6\\.1 6\\.12 " $output] \
                "$scenario: the message lists the supported kernels" $output
            check_said "install for this kernel fails" [shell "! kvm-exit-counters install $strange"] "no patches for kernel $strange"
            check_said "install for all kernels succeeds" [inside kvm-exit-counters install] "no patches for kernel $strange"
            check_said "dkms autoinstall" [inside dkms autoinstall -k $strange]
            check_said "dkms build refuses it" [shell "! dkms build -m kvm-exit-counters -v 1.0 -k $strange"] BUILD_EXCLUSIVE
            tap_ok [expr {![file exists $root/lib/modules/$strange/updates]}] "$scenario: nothing is installed for it"
            file delete -force $root/lib/modules/$strange
            check_state [dict create $new ours]
        }
    }
    scenario "the running kernel has no patches" {
        add_kernel made-up
        running made-up
        check_said "upgrade" [install 1.1] "no patches for kernel made-up" "installed for $new"
        check_state [dict create $old ours $new ours]
        file delete -force $root/lib/modules/made-up
        running $new
    }
    scenario "upgrade" {
        lassign [inside dkms status] - output
        tap_ok [expr {[regexp -all {/1.1, [^\n]*: built} $output] == 2 && ![string match */1.0* $output]}] \
            "$scenario: DKMS has only the new version, for both kernels" $output
        check_purge
    }

    scenario "a kernel without headers" {
        file rename $root/lib/modules/$old/build $root/root/build
        check_said "apt-get install" [install] "kernel $old keeps its own KVM: it has no headers: install linux-headers-$old=$source($old)"
        check_state [dict create $old stock $new ours]
        file rename $root/root/build $root/lib/modules/$old/build
        check_said "its headers are installed" [shell "run-parts --exit-on-error --arg=$old /etc/kernel/header_postinst.d"]
        check_state [dict create $old ours $new ours]
    }
    scenario "an update under the same name" {
        set_version $source($old).1 linux-image-$old
        check_said "the kernel's script" [shell "run-parts --exit-on-error --arg=$old /etc/kernel/postinst.d"]
        check_state [dict create $old stock $new ours]
        set common linux-headers-[string map {-amd64 -common} $old]
        set_version $source($old).1 linux-headers-$old
        check_said "the headers' script, and older common headers" [shell "/etc/kernel/header_postinst.d/dkms-kvm-exit-counters $old"] \
            "but $common is $source($old): install $common=$source($old).1"
        set_version $source($old).1 $common
        check_said "the headers' script" [shell "/etc/kernel/header_postinst.d/dkms-kvm-exit-counters $old"] \
            "the source of its version is needed, and linux-source-6.1 is $source($old): install linux-source-6.1=$source($old).1"
        check_state [dict create $old stock $new ours]
        check_said "its source is installed" [inside dpkg -i /root/source-6.1-next.deb] "installed for $old, from the source $source($old).1"
        check_state [dict create $old ours $new ours]
        # Go back.
        set_version $source($old) linux-image-$old linux-headers-$old $common
        check_said "an older source" [inside dpkg -i /root/source-6.1.deb] "installed for $old, from the source $source($old)"
        check_state [dict create $old ours]
        check_purge
    }
    scenario "an update under the same name is interrupted" {
        check_said "apt-get install" [install] "installed for $new"
        set_version $source($new).1 linux-image-$new
        booted $source($new).1
        check_said "boot" [boot] "the modules for $new are from the source $source($new), but the kernel is" "Debian $source($new).1 (2026-01-01)\", so they are withdrawn"
        tap_ok [expr {[found $new] eq "stock"}] "$scenario: modprobe finds the stock KVM for $new" [found $new]
        check_state [dict create $old ours $new stock]
        set_version $source($new) linux-image-$new
        booted $source($new)
        check_purge
    }
    scenario "no source" {
        exec $harness/tests/debian/chroot $root dpkg -r linux-source-6.12
        check_said "apt-get install" [install] "linux-source-6.12 is not installed: install linux-source-6.12=$source($new)" "installed for $old"
        check_state [dict create $old ours $new stock]
        check_said "install fails" [shell "! kvm-exit-counters install"] "linux-source-6.12 is not installed"
        check_said "dkms build fails" [shell "! dkms build -m kvm-exit-counters -v 1.0 -k $new"]
        check_said "dkms remove" [inside dkms remove -m kvm-exit-counters -v 1.0 -k $new]
        check_said "the source is installed" [inside dpkg -i /root/source-6.12.deb] "installed for $new"
        check_state [dict create $old ours $new ours]
        check_purge
    }

    scenario "a compile error" {
        set header [glob $root/usr/src/linux-headers-6.12*-common/include/linux/kvm_host.h]
        set text [read_file $header]
        write_file $header "$text#error an error\n"
        # DKMS compiles the modules.
        file rename $root/prebuilt/$new $root/prebuilt/hidden
        check_said "install the package" [inside dpkg -i /root/kvm-exit-counters-dkms_1.0_all.deb] \
            "error: can't build the modules for $new, which keeps its own KVM: the whole log is /var/log/kvm-exit-counters-$new.log" "#error an error"
        set log $root/var/log/kvm-exit-counters-$new.log
        tap_ok [regexp {#error an error.*\*\*\* } [read_file $log]] "$scenario: the log has the compiler's whole output" [read_file $log]
        check_state [dict create $new stock]
        file rename $root/prebuilt/hidden $root/prebuilt/$new
        write_file $header $text
        check_said "the error is gone" [inside kvm-exit-counters install] "installed for $new"
        tap_ok [expr {![file exists $log]}] "$scenario: and the log is gone too"
        check_state [dict create $new ours]
        check_purge
    }

    # Disks that are full: `folder` has `size` left.
    foreach {folder size} [list /var/lib/dkms 100k /var/lib/dkms 1500k /var/lib/dkms 4m /tmp 0 /lib/modules/$new/updates 8k \
            /lib/modules/$new/updates 300k /lib/modules/$new/updates 500k] {
        scenario "$folder has only $size left" {
            check_said "unpack the package" [inside dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb]
            file mkdir $root/lib/modules/$new/updates
            check_said "configure it" [shell "export KVM_EXIT_COUNTERS_ROOM=0
                mount -t tmpfs -o size=[expr {$size eq "0" ? "4k" : $size}] tmpfs $folder
                [expr {$size eq "0" ? "! cat /dev/zero > $folder/fill 2>/dev/null" : ""}]
                dpkg --configure -a
                modinfo -k $new -F filename kvm > /root/found
                dpkg --audit > /root/audit
                run-parts --exit-on-error --arg=$new --arg=/boot/vmlinuz-$new /etc/kernel/postinst.d"] \
                "no space is left on the disk: make room, and run \"kvm-exit-counters install"
            set now [string trim [read_file $root/root/found]]
            tap_ok [string match */kernel/arch/x86/kvm/kvm.ko* $now] "$scenario: modprobe finds the stock KVM" $now
            tap_ok [expr {[string trim [read_file $root/root/audit]] eq ""}] "$scenario: dpkg --audit is empty"
            tap_ok [expr {[file exists $root/boot/initrd.img-$new] && [file exists $root/boot/entry-$new]}] \
                "$scenario: the kernel gets an initrd and a boot entry"
            file delete -force $root/boot/initrd.img-$new $root/boot/entry-$new
            file delete {*}[glob -nocomplain $root/root/{found,audit}]
            check_said "there is room again" [inside kvm-exit-counters install] "installed for $new"
            check_state [dict create $old ours $new ours]
            check_purge
        }
    }
    # Often one file system has everything.  An initrd needs 1 MiB here.
    foreach {size message found} {
        1500 "no space is left on the disk: make room, and run \"kvm-exit-counters install" kernel
        20000 "No space left on device: 1???? KiB are left, and 524288 KiB are needed" kernel
        520000 "no space is left on the disk: make room, and run \"kvm-exit-counters install" kernel
        600000 "" updates
    } {
        scenario "one file system with $size KiB left" {
            check_said "unpack the package" [inside dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb]
            check_said "configure it, and install a kernel" [shell [string map [list KERNEL $new SIZE $size] {
                folders="/var/lib/dkms /var/log /var/lib/dpkg /lib/modules /boot /tmp"
                mount -t tmpfs -o size=2g tmpfs /mnt
                for folder in $folders; do
                    mkdir -p /mnt$folder
                    cp -a $folder/. /mnt$folder
                done
                mount -o remount,size=$(($(du -sk /mnt | cut -f1) + SIZE))k /mnt
                for folder in $folders; do mount --bind /mnt$folder $folder; done
                dpkg --configure -a
                modinfo -k KERNEL -F filename kvm
                run-parts --exit-on-error --arg=KERNEL --arg=/boot/vmlinuz-KERNEL /etc/kernel/postinst.d
                [ "$(wc -c </boot/initrd.img-KERNEL)" -gt 1000000 ]
                test -e /boot/entry-KERNEL
                [ -z "$(dpkg --audit)" ]
            }]] $message /$new/$found/
            check_said "dpkg --configure -a" [inside dpkg --configure -a]
            check_state [dict create $old ours $new ours]
            check_purge
        }
    }
    scenario "no room for depmod" {
        check_said "unpack the package" [inside dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb]
        check_said "configure it" [shell "export KVM_EXIT_COUNTERS_ROOM=0
            size=\$(du -sk /lib/modules/$new | cut -f1)
            new=\$(cat /prebuilt/$new/*.ko | xz --check=crc32 | wc -c)
            mount -t tmpfs -o size=\$((size + 8000))k tmpfs /mnt
            cp -a /lib/modules/$new/. /mnt
            mount --bind /mnt /lib/modules/$new
            # There is room for the modules, but not for the index.
            room=\$(df -k --output=avail /mnt | tail -n 1)
            dd if=/dev/zero of=/mnt/fill bs=1k count=\$((room - new / 1024 - 50)) 2>/dev/null
            dpkg --configure -a
            modinfo -k $new -F filename kvm
            ! ls /lib/modules/$new/updates"] "can't install the modules for $new" /kernel/arch/x86/kvm/kvm.ko
        check_purge
    }
    # On a real machine the index of all modules needs more room than KVM's modules.
    scenario "the index of the modules is large" {
        check_said "unpack the package" [inside dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb]
        check_said "the disk is full" [shell [string map [list KERNEL $new] {
            export KVM_EXIT_COUNTERS_ROOM=0
            mount -t tmpfs -o size=64m tmpfs /mnt
            cp -a /lib/modules/KERNEL/. /mnt
            mkdir /mnt/kernel/many
            name=$(printf '%0200d' 0 | tr 0 x)
            cp /mnt/kernel/drivers/net/tun.ko* /mnt/kernel/many/${name}0.ko.xz
            for i in $(seq 2000); do ln /mnt/kernel/many/${name}0.ko.xz /mnt/kernel/many/$name$i.ko.xz; done
            mount --bind /mnt /lib/modules/KERNEL
            depmod KERNEL
            find_all() { readlink -f $(modinfo -k KERNEL -F filename kvm kvm-amd kvm-intel tun); }
            fill() { dd if=/dev/zero of=/mnt/fill bs=1k count=$(($(df -k --output=avail /mnt | tail -n 1) - $1)) 2>/dev/null || true; }
            size=$(cat /prebuilt/KERNEL/*.ko | xz --check=crc32 | wc -c)
            for room in 10 100 300 700; do
                fill $((size / 1024 + room))
                dpkg --configure -a
                ! kvm-exit-counters install KERNEL
                find_all > /root/found-$room
                dpkg --audit > /root/audit-$room
                rm /mnt/fill
            done
            kvm-exit-counters install KERNEL
            modinfo -k KERNEL -F filename kvm > /root/installed
            fill 0
            apt-get purge -y kvm-exit-counters-dkms
            find_all > /root/found-purged
            dpkg --audit > /root/audit-purged
            rm /mnt/fill
            dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb
            dpkg --configure -a
            modinfo -F version /lib/modules/KERNEL/kernel/arch/x86/kvm/kvm.ko* > /root/stock
        }]] "can't install the modules for $new" "no space is left on the disk" "there is no room for a new index of the modules of $new"
        foreach name {10 100 300 700 purged} {
            set now [split [string trim [read_file $root/root/found-$name]] \n]
            tap_ok [expr {[llength $now] == 4 && [llength [lsearch -all -glob $now */lib/modules/$new/kernel/*]] == 4}] \
                "$scenario: modprobe finds the stock KVM and other modules ($name)" $now
            tap_ok [expr {[string trim [read_file $root/root/audit-$name]] eq ""}] "$scenario: dpkg --audit is empty ($name)"
        }
        tap_ok [string match */updates/dkms/* [read_file $root/root/installed]] "$scenario: the modules are installed when there is room"
        tap_ok [expr {[string trim [read_file $root/root/stock]] eq ""}] "$scenario: the kernel's own KVM is not overwritten"
        file delete {*}[glob -nocomplain $root/root/{found-*,audit-*,installed,stock}]
        check_purge
    }
    scenario "the disk is full when dpkg unpacks" {
        check_said "apt-get install fails" [shell "mount -t tmpfs -o size=16k tmpfs /usr/src
            ! apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_1.0_all.deb"] "No space left on device"
        check_state [dict create $old stock $new stock]
    }

    # The version of a symbol that kvm.ko uses, in another kernel than the running one
    scenario "the kernel answers \"Invalid parameters\"" {
        insmod_says "Invalid parameters"
        check_said "apt-get install" [install] "installed for $old" "the modules for $new are built, but not installed: this kernel does not accept them"
        check_state [dict create $old ours $new stock]
        check_purge
        insmod_says "File exists"
    }
    scenario "kernel.modules_disabled is set" {
        check_said "apt-get install" [shell "mkdir /root/sys
            cp /proc/sys/kernel/cap_last_cap /root/sys
            echo 1 > /root/sys/modules_disabled
            mount --bind /root/sys /proc/sys/kernel
            apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_1.0_all.deb"] \
            "built, but not installed: kernel.modules_disabled keeps the kernel from checking them"
        file delete -force $root/root/sys
        foreach kernel $kernels {
            tap_ok [expr {[found $kernel] eq "stock"}] "$scenario: modprobe finds the stock KVM for $kernel" [found $kernel]
        }
        check_said "the next boot" [boot] "installed for $new"
        check_state [dict create $new ours]
        check_purge
    }
    scenario "a key that the kernel does not know" {
        insmod_says "Key was rejected by service"
        check_said "apt-get install" [install] "the modules for $new are built, but not installed: this kernel does not accept them" \
            "the modules for $old are built, but not installed" "mokutil --import /var/lib/dkms/mok.pub"
        check_state [dict create $old stock $new stock]
        check_said "install fails" [shell "! kvm-exit-counters install"] "not installed"
        insmod_says "Numerical result out of range"
        check_said "the key is enrolled, boot" [boot] "installed for $new"
        check_state [dict create $new ours]
        check_purge
    }
    foreach answer {"Operation not permitted" "Required key not available" "Invalid module format" "Cannot allocate memory"} {
        scenario "the kernel answers \"$answer\"" {
            insmod_says $answer
            check_said "apt-get install" [install] "the modules for $new are built, but not installed: this kernel does not accept them ($answer)"
            check_state [dict create $new stock]
            check_purge
        }
    }
    scenario "the kernel does not know the key any more" {
        insmod_says "File exists"
        check_said "apt-get install" [install] "installed for $new" "installed for $old"
        insmod_says "Key was rejected by service"
        check_said "the script of a kernel's headers" [shell "dkms unbuild -m kvm-exit-counters -v 1.0 -k $old || dkms remove -m kvm-exit-counters -v 1.0 -k $old
            run-parts --exit-on-error --arg=$old /etc/kernel/header_postinst.d"] "the modules for $old are built, but not installed"
        file delete $root/boot/headers-$old
        foreach kernel $kernels {
            tap_ok [expr {[found $kernel] eq "stock"}] "$scenario: modprobe finds the stock KVM for $kernel" [found $kernel]
        }
        check_purge
    }
    scenario "modules without a signature" {
        insmod_says "Operation not permitted"
        # DKMS can't make a key without openssl.
        file rename $root/usr/bin/openssl $root/root/openssl
        foreach file {mok.key mok.pub} { file rename $root/var/lib/dkms/$file $root/root/$file }
        foreach module [glob $root/prebuilt/*/*.ko] {
            file copy $module $module.signed
            exec truncate -s -28 $module
        }
        check_said "apt-get install" [install] "they are not signed: install openssl"
        check_state [dict create $new stock]
        foreach module [glob $root/prebuilt/*/*.ko] {
            file rename -force $module.signed $module
        }
        file rename $root/root/openssl $root/usr/bin/openssl
        foreach file {mok.key mok.pub} { file rename -force $root/root/$file $root/var/lib/dkms/$file }
        insmod_says "File exists"
        check_purge
    }
    scenario "a chroot" {
        check_said "apt-get install" [in_chroot env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            /root/kvm-exit-counters-dkms_1.0_all.deb] "the modules for $new are built, but not installed: in a chroot"
        foreach kernel $kernels {
            tap_ok [expr {[found $kernel] eq "stock"}] "$scenario: modprobe finds the stock KVM for $kernel" [found $kernel]
        }
        check_said "its kernel's scripts" [in_chroot run-parts --exit-on-error --arg=$new --arg=/boot/vmlinuz-$new /etc/kernel/postinst.d] \
            "built, but not installed: in a chroot"
        file delete $root/boot/initrd.img-$new $root/boot/entry-$new
        check_said "the first boot" [boot] "installed for $new"
        check_state [dict create $new ours]
        check_purge
    }
    scenario "a container" {
        running 6.12.0-host
        check_said "apt-get install" [install] "the modules for $new are built, but not installed: in a chroot or container"
        check_state [dict create $old stock $new stock]
        running $new
        check_purge
    }
    scenario "a power cut while modules are removed or copied" {
        check_said "apt-get install" [install] "installed for $new"
        foreach what [list "rm kvm-amd.ko*" "truncate -s 0 kvm.ko*" "rm kvm.ko* && depmod $new" "rm kvm-*"] {
            exec $harness/tests/debian/chroot $root sh -c "cd /lib/modules/$new/updates/dkms && $what"
            check_said "boot after \"$what\"" [boot] "were damaged or incomplete, so they are withdrawn"
            tap_ok [expr {[found $new] eq "stock"}] "$scenario: after \"$what\" modprobe finds the stock KVM" [found $new]
            check_said "install after \"$what\"" [inside kvm-exit-counters install $new] "installed for $new"
        }
        check_state [dict create $new ours]
        check_said "the files of DKMS are lost" [shell "rm -r /var/lib/dkms/kvm-exit-counters"]
        check_purge
    }
    scenario "the modules that DKMS has built are damaged" {
        check_said "apt-get install" [install] "installed for $new"
        foreach what {"rm module/kvm.ko*" "truncate -s 0 module/kvm-amd.ko*" "rm -r module"} {
            exec $harness/tests/debian/chroot $root sh -c "cd /var/lib/dkms/kvm-exit-counters/1.0/$new/x86_64 && $what"
            check_said "install after \"$what\"" [inside kvm-exit-counters install $new] "building the modules for $new" "installed for $new"
            check_state [dict create $new ours]
        }
        check_purge
    }
    scenario "an initrd with a copy of KVM" {
        stand_in bin/lsinitramfs "#!/bin/sh\necho usr/lib/modules/x/kernel/arch/x86/kvm/kvm.ko\n"
        write_file $root/boot/initrd.img-$new ""
        check_said "apt-get install" [install] "updating the initrd of $new, which has a copy of KVM"
        set copied [read_file $root/boot/initrd.img-$new]
        tap_ok [string match */updates/dkms/kvm.ko* $copied] "$scenario: it gets the new KVM" [string trim $copied]
        check_said "apt-get remove" [inside apt-get remove -y kvm-exit-counters-dkms] "updating the initrd of $new"
        set copied [read_file $root/boot/initrd.img-$new]
        tap_ok [string match */kernel/arch/x86/kvm/kvm.ko* $copied] "$scenario: after apt-get remove it has the stock KVM" [string trim $copied]
        check_said "apt-get install, and the update fails" [shell "mount --bind /bin/false /usr/sbin/update-initramfs
            apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_1.0_all.deb"] "installed for $new" \
            "warning: the initrd of $new has an old copy of KVM, which is loaded at boot: run \"update-initramfs -u -k $new\""
        check_said "remove, without dpkg's lock" [inside kvm-exit-counters remove $new] \
            "warning: the initrd of $new has an old copy of KVM, which is loaded at boot: run \"update-initramfs -u -k $new\""
        check_said "apt-get install, and an administrator who does not want updates" [shell "echo '#!/bin/sh\necho update-initramfs: Not updating itself.' > /root/no
            chmod 755 /root/no
            mount --bind /root/no /usr/sbin/update-initramfs
            apt-get install --reinstall -y --no-install-recommends /root/kvm-exit-counters-dkms_1.0_all.deb
            rm /root/no"] "warning: the initrd of $new has an old copy of KVM"
        check_said "apt-get remove" [inside apt-get remove -y kvm-exit-counters-dkms]
        file delete $root/boot/initrd.img-$new
        file rename -force $root/usr/bin/lsinitramfs.real $root/usr/bin/lsinitramfs
        # The scripts in /etc/kernel stay until the package is purged.
        check_state [dict create $old stock $new stock]
        check_purge
    }
    scenario "a kernel is removed" {
        check_said "apt-get install" [install] "installed for $old"
        check_said "its script" [shell "run-parts --exit-on-error --arg=$old /etc/kernel/prerm.d"]
        tap_ok [expr {[found $old] eq "stock" && ![file exists $root/lib/modules/$old/updates] && ![file exists $root/var/lib/dkms/kvm-exit-counters/1.0/$old]}] \
            "$scenario: none of the modules for $old is left"
        check_state [dict create $new ours]
        check_purge
    }
    scenario "another command never ends" {
        stand_in bin/flock "#!/bin/sh\nexit 1\n"
        check_said "apt-get install" [install] "error: another kvm-exit-counters has been running for 20 minutes"
        check_state [dict create $old stock $new stock]
        file rename -force $root/usr/bin/flock.real $root/usr/bin/flock
        check_said "install" [inside kvm-exit-counters install] "installed for $old" "installed for $new"
        check_purge {shell {mount --bind /bin/false /usr/bin/flock
            apt-get purge -y kvm-exit-counters-dkms}}
    }
    scenario "the lock can't be taken" {
        file delete -force $root/run/kvm-exit-counters.lock
        file mkdir $root/run/kvm-exit-counters.lock
        check_said "apt-get install" [install] "installed for $old" "installed for $new"
        check_state [dict create $old ours $new ours]
        check_purge
        file delete $root/run/kvm-exit-counters.lock
    }
    scenario "unpacked only" {
        check_said "dpkg --unpack" [inside dpkg --unpack /root/kvm-exit-counters-dkms_1.0_all.deb]
        check_purge
    }

    scenario "the reader" {
        file copy $harness/kvm-exits/tests/data/good-vm.log $root/root/
        check_said "dpkg -i" [inside dpkg -i /root/kvm-exits.deb]
        check_said "kvm-exits table" [shell "cat /root/good-vm.log | kvm-exits table"] " exits, " "interrupt"
        lassign [shell "ls /lib/systemd/system/kvm-exits-metrics.timer /etc/systemd/system/*/kvm-exits-metrics.timer 2>/dev/null || :"] good output
        tap_ok [expr {$good && [string trim $output] eq "/lib/systemd/system/kvm-exits-metrics.timer"}] "$scenario: the timer of the metrics is installed, but not enabled" $output
        # Complete the last of the words.
        foreach {words wanted} {
            {st} "steps"
            {help st} "steps"
            {table --form} "--format"
            {table --format ""} "csv html json markdown text"
            {table --top ""} ""
        } {
            lassign [inside bash -c "source /usr/share/bash-completion/completions/kvm-exits
                COMP_WORDS=(kvm-exits $words) COMP_CWORD=[llength $words]
                _kvm_exits; printf '%s\\n' \${COMPREPLY\[@\]} | sort | paste -sd ' '"] good output
            tap_ok [expr {$good && [string trim $output] eq $wanted}] "$scenario: bash completes \"kvm-exits $words\"" $output
        }
        check_said "apt-get purge" [inside apt-get purge -y kvm-exits]
    }

    # This machine may run a kernel that has patches.
    set release [exec uname -r]
    if {[regexp [exec $harness/../kernel-patch/packages/dkms/kernels $harness/../kernel-patch/patches] $release]} {
        tap_skip "make install on a kernel without patches" "this machine runs $release, which has patches"
    } else {
        set good [expr {![catch {exec $harness/../kernel-patch/packages/install --check 2>@1} output]}]
        tap_note $output
        tap_ok [expr {!$good && [string match "*runs the kernel $release*6.1 6.12*nothing has changed*" $output]}] \
            "make install on a kernel without patches: the error lists the supported kernels" $output
    }

    set bad [catch {exec lintian --tag-display-limit 0 --fail-on error,warning --allow-root \
        [glob $work/packages-1.0/*.changes] 2>@1} output]
    tap_ok [expr {!$bad && $output eq ""}] "lintian prints no error and no warning about the packages" $output
}
