# SPDX-License-Identifier: GPL-2.0
# Test points of tests that run on a host, sent in its report

# Report the test point `what`.  `why` is sent if it failed.
proc check {ok what {why ""}} {
    set verdict [expr {$ok ? "ok" : "not"}]
    report_line tap $verdict - $what[expr {$ok || $why eq "" ? "" : " ## [string map {\n { }} $why]"}]
}

# Report a test point that can't run on this host.  `why` is the reason.
proc skip {what why} {
    report_line tap skip - "$what ## $why"
}

# Send a note.
proc note {text} {
    report_line tap $text
}

# Run the bare guest `name` with `units` until it ends.
proc run_bare {name units} {
    set id [guest_start [dict create kind bare name $name units $units]]
    guest_wait $id $name 1
}

# Run the Linux guest `name` with `units` until it ends.
proc run_linux {name units} {
    set id [guest_start [dict create kind linux name $name units $units]]
    guest_expect $id $name ready
    guest_go $id
    guest_expect $id $name done
    guest_bye $id
    guest_wait $id $name 0
}

# Load and unload a module.  `module` is its name without .ko.
proc load_module {module args} {
    exec insmod /lib/modules/$module.ko {*}$args 2>@1
}
proc unload {module} {
    exec rmmod $module 2>@1
}

# Returns the name of the vendor's module for this host's processor.
proc vendor_module {} {
    return [expr {[regexp {\ysvm\y} [read_file /proc/cpuinfo]] ? "kvm-amd" : "kvm-intel"}]
}

# Returns the lines of the debugfs file kvm/exit_counters.
proc debugfs_dump {} {
    return [split [string trim [read_file /sys/kernel/debug/kvm/exit_counters]] \n]
}
