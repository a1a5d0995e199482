# SPDX-License-Identifier: GPL-2.0
# The expected exits of bare guests, in the format that guests/bare/lib/bare.h specifies

# Read the expected exits of the guests in the folder `dir` on hosts with `isa`, svm or
# vmx.  Returns a dict from guest to a dict: reasons, a dict from reason to the exits of
# one unit; and parameters, a list of parameters for the vendor's module.  Guests that
# do not name this isa are skipped.  Throws an error that names a file it can't parse.
proc expected_read {dir isa} {
    set expected {}
    foreach path [lsort [glob -nocomplain $dir/*.expected]] {
        set guest [file rootname [file tail $path]]
        set reasons {}
        set parameters {}
        set named no
        foreach field [string trim [read_file $path]] {
            if {![regexp {^(svm|vmx)(-parameters)?:(\S+)$} $field - whose kind list]} {
                error "$path: expected svm:LIST, vmx:LIST, svm-parameters:LIST or vmx-parameters:LIST, not \"$field\""
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
                    error "$path: expected REASON or REASON*K, not \"$word\""
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
