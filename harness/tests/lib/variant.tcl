# SPDX-License-Identifier: GPL-2.0
# Variants of the KVM modules for the host's kernel, for tests only

# Run `script` while no other test uses variant_tree.  Returns the script's result.
proc variant_alone {script} {
    global build
    file mkdir $build/check
    # cat holds the lock.  It ends when the pipe is closed or this process ends.
    set lock [open "|flock $build/check/linux.lock cat" r+]
    try {
        puts $lock locked
        flush $lock
        gets $lock
        return [uplevel 1 $script]
    } finally {
        close $lock
    }
}

# Returns the folder of a copy of the built kernel tree that tests may change.  Copies
# again after the kernel was rebuilt.  Call it in variant_alone.
proc variant_tree {} {
    global build
    set tree $build/check/linux
    if {![file exists $tree.copied] || [file mtime $tree.copied] < [file mtime $build/kernel/bzImage]} {
        tap_note "copying the kernel tree"
        file mkdir $build/check
        exec rm -rf $tree $tree.new
        exec cp -a --reflink=auto $build/linux $tree.new
        file rename $tree.new $tree
        write_file $tree.copied ""
    }
    return $tree
}

# Build the modules without the exit counters.  Returns a list of files.
proc variant_uncounted {} {
    return [variant_modules uncounted {
        exec $tree/scripts/config --file $tree/.config --disable KVM_EXIT_COUNTERS
        exec make -C $tree olddefconfig
    }]
}

# Build the modules of the variant `name`.  Returns a list of files.  `change` is a
# script that changes the kernel tree in the folder `tree`, a copy without the changes
# of other variants.  Throws if the build fails.
proc variant_modules {name change} {
    global build tests kbuild_args
    set out $build/check/modules-$name
    set fresh [file exists $out/kvm.ko]
    foreach source [list $build/kernel/bzImage $tests/lib/variant.tcl [info script] {*}[glob -nocomplain $tests/defects/$name.patch]] {
        if {$fresh && [file mtime $out/kvm.ko] <= [file mtime $source]} {
            set fresh no
        }
    }
    if {$fresh} {
        return [glob $out/*.ko]
    }
    variant_alone {
        set tree [variant_tree]
        # Undo the changes of the previous variant.  The build generates *.mod.c.
        foreach path [concat .config [glob -tails -directory $build/linux arch/x86/kvm/{.,vmx,svm}/*.{c,h}]] {
            if {![string match *.mod.c $path] && [read_file $build/linux/$path] ne [read_file $tree/$path]} {
                file copy -force $build/linux/$path $tree/$path
                file mtime $tree/$path [clock seconds]
            }
        }
        tap_note "building the KVM modules of the variant \"$name\""
        uplevel 1 [list set tree $tree]
        uplevel 1 $change
        if {[catch {exec make -C $tree {*}$kbuild_args modules > $build/check/$name.log 2>@1}]} {
            error "can't build the KVM modules of the variant \"$name\"; the full log is $build/check/$name.log"
        }
        file delete -force $out
        file mkdir $out
        foreach module [exec find $tree/arch/x86/kvm $tree/virt -name *.ko] {
            file copy $module $out/
        }
    }
    return [glob $out/*.ko]
}
