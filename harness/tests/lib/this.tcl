# SPDX-License-Identifier: GPL-2.0
# HOST=this, run on emulated hosts.  Source after tap.tcl.

# Returns the state of a real host that a run must not change, as text.
proc real_state {} {
    global description
    set module [expr {[dict get $description isa] eq "svm" ? "kvm_amd" : "kvm_intel"}]
    set state ""
    foreach path [lsort [glob -nocomplain /sys/module/{kvm,$module}/parameters/* /proc/sys/kernel/{printk,sysrq} \
        /sys/kernel/tracing/events/kvm/kvm_exit/{trigger,enable}]] {
        catch {append state "$path [read_file $path]"}
    }
    return "$state[glob -nocomplain /sys/kernel/tracing/instances/*]"
}

# Returns `description` with a kernel command line as on a real host: the log has the
# default size, /dev/kmsg is rate-limited, and kernel.sysrq applies.
proc real_plain {description} {
    dict set description append [regsub -all { (sysrq_always_enabled|log_buf_len=\S+|printk\.devkmsg=\S+)} [dict get $description append] ""]
    return $description
}

# Make a folder to copy over a root file system: /this has the harness and the built
# files that HOST=this needs, and /usr/lib their libraries.  With `make`, /this is a
# whole checkout.  `programs` go to /usr/bin.  Returns the folder.
proc real_over {make {programs {}}} {
    global build harness tests tool root tap_name
    set over $build/check/this-$tap_name
    set checkout $over/this
    file delete -force $over
    file mkdir $over/usr/bin $over/usr/lib $over/harness/tests $checkout/build/image/root $checkout/build/kvm-exits \
        $checkout/build/run
    file copy $tests/target $over/harness/tests/target
    foreach part [concat harness results [expr {$make ? {Makefile guests kernel-patch} : ""}]] {
        file copy $harness/../$part $checkout/$part
    }
    file delete -force {*}[glob -nocomplain $checkout/results/this-*]
    foreach part {harness guests} {
        file copy $root/$part $checkout/build/image/root/$part
    }
    file copy $tool $checkout/build/kvm-exits/
    foreach program $programs {
        file copy [lindex [auto_execok $program] 0] $over/usr/bin/$program
    }
    foreach program [concat $tool [glob -nocomplain $over/usr/bin/*]] {
        foreach {- library} [regexp -all -inline {=> (/\S+)} [exec ldd $program]] {
            if {![string match libc.so.* [file tail $library]]} {
                exec cp -L $library $over/usr/lib/
            }
        }
    }
    return $over
}

# As real_over without make, plus the KVM modules where modprobe finds them.  Returns
# the folder.
proc real_over_product {} {
    global build
    set over [real_over no setpriv]
    set modules [glob $build/kernel/modules/*.ko]
    set release [lindex [exec modinfo -F vermagic [lindex $modules 0]] 0]
    file mkdir $over/lib/modules/$release
    file copy {*}$modules $over/lib/modules/$release
    # Ignore the warnings about the missing modules.order and modules.builtin.
    exec depmod -b $over $release 2>/dev/null
    return $over
}

# Check the report of a host that ran tests/target/this with `experiments`.  `name` is
# part of the folder for its files.
proc real_check {name report experiments} {
    global build harness host description root
    set expected [expected_read $root/guests/bare [dict get $description isa]]
    set tolerance {interrupt EXTERNAL_INTERRUPT nmi}
    foreach experiment $experiments {
        set folder $build/check/this/$host-$name/$experiment
        file mkdir $folder
        foreach {file from} {exits.csv csv dmesg.log log} {
            if {![dict exists $report files $experiment.$from]} {
                tap_ok no "$experiment: the host sends its results" "there is no $experiment.$from"
                return
            }
            write_file $folder/$file [dict get $report files $experiment.$from]
        }
        # The exit reasons must be those of the emulated host's own run, except for
        # interrupts, which depend on its clock.
        foreach {from set} [list $folder here $harness/../results/$host/$experiment there] {
            set $set {}
            dict for {step reasons} [counts_steps $from] {
                # Guests that need other module parameters were skipped.
                if {![dict exists [counts_steps $folder] $step]} continue
                lappend $set {*}[dict keys $reasons]
            }
            set $set [lsort -unique [lmap reason [set $set] {
                if {$reason in $tolerance} continue
                set reason
            }]]
        }
        tap_ok [expr {[llength $here] > 3 && $here eq $there}] \
            "$experiment: the exit reasons are those of results/$host" "$here\nbut in results: $there"
        foreach step [dict keys [counts_steps $folder]] {
            if {![regexp {^(.*)-([1-9]\d*)$} $step - guest units] || ![dict exists $expected $guest]} continue
            set wrong [counts_bare $folder [dict get $expected $guest] $guest $units $tolerance]
            tap_ok [expr {[llength $wrong] == 0}] "$units units of bare/$guest cause $units times [dict get $expected $guest reasons]" \
                [join $wrong \n]
        }
    }
    if {"coverage" in $experiments} {
        foreach {file pattern} {left.md {was skipped because it needs the module with .*RELOAD=1} coverage.md {\| `shadow-paging` \| \w+=} } {
            set text [expr {[dict exists $report files $file] ? [dict get $report files $file] : "none"}]
            tap_ok [regexp $pattern $text] "$file matches \"$pattern\"" $text
        }
    }
    write_file $build/check/this/$host-$name/said [expr {[dict exists $report files said] ? [dict get $report files said] : ""}]
}
