# SPDX-License-Identifier: GPL-2.0
# Hosts that run a stock Debian kernel and userland.  Source after tap.tcl.

# The folder with a root file system, Debian 12's or, after "set debian $built/debian13",
# Debian 13's
set debian $built/debian12

# Returns the version of the Debian kernel of the series `line`, "6.12" or "6.1".
# Throws if there is none, or more than one.
proc debian_version {line} {
    global debian
    set found [glob -nocomplain -tails -directory $debian/root/lib/modules $line.*]
    if {[llength $found] != 1} {
        error "exactly one kernel $line is expected in $debian/root, but it has: [join $found {, }]"
    }
    return [lindex $found 0]
}

# Boot a host with the Debian kernel of the series `line`.  `over` is a list of
# folders to copy over its root file system.  The other arguments and the result are
# those of tap_inside.
proc debian_inside {name line over args} {
    global debian description
    # The root file system is in memory and larger than the usual one.
    set usual $description
    dict set description memory [expr {2 * [dict get $description memory]}]
    set report [tap_inside $name kernel $debian/boot/vmlinuz-[debian_version $line] \
        root [concat $debian/boot/root $over] {*}$args]
    set description $usual
    return $report
}

# Make a folder to copy over a root file system, with the tests' parts that run on the
# host.  Returns the folder.
proc debian_over {} {
    global build tests tap_name
    set over $build/check/over-$tap_name
    file delete -force $over
    file mkdir $over/harness/tests
    file copy $tests/target $over/harness/tests/target
    return $over
}

# Make a folder to copy over a root file system, with the KVM modules that the DKMS
# package built for the series `line`.  modprobe prefers them to Debian's.  Returns
# the folder.
proc debian_modules {line} {
    global debian build tap_name
    set version [debian_version $line]
    set built [glob -nocomplain $debian/dkms/$version/*.ko]
    if {$built eq ""} {
        error "no KVM modules for $version in $debian/dkms"
    }
    set over $build/check/modules-$tap_name-$line
    file delete -force $over
    file mkdir $over/lib/modules
    exec cp -a $debian/boot/root/lib/modules/$version $over/lib/modules/
    file mkdir $over/lib/modules/$version/updates/dkms
    file copy -force {*}$built $over/lib/modules/$version/updates/dkms
    exec depmod -b $over $version 2>/dev/null
    # On Debian /lib is a symbolic link.
    file mkdir $over/usr
    file rename $over/lib $over/usr/lib
    return $over
}

# Returns a dict from each symbol that the module `file` exports to its checksum, as
# 0x12345678.  It is 0x00000000 if the kernel is built without CONFIG_MODVERSIONS, as
# Debian's 7.3 is.
proc module_checksums {file} {
    global build
    file mkdir $build/check
    foreach section {__kcrctab __kcrctab_gpl} {
        exec objcopy -O binary --only-section=$section $file $build/check/checksums
        set bytes($section) [read_file $build/check/checksums]
    }
    set checksums {}
    set table [split [exec objdump -t $file] \n]
    foreach line $table {
        if {[regexp {\s__ksymtab(_gpl)?\s.*\s__ksymtab_(\S+)$} $line - - symbol]} {
            dict set checksums $symbol 0x00000000
        }
    }
    foreach line $table {
        if {[regexp {^([0-9a-f]+) .*\s(__kcrctab\w*)\s.*\s__crc_(\S+)$} $line - offset section symbol]} {
            binary scan $bytes($section) @[scan $offset %x]iu checksum
            dict set checksums $symbol [format 0x%08x $checksum]
        }
    }
    return $checksums
}

# Check that the symbols of the built kvm.ko have the checksums of Debian's.  Other
# modules that use them, such as kvmgt, don't load otherwise.  But kvm_init, which only
# vendor modules use, must have another name, so that Debian's vendor modules don't load.
proc debian_checksums {line} {
    global debian
    set version [debian_version $line]
    set ours [module_checksums $debian/dkms/$version/kvm.ko]
    set wrong {}
    set nr 0
    foreach text [split [read_file $debian/root/usr/src/linux-headers-$version/Module.symvers] \n] {
        lassign [split $text \t] checksum symbol module
        if {$module ne "arch/x86/kvm/kvm"} continue
        if {$symbol eq "kvm_init"} {
            if {[dict exists $ours kvm_init] || [llength [lsearch -all -regexp [dict keys $ours] {^kvm_init_\d+$}]] != 1} {
                lappend wrong kvm_init
            }
            continue
        }
        incr nr
        if {![dict exists $ours $symbol] || [dict get $ours $symbol] ne $checksum} { lappend wrong $symbol }
    }
    tap_ok [expr {$nr > 300 && $wrong eq ""}] \
        "$version: the $nr symbols that Debian's kvm.ko exports have the checksums that other modules need" \
        "[llength $wrong] differ: [lrange $wrong 0 9]"
}

# Boot a host with the Debian kernel of the series `line` for each of `parts`, which are
# those of tests/target/packages.  The host doesn't compile: it gets the modules that
# DKMS has built.
proc debian_packages {line parts} {
    global debian built guests harness description
    set version [debian_version $line]
    debian_checksums $line
    set over [debian_over]
    file mkdir $over/packages $over/guests/bare
    file copy {*}[glob $guests/bare/*.elf] $over/guests/bare/
    file copy $debian/dkms/$version.tar.gz $debian/dkms/root/root/package.deb $over/packages/
    file copy {*}[glob $debian/dkms/$version-others/*.ko] $over/packages/
    file copy [glob $debian/dkms/sources/linux-source-${line}_*.deb] $over/packages/source.deb
    file copy [glob $built/packages/kvm-exits_*.deb] $over/packages/kvm-exits.deb
    # The program behind "make install", and what it reads
    file copy $harness/../kernel-patch/packages/install $harness/../kernel-patch/packages/dkms $over/packages/
    foreach folder [glob -tails -directory $harness/../kernel-patch/patches *] {
        file mkdir $over/patches/$folder
    }
    foreach part $parts {
        debian_inside packages-$part $line [list $over] program tests/target/packages arguments $part limit 1500
    }
}
