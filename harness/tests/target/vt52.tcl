# SPDX-License-Identifier: GPL-2.0
# The screen of a program, as text.  The program runs on a pty as on a DEC VT52, a
# terminal without colours, attributes and scroll regions: ten escape sequences.

# Start the program `args` on a screen of `rows` and `columns`.  Returns its id.
proc vt52_start {rows columns args} {
    global vt52 stty_init
    set stty_init "rows $rows columns $columns"
    spawn -noecho env TERM=vt52 {*}$args
    set vt52($spawn_id) [dict create slave $spawn_out(slave,name) rest "" row 0 column 0 rows $rows columns $columns lines {}]
    return $spawn_id
}

# Change the size of the screen.  The program gets SIGWINCH.
proc vt52_resize {id rows columns} {
    global vt52
    dict set vt52($id) rows $rows
    dict set vt52($id) columns $columns
    exec stty rows $rows columns $columns < [dict get $vt52($id) slave]
}

# Returns `line` with `text` at `column` instead of what was there.
proc vt52_put {line column text} {
    set line [format %-*s $column $line]
    return [string range $line 0 $column-1]$text[string range $line [expr {$column + [string length $text]}] end]
}

# Interpret the next piece of the program's output: one sequence, one control character
# or a text.  Returns whether there was one.
proc vt52_step {id} {
    global vt52
    dict with vt52($id) {
        while {[llength $lines] <= $row} { lappend lines "" }
        if {[regexp {^\x1bY(.)(.)} $rest all r c]} {
            set row [expr {[scan $r %c] - 32}]
            set column [expr {[scan $c %c] - 32}]
        } elseif {[regexp {^\x1b([A-XZ=>])} $rest all what]} {
            switch $what {
                A { incr row [expr {-($row > 0)}] }
                B { incr row }
                C { incr column }
                D { incr column [expr {-($column > 0)}] }
                H { lassign {0 0} row column }
                I { incr row -1 }
                J { set lines [lreplace $lines $row end [string range [lindex $lines $row] 0 $column-1]] }
                K { lset lines $row [string range [lindex $lines $row] 0 $column-1] }
            }
        } elseif {[regexp {^[^\x00-\x1f]+} $rest all]} {
            lset lines $row [vt52_put [lindex $lines $row] $column $all]
            incr column [string length $all]
        } elseif {[regexp {^[^\x1b]} $rest all]} {
            switch $all {
                \r { set column 0 }
                \n { incr row }
                \b { incr column [expr {-($column > 0)}] }
                \t { set column [expr {($column / 8 + 1) * 8}] }
            }
        } else {
            # The output ends here, or within a sequence.
            return no
        }
        set rest [string range $rest [string length $all] end]
    }
    return yes
}

# Returns the screen as lines without blanks at their ends.
proc vt52_screen {id} {
    global vt52
    return [string trimright [join [lmap line [dict get $vt52($id) lines] { string trimright $line }] \n] \n]
}

# Wait until the screen matches the regular expression `pattern`, or, with "not", does
# not match it.  The screen is looked at after each piece of output, so that nothing is
# missed that the program shows for a moment.  Returns the screen; throws an error with it
# after `seconds`, or if the program ends first.
proc vt52_wait {id pattern {not ""} {seconds 20}} {
    global vt52
    set until [expr {[clock milliseconds] + $seconds * 1000}]
    while {[regexp $pattern [vt52_screen $id]] == ($not eq "not")} {
        if {[vt52_step $id]} continue
        if {[clock milliseconds] > $until} {
            error "the screen does [expr {$not eq "not" ? "" : "not "}]match $pattern after $seconds s:\n[vt52_screen $id]"
        }
        expect {
            -i $id
            -timeout 1
            -re {.+} { dict append vt52($id) rest $expect_out(buffer) }
            eof { error "the program ended before the screen matched $pattern:\n[vt52_screen $id]" }
            timeout {}
        }
    }
    return [vt52_screen $id]
}

# Wait until the program has written nothing for a second.  Returns the screen.
proc vt52_settle {id} {
    global vt52
    expect -i $id -timeout 1 -re {.+} { dict append vt52($id) rest $expect_out(buffer); exp_continue } timeout {} eof {}
    while {[vt52_step $id]} {}
    return [vt52_screen $id]
}

# Wait until the program ends.  Returns its exit status, or 128 and the number of the
# signal that ended it.
proc vt52_end {id {seconds 20}} {
    global vt52
    expect {
        -i $id
        -timeout $seconds
        -re {.+} { dict append vt52($id) rest $expect_out(buffer); exp_continue }
        eof { while {[vt52_step $id]} {} }
        timeout { error "the program did not end within $seconds s:\n[vt52_screen $id]" }
    }
    set status [wait -i $id]
    if {[lindex $status 4] eq "CHILDKILLED"} {
        return [lindex $status 5]
    }
    return [lindex $status 3]
}
