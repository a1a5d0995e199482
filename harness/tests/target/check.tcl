# SPDX-License-Identifier: GPL-2.0
# Test points of tests that run on the host itself, sent over the report's port.

# Report one test point: `why` is said if it failed.
proc check {ok what {why ""}} {
    set verdict [expr {$ok ? "ok" : "not"}]
    report_line tap $verdict - $what[expr {$ok || $why eq "" ? "" : " ## [string map {\n { }} $why]"}]
}

# Say that this host can't run a test point, and why.
proc skip {what why} {
    report_line tap skip - "$what ## $why"
}

# Say something beside the test points.
proc note {text} {
    report_line tap $text
}

# Run a bare guest to its end.
proc run_bare {name units} {
    set id [guest_start [dict create kind bare name $name units $units]]
    guest_wait $id $name 1
}

# Run a Linux guest to its end.
proc run_linux {name units} {
    set id [guest_start [dict create kind linux name $name units $units]]
    guest_expect $id $name ready
    guest_go $id
    guest_expect $id $name done
    guest_bye $id
    guest_wait $id $name 0
}

# Load or unload a module by its name without .ko.
proc load_module {module args} {
    exec insmod /lib/modules/$module.ko {*}$args 2>@1
}
proc unload {module} {
    exec rmmod $module 2>@1
}

# The module that this machine's processors want.
proc vendor_module {} {
    return [expr {[regexp {\ysvm\y} [read_file /proc/cpuinfo]] ? "kvm-amd" : "kvm-intel"}]
}

# The text of kvm/exit_counters in debugfs, as lines.
proc debugfs_dump {} {
    return [split [string trim [read_file /sys/kernel/debug/kvm/exit_counters]] \n]
}
