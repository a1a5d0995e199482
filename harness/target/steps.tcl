# SPDX-License-Identifier: GPL-2.0
# Run an experiment's steps on this host

# Whose exit reasons this host has, and the vendor's module
if {[regexp {\ysvm\y} [read_file /proc/cpuinfo]]} {
    set isa svm
    set vendor kvm-amd
} else {
    set isa vmx
    set vendor kvm-intel
}

# The command that loads the module: insmod, as an emulated host has no modules.dep
set load [list insmod /lib/modules/$vendor.ko]
set tracing /sys/kernel/tracing/events/kvm/kvm_exit
set times_file /sys/kernel/debug/kvm/exit_times
set times_parameter /sys/module/kvm/parameters/exit_times

# Returns the parameters that a step needs the vendor's module to be loaded with.
proc step_parameters {step} {
    global isa
    set guest [lindex [dict get $step guests] 0]
    set parameters [expr {[dict exists $guest parameters] ? [dict get $guest parameters] : ""}]
    if {[dict exists $guest paging]} {
        lappend parameters [dict get {svm npt=0 vmx ept=0} $isa]
    }
    return $parameters
}

# Set the parameters of kvm in the dict `settings`.  Returns the previous values.
# Throws an error if kvm has no such parameter or refuses the value.
proc step_settings {settings} {
    set before {}
    dict for {name value} $settings {
        set path /sys/module/kvm/parameters/$name
        dict set before $name [string trim [read_file $path]]
        write_file $path $value\n
    }
    return $before
}

# Returns the number of CPUs of this host.
proc cpus {} {
    return [regexp -all -line {^processor\y} [read_file /proc/cpuinfo]]
}

# Reload the vendor's module with `parameters`.
proc reload {parameters} {
    global vendor load
    exec rmmod $vendor
    exec {*}$load {*}$parameters
}

# Returns a list: the contents of the debugfs file `name` of each VM of the guests `ids`.
proc vm_files {ids name} {
    return [lmap id $ids {
        read_file [glob /sys/kernel/debug/kvm/[exp_pid -i $id]-*/$name]
    }]
}

# Returns the name of `guest` in the tables of VMs.
proc guest_label {guest} {
    return [dict get $guest [expr {[dict exists $guest as] ? "as" : "name"}]]
}

# Returns `text`, the debugfs dumps of the step `name`, between the marks of the step.
proc step_log {name text} {
    return "kvm_exits_step: begin $name\n${text}kvm_exits_step: end $name\n"
}

# Trigger a dump.  Returns the contents of exit_times if `times` is true, else "".
proc step_dump {times} {
    global times_file
    klog_dump
    return [expr {$times ? [read_file $times_file] : ""}]
}

# Run one step: its guests between two dumps.  Returns a list of three logs.  The first
# has two dumps of each guest's VM, with the guest's name as the step; it is empty if
# there is only one guest or the span is `life`.  The second has the times of the step's
# exits, the third those of each VM, for the same steps as the first.  Both are empty if
# `times` is false.  Throws an error if a guest fails.
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
        set before [vm_files $ids exit_counters]
        if {$times} { set times_before [vm_files $ids exit_times] }
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
    set vms_took ""
    if {$by_vm} {
        foreach guest $guests one $before other [vm_files $ids exit_counters] {
            append vms [step_log [guest_label $guest] $one$other]
        }
        if {$times} {
            foreach guest $guests one $times_before other [vm_files $ids exit_times] {
                append vms_took [step_log [guest_label $guest] $one$other]
            }
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
    return [list $vms [expr {$times ? [step_log $name $took] : ""}] $vms_took]
}

# Start the tracepoint histogram from 0.
proc histogram_begin {} {
    global tracing
    catch {write_file $tracing/trigger !hist:keys=exit_reason:size=2048\n}
    write_file $tracing/trigger hist:keys=exit_reason:size=2048\n
}

# Returns the tracepoint histogram in the kernel's format.
proc histogram {} {
    global tracing
    return [read_file $tracing/hist]
}
