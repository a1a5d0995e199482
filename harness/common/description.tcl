# SPDX-License-Identifier: GPL-2.0
# Host descriptions and experiments, whose syntax is in ../README.md

# Read a description file.  Returns a dict from word to value.  If a word occurs
# again, its value is appended after a blank; the value of a word in `lists` is a Tcl
# list.  Throws an error that names the file if it can't be read, a line can't be
# parsed, or one of the words in `required` is missing.
proc description_read {path required {lists {}}} {
    if {[catch {open $path} file]} {
        error "can't read $path: $file"
    }
    set description {}
    while {[gets $file line] >= 0} {
        if {[regexp {^\s*(#|$)} $line]} continue
        if {![regexp {^(\S+)\s+(\S.*?)\s*$} $line - word value]} {
            close $file
            error "$path: expected a word and its value, not \"$line\""
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
            error "$path: the word $word is missing"
        }
    }
    return $description
}

# In a claim, a regular expression for STEP:REASON and STEP:REASON:FIELD: see
# ../README.md, "Experiments"
set claim_token {([A-Za-z0-9_.-]+):([A-Za-z]\w*(?:\+[A-Za-z]\w*)*)(?::([a-z]\w*))?}

# Read the description file `name` of the folder `dir` and return it as description_read
# does.  `kind` is the noun for error messages.  If there is no such file, throws an
# error that lists the files of `dir`.
proc description_named {kind dir name required {lists {}}} {
    if {$name ni [description_names $dir]} {
        error "unknown $kind \"$name\", use one of: [join [description_names $dir] {, }]"
    }
    return [description_read [file join $dir $name] $required $lists]
}

# Returns the sorted names of the files in `dir`.
proc description_names {dir} {
    return [lsort [glob -nocomplain -tails -directory $dir *]]
}

# Returns `text` with each %NAME% replaced by its value in the dict `values`.  Throws
# an error if a name has no value.
proc description_fill {text values} {
    dict for {name value} $values {
        set text [string map [list %$name% $value] $text]
    }
    if {[regexp {%[a-z]+%} $text left]} {
        error "there is no value for $left"
    }
    return $text
}

# Read the experiment `name`.  `expected` is the dict that expected_read returns.
#
# Returns a dict: about; cpus; kernel, "" or "variant"; times, true if times are measured; text, for the page of
# results; units, the number of the last line "each", if there is one; claims and skips,
# as experiment_claims and experiment_skips return them; and steps, a list of dicts with
# name, span, settings (a dict from parameter of kvm to value) and guests.  A guest is a
# dict with kind, name and the options that are given.  Throws an error if the file is
# not a valid experiment.
proc experiment_read {dir name expected} {
    set description [description_named experiment $dir $name {about cpus} {step each times claim skip}]
    foreach word [dict keys $description] {
        if {$word ni {about cpus kernel times text claim skip step each}} {
            error "experiment $name: unknown word \"$word\", use one of: about, cpus, kernel, times, text, claim, skip, step, each"
        }
    }
    if {![regexp {^[1-9][0-9]*$} [dict get $description cpus]]} {
        error "experiment $name: cpus must be a number from 1 up, not \"[dict get $description cpus]\""
    }
    set experiment [dict create about [dict get $description about] cpus [dict get $description cpus]]
    set kernel [expr {[dict exists $description kernel] ? [dict get $description kernel] : ""}]
    if {$kernel ni {"" variant}} {
        error "experiment $name: expected \"kernel variant\", not \"kernel $kernel\""
    }
    dict set experiment kernel $kernel
    set times [expr {[dict exists $description times] ? [dict get $description times] : "off"}]
    if {$times ni {on off}} {
        error "experiment $name: expected \"times on\", not \"times [join $times {, }]\""
    }
    dict set experiment times [expr {$times eq "on"}]
    set steps {}
    if {[dict exists $description step]} {
        foreach line [dict get $description step] {
            lappend steps [experiment_step $name $line $expected]
        }
    }
    if {[dict exists $description each]} {
        foreach line [dict get $description each] {
            if {![regexp {^bare/\* +units=([1-9][0-9]*)$} $line - units]} {
                error "experiment $name: expected \"each bare/* units=N\", not \"each $line\""
            }
            dict set experiment units $units
            dict for {guest cause} $expected {
                foreach n [list 0 $units] {
                    lappend steps [dict create name $guest-$n span life settings {} guests [list \
                        [dict create kind bare name $guest units $n parameters [dict get $cause parameters]]]]
                }
            }
        }
    }
    if {$steps eq ""} {
        error "experiment $name: it needs at least one step or each"
    }
    dict set experiment steps $steps
    dict set experiment text [expr {[dict exists $description text] ? [dict get $description text] : ""}]
    foreach word {skip claim} {
        set $word [expr {[dict exists $description $word] ? [dict get $description $word] : ""}]
    }
    set known [experiment_labels $name $steps]
    dict set experiment skips [experiment_skips $name $skip $known]
    dict set experiment claims [experiment_claims $name $claim $known]
    return $experiment
}

# Returns the names that the tables of the experiment `name` have: of `steps`, and of the
# guests of steps with several guests.  Throws an error if two guests have one name.
proc experiment_labels {name steps} {
    set labels {}
    foreach step $steps {
        set guests [dict get $step guests]
        if {[llength $guests] == 1 || [dict get $step span] ne "work"} continue
        foreach guest $guests {
            set label [dict get $guest [expr {[dict exists $guest as] ? "as" : "name"}]]
            if {$label in $labels} {
                error "experiment $name, step [dict get $step name]: two guests have the name $label: give one of them another by as=NAME"
            }
            lappend labels $label
        }
    }
    return [concat [lmap step $steps { dict get $step name }] $labels]
}

# Parse the values of the words "skip" of the experiment `name`.  Returns a list of lists
# of vendor, whether only hosts with one CPU skip the step, step and reason.  Throws an
# error if a value is not valid or names a step that is not in the list `known`.
proc experiment_skips {name lines known} {
    return [lmap line $lines {
        if {![regexp {^(svm|vmx)(,one-cpu)? +(\S+) +(\S.*)$} $line - isa one_cpu step sentence] || $step ni $known} {
            error "experiment $name: expected \"skip svm|vmx\[,one-cpu\] STEP SENTENCE\", not \"skip $line\""
        }
        list $isa [expr {$one_cpu ne ""}] $step $sentence
    }]
}

# Returns why hosts of the vendor `isa` with `cpus` CPUs skip the step `step` of
# `experiment`, a dict as in experiment_read, or "" if they don't.
proc experiment_skipped {experiment isa cpus step} {
    foreach skip [dict get $experiment skips] {
        lassign $skip vendor one_cpu name sentence
        if {$vendor eq $isa && $name eq $step && ($cpus == 1 || !$one_cpu)} {
            return $sentence
        }
    }
    return ""
}

# Parse the values of the words "claim" of the experiment `name`.  Returns a list of lists
# of vendor ("" for both), expression and sentence.  Throws an error if a value is not
# valid or names a step or guest that is not in the list `known`.
proc experiment_claims {name lines known} {
    return [lmap line $lines {
        if {![regexp {^(?:(svm|vmx) +)?\{([^{}]+)\} +(\S.*)$} $line - isa expression sentence]} {
            error "experiment $name: expected \"claim \[svm|vmx\] {EXPRESSION} SENTENCE\", not \"claim $line\""
        }
        if {[llength [split $sentence %]] % 2 == 0} {
            error "experiment $name: a % is missing in the claim \"$sentence\""
        }
        foreach {- step - -} [regexp -all -inline $::claim_token "$expression $sentence"] {
            if {$step ni $known} {
                error "experiment $name: a claim names the step or guest $step, which does not exist"
            }
        }
        list $isa $expression $sentence
    }]
}

# Parse the value of a word "step" of the experiment `name`.  Returns the step, a dict as
# in experiment_read.  Throws an error if the value is not valid.
proc experiment_step {name line expected} {
    set settings {}
    set words [lassign $line step span]
    if {![regexp {^[A-Za-z0-9_.+-]+$} $step] || $span ni {life work}} {
        error "experiment $name: expected \"step NAME life|work GUEST...\", not \"step $line\""
    }
    set guests {}
    foreach part [split [join $words] +] {
        set options [lassign $part guest]
        if {![regexp {^(bare|linux)/([a-z0-9-]+)$} $guest - kind program]} {
            error "experiment $name, step $step: expected bare/NAME or linux/NAME, not \"$guest\""
        }
        if {$kind eq "bare" && ![dict exists $expected $program]} {
            error "experiment $name, step $step: unknown guest \"$guest\", use one of: [join [lsort [dict keys $expected]] {, }]"
        }
        set one [dict create kind $kind name $program]
        foreach option $options {
            if {[regexp {^kvm\.(\w+)=(\S+)$} $option - word value]} {
                dict set settings $word $value
            } elseif {[regexp {^(units|cpus|memory)=([0-9]+)$} $option - word value] ||
                      [regexp {^(paging)=(shadow)$} $option - word value] ||
                      [regexp {^(kernel)=(variant)$} $option - word value] ||
                      [regexp {^(disk|net|as|cpu|machine|firmware|append)=(\S+)$} $option - word value]} {
                dict set one $word $value
            } elseif {$option in {disk net}} {
                dict set one $option [dict get {disk virtio-blk-device net virtio-net-device} $option]
            } elseif {$option in {modules pc huge-pages}} {
                dict set one $option 1
            } else {
                error "experiment $name, step $step: unknown option \"$option\""
            }
        }
        if {$kind eq "bare" && ![dict exists $one units]} {
            error "experiment $name, step $step: $guest needs units=N"
        }
        lappend guests $one
    }
    return [dict create name $step span $span settings $settings guests $guests]
}
