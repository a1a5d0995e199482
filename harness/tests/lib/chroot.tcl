# SPDX-License-Identifier: GPL-2.0
# A Debian root file system in which tests install packages without booting.  Source
# after debian.tcl.  Stand-ins replace the programs that would use this machine's kernel,
# and those that take long.

set work $build/check/debian-$tap_name
set root $work/root

# Make the root file system, with the packages of this project in the versions
# `versions` in its /root.  Sets the globals `old` and `new`, the Debian kernels 6.1 and
# 6.12, `kernels`, a list of both, and `source`, an array of the version of their source.
# Throws an error if a package can't be built.
proc chroot_make {versions} {
    global harness debian work root old new kernels source stock
    file delete -force $work
    file mkdir $work
    exec cp -a $debian/root $root
    foreach version $versions {
        exec -ignorestderr $harness/../kernel-patch/packages/build $version $work/packages-$version >& $work/packages-$version.log
        file copy $work/packages-$version/kvm-exit-counters-dkms_${version}_all.deb $root/root/
    }
    set old [debian_version 6.1]
    set new [debian_version 6.12]
    set kernels [list $old $new]
    foreach kernel $kernels {
        set stock($kernel) [stock $kernel]
        if {[regexp -all {kvm(-intel|-amd)?\.ko} $stock($kernel)] != 3} {
            error "$kernel does not have three modules of KVM: $stock($kernel)"
        }
        regexp {^\d+\.\d+} $kernel line
        set package [glob $debian/dkms/sources/linux-source-${line}_*.deb]
        regexp {_(.*)_all} $package - source($kernel)
        file copy $package $root/root/source-$line.deb
        file mkdir $root/prebuilt/$kernel
        file copy {*}[glob $debian/dkms/$kernel/*.ko] $root/prebuilt/$kernel/
    }
    # debian-dkms has compiled the modules of these kernels, which takes long.  Here a
    # stand-in for make copies them.
    stand_in bin/make {#!/bin/sh
kernel= folder=
for word in "$@"; do
	case $word in
	KERNELRELEASE=*) kernel=/prebuilt/${word#*=} ;;
	M=*) folder=${word#M=} ;;
	esac
done
[ -n "$folder" ] && [ -d "$kernel" ] || exec /usr/bin/make.real "$@"
# The modules have the version 1.0.
version=${folder#*/kvm-exit-counters/}
for module in kvm kvm-intel kvm-amd; do
	LC_ALL=C sed -z "s/^version=1\\.0\$/version=${version%%/*}/" "$kernel/$module.ko" >"$folder/$module.ko" || exit
done
}
    stand_in bin/uname {#!/bin/sh
case $* in
-r) exec cat /prebuilt/running ;;
-v) exec cat /prebuilt/booted ;;
*) exec /usr/bin/uname.real "$@" ;;
esac
}
    stand_in sbin/insmod {#!/bin/sh
echo "insmod: ERROR: could not insert module $1: $(cat /prebuilt/insmod)" >&2
exit 1
}
    stand_in sbin/modprobe {#!/bin/sh
case $1 in kvm*) mkdir -p "/sys/module/$1" ;; esac
}
    stand_in sbin/update-initramfs {#!/bin/sh
echo "update-initramfs: $*"
for word in "$@"; do
	case $last in -k)
		modinfo -k "$word" -F filename kvm >"/boot/initrd.img-$word"
		# The real one fails too if an initrd has no room.
		head -c 1M /dev/zero | tr '\0' '\n' >>"/boot/initrd.img-$word" || exit
		;;
	esac
	last=$word
done
}
    # The last scripts stand for GRUB's.
    foreach {folder file} {postinst.d entry header_postinst.d headers} {
        write_file $root/etc/kernel/$folder/zz-last "#!/bin/sh\ntouch /boot/$file-\$1\n"
        file attributes $root/etc/kernel/$folder/zz-last -permissions 0755
    }
    running $new
    insmod_says "File exists"
    exec $harness/tests/debian/chroot $root dpkg -i /root/source-6.1.deb /root/source-6.12.deb
}

# Run a command in the root file system.  Returns a list: 1 if it succeeded, else 0, and
# its output.
proc inside {args} {
    global harness root
    set good [expr {![catch {exec -ignorestderr $harness/tests/debian/chroot $root {*}$args 2>@1} output]}]
    return [list $good $output]
}

# The same with a shell script.
proc shell {script} {
    return [inside sh -ec $script]
}

# Returns the lines of `output` that the package's program printed.
proc said {output} {
    return [join [lsearch -all -inline -regexp [split $output \n] {^kvm-exit-counters: }] \n]
}

# Put a program in the place of another, which becomes PROGRAM.real.
proc stand_in {program text} {
    global root
    file rename $root/usr/$program $root/usr/$program.real
    write_file $root/usr/$program $text
    file attributes $root/usr/$program -permissions 0755
}

# Set what stand-ins print: the running kernel, and insmod's answer.
proc running {kernel} {
    global root source
    write_file $root/prebuilt/running $kernel\n
    booted [expr {[info exists source($kernel)] ? $source($kernel) : "1.0-1"}]
}
# Set the version of the running kernel that the kernel itself reports.
proc booted {version} {
    global root
    write_file $root/prebuilt/booted "#1 SMP PREEMPT_DYNAMIC Debian $version (2026-01-01)\n"
}
proc insmod_says {text} {
    global root
    write_file $root/prebuilt/insmod $text\n
}

# Run what runs at boot, on a processor with SVM.  The stand-in for modprobe "loads" KVM.
proc boot {} {
    return [shell {trap 'rm -rf /root/cpuinfo /sys/module' EXIT
        sed 's/^flags.*/& svm/' /proc/cpuinfo > /root/cpuinfo
        mount --bind /root/cpuinfo /proc/cpuinfo
        kvm-exit-counters boot
        [ -d /sys/module/kvm_amd ]}]
}

# Returns the checksums of a kernel's own files of KVM, or md5sum's error.
proc stock {kernel} {
    global root
    return [exec sh -c "cd $root/lib/modules/$kernel/kernel/arch/x86/kvm && md5sum * 2>&1 || :"]
}

# Returns "ours" or "stock": the KVM that modprobe finds for `kernel`.
proc found {kernel} {
    lassign [inside modinfo -k $kernel -F filename kvm] - output
    switch -glob $output {
        */updates/dkms/kvm.ko* { return ours }
        */kernel/arch/x86/kvm/kvm.ko* { return stock }
        default { return $output }
    }
}

# Check the state.  `wanted` is a dict from kernel to "ours" or "stock".
proc check_state {wanted} {
    global root scenario stock
    lassign [inside dpkg --audit] good output
    tap_ok [expr {$good && $output eq ""}] "$scenario: dpkg --audit is empty" $output
    dict for {kernel state} $wanted {
        if {[info exists stock($kernel)]} {
            tap_ok [expr {[stock $kernel] eq $stock($kernel)}] "$scenario: $kernel has all files of its own KVM" [stock $kernel]
        }
        tap_ok [expr {[found $kernel] eq $state}] "$scenario: modprobe finds [expr {$state eq "ours" ? "the new" : "the stock"}] KVM for $kernel" [found $kernel]
        check_hooks $kernel
        tap_ok [expr {[found $kernel] eq $state}] "$scenario: and again after the scripts in /etc/kernel" [found $kernel]
    }
}

# Run the scripts that run when a kernel and its headers are installed.
proc check_hooks {kernel} {
    global root scenario
    file delete $root/boot/initrd.img-$kernel $root/boot/entry-$kernel $root/boot/headers-$kernel
    lassign [shell "run-parts --exit-on-error --arg=$kernel --arg=/boot/vmlinuz-$kernel /etc/kernel/postinst.d
        run-parts --exit-on-error --arg=$kernel /etc/kernel/header_postinst.d"] good output
    tap_ok [expr {$good && [file exists $root/boot/initrd.img-$kernel] && [file exists $root/boot/entry-$kernel]
        && [file exists $root/boot/headers-$kernel]}] "$scenario: $kernel gets an initrd and a boot entry" $output
    if {[found $kernel] in {ours stock}} {
        # The stand-in for update-initramfs writes which KVM it finds.
        set copied [read_file $root/boot/initrd.img-$kernel]
        tap_ok [expr {[string trim $copied] eq [lindex [inside modinfo -k $kernel -F filename kvm] 1]}] \
            "$scenario: the initrd of $kernel gets the KVM that modprobe finds" $copied
    }
    file delete $root/boot/initrd.img-$kernel $root/boot/entry-$kernel $root/boot/headers-$kernel
    return $output
}

# Install the package.
proc install {{version 1.0}} {
    return [inside apt-get install -y --no-install-recommends /root/kvm-exit-counters-dkms_${version}_all.deb]
}

# Report a test point: the command succeeded, and its output matches each pattern.
proc check_said {what result args} {
    global scenario
    lassign $result good output
    tap_note "$scenario: $what: [said $output]"
    set missing [lmap pattern $args {
        if {[string match *$pattern* $output]} continue
        set pattern
    }]
    tap_ok [expr {$good && $missing eq ""}] "$scenario: $what" "good: $good, missing: $missing; $output"
}

# Run `script`, a scenario.  An error in it is a failed test point.
proc scenario {name script} {
    global scenario
    set scenario $name
    set start [clock seconds]
    if {[catch {uplevel 1 $script} message]} {
        tap_ok no "$name: the scenario runs to its end" $message
    }
    tap_note "$name: took [expr {[clock seconds] - $start}] s"
}
