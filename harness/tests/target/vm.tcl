# SPDX-License-Identifier: GPL-2.0
# VMs that run while tests read their counts from debugfs and from QEMU

set debugfs /sys/kernel/debug/kvm
set port 4000

# Start a guest with QMP on a pair of pipes, named by the next number: the global `port`.
# Tcl has no UNIX sockets, and the host's kernel no IP.  Returns its spawn id.
proc start {guest} {
    global port guest_text
    incr port
    exec mkfifo /tmp/qmp-$port.in /tmp/qmp-$port.out
    spawn -noecho {*}[guest_command $guest] -chardev pipe,id=qmp,path=/tmp/qmp-$port -mon chardev=qmp,mode=control
    set guest_text($spawn_id) ""
    return $spawn_id
}

# Send a QMP command to the guest at `port`.  Returns the answer; throws if that is an
# error.
proc qmp {port command} {
    set to [open /tmp/qmp-$port.in RDWR]
    set from [open /tmp/qmp-$port.out RDWR]
    # After the first time the answer to qmp_capabilities is an error, which does no harm.
    foreach text [list {{"execute": "qmp_capabilities"}} $command] {
        puts $to $text
        flush $to
        # Skip the greeting and events.
        while {[gets $from answer] >= 0 && ![regexp {^\{"(return|error)"} $answer]} {}
    }
    close $to
    close $from
    if {![regexp {^\{"return"} $answer]} {
        error "QMP $command: $answer"
    }
    return $answer
}

# Read a file exit_counters.  Returns a dict from reason to a list of the total and the
# exits from L2.
proc counts {path} {
    set counts {}
    foreach {- reason total l2} [klog_rows [split [read_file $path] \n]] {
        dict set counts $reason [list $total $l2]
    }
    return $counts
}

# Returns QEMU's answer about KVM's statistic `name` of the vCPUs of the guest at `port`.
proc query_stat {port name} {
    return [qmp $port "{\"execute\": \"query-stats\", \"arguments\": {\"target\": \"vcpu\", \"providers\": \[{\"provider\": \"kvm\", \"names\": \[\"$name\"\]}\]}}"]
}

# Returns the statistic `name`, a number, of the guest at `port`, which has one vCPU.
proc query_number {port name} {
    regexp {"value": ([0-9]+)} [query_stat $port $name] - number
    return $number
}

# Returns the statistic `name`, a histogram, of each vCPU of the guest at `port`: lists of
# counts by slot.  QEMU lists the last bucket first.
proc query_stats {port name} {
    set answer [query_stat $port $name]
    set histograms {}
    foreach {- list} [regexp -all -inline {"value": \[([0-9, ]+)\]} $answer] {
        lappend histograms [lreverse [split [string map {" " ""} $list] ,]]
    }
    return $histograms
}

# Returns the same from debugfs, for each vCPU of the VM of the process `pid`.  `index`
# is 0 for all exits and 1 for exits from L2.
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
