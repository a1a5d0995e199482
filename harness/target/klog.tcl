# SPDX-License-Identifier: GPL-2.0
# The kernel log of the machine that this runs on, the SysRq trigger, and the
# dumps of exit counters that come of it.

# Open the log.  All that it holds since boot is read by klog_read.
proc klog_open {} {
    global klog
    set klog(file) [open /dev/kmsg {RDONLY NONBLOCK}]
    fconfigure $klog(file) -translation binary -buffering none
    set klog(lines) {}
    set klog(rest) ""
}

# Read what came since the last call.  Adds to klog(lines), in dmesg's form, and
# returns those lines that are new.  Throws if records were overwritten before
# they could be read.
proc klog_read {} {
    global klog
    set new {}
    while {1} {
        if {[catch {read $klog(file) 8192} text]} {
            error "the kernel log overran before it was read (boot with a larger log_buf_len=): $text"
        }
        if {$text eq ""} break
        append klog(rest) $text
    }
    set records [split $klog(rest) \n]
    set klog(rest) [lindex $records end]
    foreach record [lrange $records 0 end-1] {
        # "level,sequence,microseconds,flags;text"; lines with a blank in
        # front are a record's dictionary.
        if {[regexp {^[0-9]+,[0-9]+,([0-9]+),[^;]*;(.*)$} $record - us text]} {
            lappend new [format {[%5d.%06d] %s} [expr {$us / 1000000}] [expr {$us % 1000000}] $text]
        }
    }
    lappend klog(lines) {*}$new
    return $new
}

# Write one line to the kernel log.  It has to come in one piece, newline and
# all: a record without one isn't shown to readers before the next begins.  The
# log is opened for each, as the kernel limits what comes by one opening of it.
proc klog_write {text} {
    write_file /dev/kmsg $text\n
}

# The key that shows the exit counters.
proc klog_key {} {
    return [string trim [read_file /sys/module/kvm/parameters/exit_counters_key]]
}

# Pull the SysRq trigger, and wait for the dump to be in the log whole.
# Returns its lines without time stamps.  Throws a sentence if none came.
proc klog_dump {} {
    klog_read
    set key [klog_key]
    set trigger [open /proc/sysrq-trigger w]
    puts -nonewline $trigger $key
    close $trigger
    return [klog_dump_in [klog_read] "after echo $key > /proc/sysrq-trigger"]
}

# Find one whole dump in `lines`.  Returns its lines without time stamps.
# Throws a sentence that says `when` if there is none.
proc klog_dump_in {lines when} {
    set dump {}
    foreach line $lines {
        if {[regexp {\] (kvm_exits: [0-9]+ .*)$} $line - text]} {
            lappend dump $text
        }
    }
    if {![string match "*begin format=2 *" [lindex $dump 0]]} {
        error "no dump of exit counters began $when"
    }
    if {![regexp {end rows=[0-9]+ } [lindex $dump end]]} {
        error "the dump of exit counters has no end $when"
    }
    return $dump
}

# The rows of a dump's lines: a flat list of code, reason, total and L2.
proc klog_rows {dump} {
    set rows {}
    foreach line $dump {
        if {[regexp {^kvm_exits: [0-9]+ +(0x[0-9a-f]+|-?[0-9]+)  (\S+) +([0-9]+) +\+[0-9]+(?: +([0-9.]+))?$} $line - code reason total l2]} {
            lappend rows $code $reason $total [expr {$l2 in {"" .} ? 0 : $l2}]
        }
    }
    return $rows
}

# The counts of a dump's lines, as a dict from reason to total.
proc klog_counts {dump} {
    set counts {}
    foreach {- reason total -} [klog_rows $dump] {
        dict set counts $reason $total
    }
    return $counts
}
