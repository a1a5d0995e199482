# SPDX-License-Identifier: GPL-2.0
# VMs that live while tests read their counts: from debugfs and from QEMU.

set debugfs /sys/kernel/debug/kvm
set port 4000

# Start a guest, with a QMP server at the next port.
proc start {guest} {
    global port guest_text
    incr port
    spawn -noecho {*}[guest_command $guest] -qmp tcp:127.0.0.1:$port,server=on,wait=off
    set guest_text($spawn_id) ""
    return $spawn_id
}

# Ask the guest at `port`.  Returns the answer.
proc qmp {port command} {
    set socket [socket 127.0.0.1 $port]
    gets $socket
    foreach text [list {{"execute": "qmp_capabilities"}} $command] {
        puts $socket $text
        flush $socket
        # Events may come first.
        while {[gets $socket answer] >= 0 && ![regexp {^\{"(return|error)"} $answer]} {}
    }
    close $socket
    if {![regexp {^\{"return"} $answer]} {
        error "QMP $command: $answer"
    }
    return $answer
}

# Read a file of counts.  Returns a dict: reason, then a list of total and L2.
proc counts {path} {
    set counts {}
    foreach {- reason total l2} [klog_rows [split [read_file $path] \n]] {
        dict set counts $reason [list $total $l2]
    }
    return $counts
}

# KVM's statistic `name` of the vCPUs of the guest at `port`: QEMU's answer.
proc query_stat {port name} {
    return [qmp $port "{\"execute\": \"query-stats\", \"arguments\": {\"target\": \"vcpu\", \"providers\": \[{\"provider\": \"kvm\", \"names\": \[\"$name\"\]}\]}}"]
}

# The same of a statistic that is a number, of a guest with one vCPU.
proc query_number {port name} {
    regexp {"value": ([0-9]+)} [query_stat $port $name] - number
    return $number
}

# The histogram `name` of each vCPU of the guest at `port`, a list of counts by slot, as
# QEMU reports them; but QEMU lists the last bucket first.
proc query_stats {port name} {
    set answer [query_stat $port $name]
    set histograms {}
    foreach {- list} [regexp -all -inline {"value": \[([0-9, ]+)\]} $answer] {
        lappend histograms [lreverse [split [string map {" " ""} $list] ,]]
    }
    return $histograms
}

# The same from debugfs: of each vCPU of the VM of the process `pid`.
proc read_slots {pid index} {
    global debugfs
    foreach {slot code reason} [read_file $debugfs/exit_reasons] {
        set slot_of($reason) $slot
    }
    set histograms {}
    foreach path [lsort [glob $debugfs/$pid-*/vcpu*/exit_counters]] {
        set histogram [lrepeat 201 0]
        dict for {reason pair} [counts $path] {
            lset histogram $slot_of($reason) [lindex $pair $index]
        }
        lappend histograms $histogram
    }
    return $histograms
}
