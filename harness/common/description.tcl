# SPDX-License-Identifier: GPL-2.0
# Description files: of hosts and experiments.

# Read a description file into a dict.  A line is a word and its value; `#` starts
# a comment line.  Values of a word that occurs again are joined by a blank,
# but for those of the words in `lists`, which are kept apart as a Tcl list.
#
# Returns the dict.  Throws a sentence that names the file if it can't be read,
# or lacks one of the words in `required`.
proc description_read {path required {lists {}}} {
    if {[catch {open $path} file]} {
        error "can't read $path: $file"
    }
    set description {}
    while {[gets $file line] >= 0} {
        if {[regexp {^\s*(#|$)} $line]} continue
        if {![regexp {^(\S+)\s+(\S.*?)\s*$} $line - word value]} {
            close $file
            error "$path: a word and its value are wanted on each line, not \"$line\""
        }
        if {$word in $lists} {
            dict lappend description $word $value
        } elseif {[dict exists $description $word]} {
            dict append description $word " $value"
        } else {
            dict set description $word $value
        }
    }
    close $file
    foreach word $required {
        if {![dict exists $description $word]} {
            error "$path: no line says $word"
        }
    }
    return $description
}

# Read the file `name` of the folder `dir`, which holds one file a `kind` (a
# noun for messages).  Throws a sentence that lists those there are.
proc description_named {kind dir name required {lists {}}} {
    if {$name ni [description_names $dir]} {
        error "no $kind is called \"$name\": there are [join [description_names $dir] {, }]"
    }
    return [description_read [file join $dir $name] $required $lists]
}

# Returns the sorted names of the files in `dir`.
proc description_names {dir} {
    return [lsort [glob -nocomplain -tails -directory $dir *]]
}

# Fill each %NAME% of `text` in from the dict `values`.
# Throws a sentence if a name has no value.
proc description_fill {text values} {
    dict for {name value} $values {
        set text [string map [list %$name% $value] $text]
    }
    if {[regexp {%[a-z]+%} $text left]} {
        error "nothing to fill $left in with"
    }
    return $text
}

# Read the experiment `name`.  `expected` is what expected_read returns for the bare
# guests there are.  Returns a dict: about, cpus, times (are they taken?), units (of
# "each", if it has that), and steps, a list of dicts with name, span and guests; a
# guest is a dict with kind, name and, where given, units, cpus, disk, net,
# parameters.  Throws a sentence about what is wrong.
proc experiment_read {dir name expected} {
    set description [description_named experiment $dir $name {about cpus} {step each times}]
    set experiment [dict create about [dict get $description about] cpus [dict get $description cpus]]
    set times [expr {[dict exists $description times] ? [dict get $description times] : "off"}]
    if {$times ni {on off}} {
        error "experiment $name: want one \"times on\", not \"times [join $times {, }]\""
    }
    dict set experiment times [expr {$times eq "on"}]
    set steps {}
    if {[dict exists $description step]} {
        foreach line [dict get $description step] {
            lappend steps [experiment_step $name $line]
        }
    }
    if {[dict exists $description each]} {
        foreach line [dict get $description each] {
            if {![regexp {^bare/\* +units=([1-9][0-9]*)$} $line - units]} {
                error "experiment $name: want \"each bare/* units=N\", not \"each $line\""
            }
            dict set experiment units $units
            dict for {guest cause} $expected {
                foreach n [list 0 $units] {
                    lappend steps [dict create name $guest-$n span life guests [list \
                        [dict create kind bare name $guest units $n parameters [dict get $cause parameters]]]]
                }
            }
        }
    }
    if {$steps eq ""} {
        error "experiment $name: no line says step, or each"
    }
    return [dict set experiment steps $steps]
}

# Read what follows the word "step" in the experiment `name`.  Returns the step.
proc experiment_step {name line} {
    set words [lassign $line step span]
    if {![regexp {^[A-Za-z0-9_.+-]+$} $step] || $span ni {life work}} {
        error "experiment $name: want \"step NAME life|work GUEST...\", not \"step $line\""
    }
    set guests {}
    foreach part [split [join $words] +] {
        set options [lassign $part guest]
        if {![regexp {^(bare|linux)/([a-z0-9-]+)$} $guest - kind program]} {
            error "experiment $name, step $step: \"$guest\" is neither bare/NAME nor linux/NAME"
        }
        set one [dict create kind $kind name $program]
        foreach option $options {
            if {![regexp {^(?:(units|cpus)=([0-9]+)|(disk|net))$} $option - word value flag]} {
                error "experiment $name, step $step: what is \"$option\"?"
            }
            dict set one $word$flag [expr {$flag eq "" ? $value : 1}]
        }
        lappend guests $one
    }
    return [dict create name $step span $span guests $guests]
}
