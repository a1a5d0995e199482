# SPDX-License-Identifier: GPL-2.0
# Hosts that run Debian's own kernel and userland, for tests: after tap.tcl.

set debian $built/debian

# Returns the version of Debian's kernel of a line, "6.12" or "6.1".
proc debian_version {line} {
    global debian
    set found [glob -nocomplain -tails -directory $debian/root/lib/modules $line.*]
    if {[llength $found] != 1} {
        error "there is not one kernel $line in $debian/root, but: [join $found {, }]"
    }
    return [lindex $found 0]
}

# Boot a host with Debian's kernel of a line, as tap_inside does with the product's.
# `over` is a list of folders that are laid over its root file system.
proc debian_inside {name line over args} {
    global debian facts
    # The root file system is in memory, and it is larger than the product's.
    dict set facts memory [expr {2 * [dict get $facts memory]}]
    set ::debian_line $line
    return [tap_inside $name kernel $debian/box/vmlinuz-[debian_version $line] \
        root [concat $debian/box/root $over] {*}$args]
}

# Make a folder that is laid over a root file system: the tests' parts that run inside.
# Returns it.
proc debian_over {} {
    global build tests tap_name
    set over $build/check/over-$tap_name
    file delete -force $over
    file mkdir $over/harness/tests
    file copy $tests/inside $over/harness/tests/inside
    return $over
}
