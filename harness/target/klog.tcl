# SPDX-License-Identifier: GPL-2.0
# Read and write the kernel log, trigger dumps by SysRq, and parse them

# Open the log.  The first klog_read returns all lines since boot.
proc klog_open {} {
    global klog
    set klog(file) [open /dev/kmsg {RDONLY NONBLOCK}]
    fconfigure $klog(file) -translation binary -buffering none
    set klog(lines) {}
    set klog(rest) ""
}

# Returns the lines that were logged since the last call, in dmesg's format, and appends
# them to klog(lines).  Throws an error if records were overwritten before they were
# read.
proc klog_read {} {
    global klog
    set new {}
    while {1} {
        if {[catch {read $klog(file) 8192} text]} {
            error "the kernel log overran before it was read, boot with a larger log_buf_len=: $text"
        }
        if {$text eq ""} break
        append klog(rest) $text
    }
    set records [split $klog(rest) \n]
    set klog(rest) [lindex $records end]
    foreach record [lrange $records 0 end-1] {
        # "level,sequence,microseconds,flags;text".  Lines that start with a blank
        # are a record's dictionary.
        if {[regexp {^[0-9]+,[0-9]+,([0-9]+),[^;]*;(.*)$} $record - us text]} {
            lappend new [format {[%5d.%06d] %s} [expr {$us / 1000000}] [expr {$us % 1000000}] $text]
        }
    }
    lappend klog(lines) {*}$new
    return $new
}

# Write one line to the kernel log, in a single write with its newline: readers see a
# record without a newline only when the next one begins.  Open the log for each line,
# because the kernel limits the rate of each open file.
proc klog_write {text} {
    write_file /dev/kmsg $text\n
}

# Returns the SysRq key that dumps the exit counters.
proc klog_key {} {
    return [string trim [read_file /sys/module/kvm/parameters/exit_counters_key]]
}

# Trigger a dump by /proc/sysrq-trigger.  Returns its lines without time stamps.  Throws
# an error if the log has no complete dump afterwards.
proc klog_dump {} {
    klog_read
    set key [klog_key]
    set trigger [open /proc/sysrq-trigger w]
    puts -nonewline $trigger $key
    close $trigger
    return [klog_dump_in [klog_read] "after echo $key > /proc/sysrq-trigger"]
}

# Returns the lines of the one dump in `lines`, without time stamps.  Throws an error,
# which ends with `when`, if there is no complete dump.
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
        error "the dump of exit counters has no end line $when"
    }
    return $dump
}

# Returns the rows of a dump: a flat list of code, reason, total and L2.
proc klog_rows {dump} {
    set rows {}
    foreach line $dump {
        if {[regexp {^kvm_exits: [0-9]+ +(0x[0-9a-f]+|-?[0-9]+)  (\S+) +([0-9]+) +\+[0-9]+(?: +([0-9.]+))?$} $line - code reason total l2]} {
            lappend rows $code $reason $total [expr {$l2 in {"" .} ? 0 : $l2}]
        }
    }
    return $rows
}

# Returns the counts of a dump: a dict from reason to total.
proc klog_counts {dump} {
    set counts {}
    foreach {- reason total -} [klog_rows $dump] {
        dict set counts $reason $total
    }
    return $counts
}
