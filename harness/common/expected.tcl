# SPDX-License-Identifier: GPL-2.0
# What bare guests cause, by their own word: see guests/bare/lib/bare.h.

# Read what the guests of the folder `dir` cause where exit reasons are those of
# `isa`.  Returns a dict from guest to a dict: reasons, a dict from reason to the
# exits of one unit, and parameters, a list of the vendor module's.  Guests that are
# not for this isa are left out.  Throws a sentence about a file that makes no sense.
proc expected_read {dir isa} {
    set expected {}
    foreach path [lsort [glob -nocomplain $dir/*.expected]] {
        set guest [file rootname [file tail $path]]
        set reasons {}
        set parameters {}
        set named no
        foreach field [string trim [read_file $path]] {
            if {![regexp {^(svm|vmx)(-parameters)?:(\S+)$} $field - whose kind list]} {
                error "$path: what is \"$field\"?"
            }
            if {$whose ne $isa} continue
            if {$kind ne ""} {
                set parameters [split $list ,]
                continue
            }
            set named yes
            if {$list eq "none"} continue
            foreach word [split $list ,] {
                if {![regexp {^(\w+)(?:\*([1-9][0-9]*))?$} $word - reason times]} {
                    error "$path: want REASON or REASON*K, not \"$word\""
                }
                dict incr reasons $reason [expr {$times eq "" ? 1 : $times}]
            }
        }
        if {$named} {
            dict set expected $guest [dict create reasons $reasons parameters $parameters]
        }
    }
    return $expected
}
