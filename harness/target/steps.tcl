# SPDX-License-Identifier: GPL-2.0
# An experiment's steps, run on the instrumented host itself.

# The vendor's exit reasons, and its module
if {[regexp {\ysvm\y} [read_file /proc/cpuinfo]]} {
    set isa svm
    set vendor kvm-amd
} else {
    set isa vmx
    set vendor kvm-intel
}

# How it is loaded: an emulated host has no other modules.
set load [list insmod /lib/modules/$vendor.ko]
set tracing /sys/kernel/tracing/events/kvm/kvm_exit
set times_file /sys/kernel/debug/kvm/exit_times
set times_parameter /sys/module/kvm/parameters/exit_times

# The parameters that a step wants the vendor's module to be loaded with.
proc step_parameters {step} {
    set guest [lindex [dict get $step guests] 0]
    return [expr {[dict exists $guest parameters] ? [dict get $guest parameters] : ""}]
}

# Load the vendor's module anew, with `parameters`.
proc reload {parameters} {
    global vendor load
    exec rmmod $vendor
    exec {*}$load {*}$parameters
}

# What the VMs of the guests with the spawn ids `ids` have counted until now.  Returns
# the texts of their files in debugfs.
proc vm_dumps {ids} {
    return [lmap id $ids {
        read_file [glob /sys/kernel/debug/kvm/[exp_pid -i $id]-*/exit_counters]
    }]
}

# What debugfs told at the begin and the end of the step `name`, as a log.
proc step_log {name text} {
    return "kvm_exits_step: begin $name\n${text}kvm_exits_step: end $name\n"
}

# Have a dump in the log.  Returns how long exits took until then, if `times`.
proc step_dump {times} {
    global times_file
    klog_dump
    return [expr {$times ? [read_file $times_file] : ""}]
}

# Run one step: a dump before, the guests, a dump after.  Returns two logs.  The first
# has what the VM of each guest has counted in between, with its name as that of a step;
# it is empty if there is one guest, or the step counts the guests' whole life.  The
# second has how long the step's exits took; it is empty without `times`.
proc run_step {step times} {
    set guests [dict get $step guests]
    set work [expr {[dict get $step span] eq "work"}]
    set by_vm [expr {$work && [llength $guests] > 1}]
    set name [dict get $step name]
    set took ""
    set ids {}

    klog_write "kvm_exits_step: begin $name"
    if {!$work} { append took [step_dump $times] }
    foreach guest $guests {
        lappend ids [guest_start $guest]
    }
    foreach guest $guests id $ids {
        if {[dict get $guest kind] eq "linux"} {
            guest_expect $id [dict get $guest name] ready
        }
    }
    if {$by_vm} {
        set before [vm_dumps $ids]
    }
    if {$work} { append took [step_dump $times] }
    foreach guest $guests id $ids {
        if {[dict get $guest kind] eq "linux"} {
            guest_go $id
        }
    }
    foreach guest $guests id $ids {
        if {[dict get $guest kind] eq "linux"} {
            guest_expect $id [dict get $guest name] done
        }
    }
    if {$work} {
        append took [step_dump $times]
        klog_write "kvm_exits_step: end $name"
    }
    set vms ""
    if {$by_vm} {
        foreach guest $guests one $before other [vm_dumps $ids] {
            append vms [step_log [dict get $guest name] $one$other]
        }
    }
    foreach guest $guests id $ids {
        if {[dict get $guest kind] eq "linux"} {
            guest_bye $id
        }
    }
    foreach guest $guests id $ids {
        guest_wait $id [dict get $guest name] [expr {[dict get $guest kind] eq "bare"}]
    }
    if {!$work} {
        append took [step_dump $times]
        klog_write "kvm_exits_step: end $name"
    }
    return [list $vms [expr {$times ? [step_log $name $took] : ""}]]
}

# Have the kernel count exits by reason with its own kvm_exit tracepoint, from 0.
proc histogram_begin {} {
    global tracing
    catch {write_file $tracing/trigger !hist:keys=exit_reason:size=2048\n}
    write_file $tracing/trigger hist:keys=exit_reason:size=2048\n
}

# Returns what it has counted since, as the kernel shows it.
proc histogram {} {
    global tracing
    return [read_file $tracing/hist]
}
