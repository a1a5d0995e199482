# SPDX-License-Identifier: GPL-2.0
# Other builds of the kvm modules, for the same kernel: tests only.

# Run `script` while no other test uses the copied tree.  Returns what it does.
proc variant_alone {script} {
    global build
    file mkdir $build/check
    # cat has the lock, and ends when we close the pipe, or end.
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

# Returns the folder of a copy of the product's kernel tree, built, for tests to
# change: made anew when the product is.  To be called in variant_alone.
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

# Returns the modules without the exit counters, as variant_modules does.
proc variant_uncounted {} {
    return [variant_modules uncounted {
        exec $tree/scripts/config --file $tree/.config --disable KVM_EXIT_COUNTERS
        exec make -C $tree olddefconfig
    }]
}

# Build the modules of `name` and return them as a list of files.  `change` is a
# script that changes the tree in `tree`, which is variant_tree's and holds the
# previous variant's changes no longer.
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
        # Undo what another variant changed.  *.mod.c are made by the build, each tree its own.
        foreach path [concat .config [glob -tails -directory $build/linux arch/x86/kvm/{.,vmx,svm}/*.{c,h}]] {
            if {![string match *.mod.c $path] && [read_file $build/linux/$path] ne [read_file $tree/$path]} {
                file copy -force $build/linux/$path $tree/$path
                file mtime $tree/$path [clock seconds]
            }
        }
        tap_note "building the kvm modules \"$name\""
        uplevel 1 [list set tree $tree]
        uplevel 1 $change
        if {[catch {exec make -C $tree {*}$kbuild_args modules > $build/check/$name.log 2>@1}]} {
            error "the modules \"$name\" don't build; the full log is $build/check/$name.log"
        }
        file delete -force $out
        file mkdir $out
        foreach module [exec find $tree/arch/x86/kvm $tree/virt -name *.ko] {
            file copy $module $out/
        }
    }
    return [glob $out/*.ko]
}
