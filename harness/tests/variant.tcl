# SPDX-License-Identifier: GPL-2.0
# Other builds of the kvm modules, for the same kernel: tests only.

# Build the modules of `name` and return them as a list of files.  `change` is a
# script that changes the tree in `tree`, a copy of the product's, which is
# made once and holds the previous variant's changes no longer.
proc variant_modules {name change} {
    global build tests
    set tree $build/check/linux
    set out $build/check/modules-$name
    set stamp $build/kernel/bzImage
    if {[file exists $out/kvm.ko] && [file mtime $out/kvm.ko] > [file mtime $stamp]
        && [file mtime $out/kvm.ko] > [file mtime [info script]]} {
        return [glob $out/*.ko]
    }
    if {![file exists $tree.copied] || [file mtime $tree.copied] < [file mtime $stamp]} {
        tap_note "copying the kernel tree"
        file delete -force $tree $tree.new
        exec cp -a --reflink=auto $build/linux $tree.new
        file rename $tree.new $tree
        write_file $tree.copied ""
    }
    # Undo what another variant changed.
    foreach path [concat .config [glob -tails -directory $build/linux arch/x86/kvm/{.,vmx,svm}/*.{c,h}]] {
        if {[read_file $build/linux/$path] ne [read_file $tree/$path]} {
            file copy -force $build/linux/$path $tree/$path
            file mtime $tree/$path [clock seconds]
        }
    }
    tap_note "building the kvm modules \"$name\""
    uplevel 1 [list set tree $tree]
    uplevel 1 $change
    if {[catch {exec make -C $tree -j[exec nproc] "CC=ccache gcc" "HOSTCC=ccache gcc" modules > $build/check/$name.log 2>@1}]} {
        error "the modules \"$name\" don't build; the full log is $build/check/$name.log"
    }
    file delete -force $out
    file mkdir $out
    foreach module [exec find $tree/arch/x86/kvm $tree/virt -name *.ko] {
        file copy $module $out/
    }
    return [glob $out/*.ko]
}
