# SPDX-License-Identifier: GPL-2.0
# Read the times of exits from KVM's debugfs files exit_times

# Read the file `path`.  Returns a dict from reason to a dict: number, sum, max,
# fastpath, kernel, user, halted, sched_out and buckets; times are in nanoseconds.
proc times_read {path} {
    set times {}
    foreach line [split [read_file $path] \n] {
        if {[regexp {^kvm_exit_times: +(?:0x[0-9a-f]+|-?[0-9]+)  (\S+) +(.*)$} $line - reason rest]} {
            foreach name {number sum max fastpath kernel user halted sched_out buckets} value $rest {
                dict set times $reason $name $value
            }
        }
    }
    return $times
}

# Returns the sum of the figure `name` over all reasons.
proc times_sum {times name} {
    return [expr [join [concat 0 [lmap {- figures} $times { dict get $figures $name }]] +]]
}
