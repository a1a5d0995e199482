#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The explanations of `kvm-exits explain` are complete and true: each reason that a
# kernel names has one, what they name exists in the kernel source, and normal.csv has
# the exits of results/.
source [file dirname [info script]]/lib/tap.tcl

set folder $harness/kvm-exits/explain
set manuals {vmx {^SDM vol\. 3[CD], } svm {^APM vol\. 2, }}

# Returns the explanations of `isa`.  Each is a dict with the field names and the key
# reasons: a list of {CODE NAME}.  In lines of continuation, the line break is a blank.
proc explanations {isa} {
    global folder
    set all {}
    set one {}
    foreach line [concat [split [regsub -all {\n  } [read_file $folder/$isa.txt] " "] \n] {{}}] {
        if {$line eq "" && $one ne ""} {
            lappend all $one
            set one {}
        } elseif {[regexp {^reason: (\S+) (\S+)} $line - code name]} {
            dict lappend one reasons [list $code $name]
        } elseif {[regexp {^([a-z0-9.]+): (.*)} $line - field text]} {
            dict set one $field $text
        }
    }
    return $all
}

# Returns the folder of the results that normal.csv has the exits of.  If it has no change
# that is not committed, these are the committed results: make experiment changes results/
# wherever an input differs, such as the version of a library.
proc results_of_normal {} {
    global harness build
    set top [file normalize $harness/..]
    if {[catch {exec git -C $top diff --quiet HEAD -- harness/kvm-exits/explain/normal.csv}]} {
        return $top/results
    }
    set copy $build/check/explain
    file delete -force $copy
    file mkdir $copy
    exec git -C $top archive HEAD results/svm/workloads results/vmx/workloads | tar -C $copy -xf -
    return $copy/results
}

# Returns the values of the macros that `files` of the kernel tree define as integers.
proc macros {tree files} {
    set values {}
    foreach file $files {
        foreach {- name value} [regexp -all -inline -line {^#define\s+(\w+)\s+(-?(?:0x)?[0-9a-fA-F]+)(?:ull)?\s*(?:/\*.*)?$} [read_file $tree/$file]] {
            dict set values $name $value
        }
    }
    return $values
}

# Returns the value of an expression such as "SVM_EXIT_EXCP_BASE + DE_VECTOR".
proc value {macros expression} {
    set words [lmap word $expression { expr {[dict exists $macros $word] ? [dict get $macros $word] : $word} }]
    return [expr [join $words]]
}

# Returns `code` as in dumps.
proc as_in_dumps {isa code} {
    if {$isa eq "vmx" || $code < 0} { return $code }
    return [format 0x%03x $code]
}

# Returns the names of functions that `text` defines or declares.
proc defined {text} {
    set names {}
    foreach {- name} [regexp -all -inline -line {^[a-z][^(=;]*\m(\w+)\(} $text] { dict set names $name 1 }
    return $names
}

# Returns a dict of codes, as in dumps, with the functions that handle them in `tree`:
# those of the tables, those that replace them with nested=1, and those of the fastpath.
proc handlers {isa tree macros} {
    set handlers {}
    set source [dict create vmx {vmx/vmx.c vmx/nested.c} svm svm/svm.c]
    foreach file [dict get $source $isa] {
        set text [read_file $tree/arch/x86/kvm/$file]
        set found [regexp -all -inline {\[((?:EXIT_REASON|SVM_EXIT)_[A-Z0-9_]+(?: \+ \w+)?)\]\s*=\s*(\w+)} $text]
        # The fastpath is a switch.
        if {[regexp {exit_handlers_fastpath\(struct.*?\n\}} $text fastpath]} {
            append found " " [regexp -all -inline {case ((?:EXIT_REASON|SVM_EXIT)_[A-Z0-9_]+):[^:]*?return (\w+)\(} $fastpath]
        }
        foreach {- reason function} $found {
            if {$function eq "PRE_EX"} continue
            dict lappend handlers [as_in_dumps $isa [value $macros $reason]] $function
        }
    }
    return $handlers
}

tap_run {
    # The source of the host's kernel, which was built before the tests
    set tree $build/linux
    regexp {VERSION = (\d+)\nPATCHLEVEL = (\d+)} [read_file $tree/Makefile] - major minor
    set version $major.$minor
    set headers {arch/x86/include/uapi/asm/vmx.h arch/x86/include/uapi/asm/svm.h arch/x86/include/uapi/asm/kvm.h include/uapi/linux/kvm.h}
    set macros [macros $tree $headers]

    # All of KVM, and the files of the patch
    set source ""
    foreach pattern [list $tree/arch/x86/kvm/*.\[ch\] $tree/arch/x86/kvm/*/*.\[ch\] $tree/virt/kvm/*.\[ch\] \
            $tree/include/trace/events/kvm.h $harness/../kernel-patch/src/arch/x86/kvm/*.\[ch\]] {
        foreach file [glob $pattern] { append source [read_file $file] }
    }
    set functions [defined $source]
    set parameters {}
    foreach {- name other} [regexp -all -inline {module_param(?:_named|_cb|_unsafe)?\((\w+),\s*&?(\w+)} $source] {
        dict set parameters $name 1
    }

    foreach isa {vmx svm} {
        set all [explanations $isa]
        set codes {}
        set problems {}
        foreach one $all {
            foreach reason [dict get $one reasons] { dict set codes {*}$reason }
            foreach field {what manual cause handled high} {
                if {![dict exists $one $field]} { lappend problems "[dict get $one reasons] has no field $field" }
            }
        }
        tap_ok [expr {$problems eq "" && [llength $all] > 50}] "$isa: each explanation has all fields" [join $problems \n]

        # debugfs lists what the counters' kernel names, the headers what this tree names.
        set named {}
        foreach log [glob $harness/../results/$isa/*/exit_reasons] {
            foreach {- code name} [regexp -all -inline {\d+ (\S+) (\S+)\n} [read_file $log]] { dict set named $code $name }
        }
        set macro [string toupper $isa]_EXIT_REASONS
        regexp "#define $macro (.*?\\\})\\s*\n\\s*\n" [read_file $tree/arch/x86/include/uapi/asm/$isa.h] - table
        foreach {- code name} [regexp -all -inline {\{\s*([^,]+?),\s*"([^"]+)"} $table] {
            dict set named [as_in_dumps $isa [value $macros $code]] [regsub -all {\W} $name _]
        }
        set problems {}
        dict for {code name} $named {
            set known [expr {[dict exists $codes $code] ? [dict get $codes $code] : "none"}]
            if {$known ne $name} { lappend problems "code $code is $name in the kernel, and $known in $isa.txt" }
        }
        tap_ok [expr {$problems eq "" && [dict size $named] > 60}] \
            "$isa: each of the [dict size $named] reasons that a kernel names is explained" [join $problems \n]

        set problems {}
        foreach one $all {
            set manual [dict get $one manual]
            if {![regexp [dict get $manuals $isa] $manual] || ![regexp {appendix C} $manual]} {
                lappend problems "[dict get $one reasons]: $manual"
            }
        }
        tap_ok [expr {$problems eq ""}] "$isa: each explanation names its section of the manual" [join $problems \n]

        # The fields of another version are about that one only.
        set fields [expr {$version eq "6.12" ? {what manual cause handled high} : [list $version]}]
        set problems {}
        set names 0
        foreach one $all {
            foreach field $fields {
                if {![dict exists $one $field]} continue
                set text [dict get $one $field]
                foreach {- name} [regexp -all -inline {(\w+)\(\)} $text] {
                    incr names
                    if {![dict exists $functions $name]} { lappend problems "${name}() in: $text" }
                }
                foreach {- name} [regexp -all -inline {kvm:(kvm_\w+)} $text] {
                    incr names
                    if {![regexp "TRACE_EVENT\\w*\\(\\s*$name\\M" $source]} { lappend problems "kvm:$name in: $text" }
                }
                foreach {- module name} [regexp -all -inline {\m(kvm|kvm_intel|kvm_amd)\.([a-z]\w+)} $text] {
                    incr names
                    if {![dict exists $parameters $name]} { lappend problems "$module.$name in: $text" }
                }
                foreach name [regexp -all -inline {\mKVM_(?:EXIT|CAP)_\w+} $text] {
                    incr names
                    if {![dict exists $macros $name]} { lappend problems "$name in: $text" }
                }
            }
        }
        tap_ok [expr {$problems eq ""}] "$isa: $names names in the explanations exist in Linux $version" [join $problems \n]

        if {$version ne "6.12"} {
            tap_skip "$isa: the explanations name KVM's handlers" "they are those of Linux 6.12"
            continue
        }
        set handlers [handlers $isa $tree $macros]
        set problems {}
        foreach one $all {
            set text [dict get $one handled]
            set functions_of {}
            foreach reason [dict get $one reasons] {
                if {[dict exists $handlers [lindex $reason 0]]} { lappend functions_of {*}[dict get $handlers [lindex $reason 0]] }
            }
            foreach function $functions_of {
                if {[string first "$function\()" $text] < 0} { lappend problems "[dict get $one reasons]: handled by ${function}()" }
            }
            set none [regexp {no handler} $text]
            if {$functions_of ne "" && $none} { lappend problems "[dict get $one reasons]: handled by $functions_of" }
            if {$functions_of eq "" && !$none && ![regexp {(vmx_handle_exit|svm_handle_exit|sev_handle_vmgexit|kvm_count_failed_entry)\(\)} $text]} {
                lappend problems "[dict get $one reasons]: KVM has no handler"
            }
        }
        tap_ok [expr {$problems eq "" && [dict size $handlers] > 50}] \
            "$isa: the explanations name the [dict size $handlers] handlers of KVM's tables" [join $problems \n]
    }

    set failed [catch {exec $folder/normal [results_of_normal] $tool 2>@1} text]
    tap_ok [expr {!$failed && $text eq [string trimright [read_file $folder/normal.csv]]}] \
        "normal.csv has the exits of results/" \
        "refresh it: harness/kvm-exits/explain/normal results $tool >harness/kvm-exits/explain/normal.csv"
}
