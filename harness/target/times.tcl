# SPDX-License-Identifier: GPL-2.0
# How long exits took, as KVM's files exit_times in debugfs say.

# Read the file `path`.  Returns a dict: reason, then a dict: number, sum, max,
# fastpath, kernel, user, halted, sched_out, buckets; the times in nanoseconds.
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

# The sum of the figure `name` over all reasons.
proc times_sum {times name} {
    return [expr [join [concat 0 [lmap {- figures} $times { dict get $figures $name }]] +]]
}
