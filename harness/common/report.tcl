# SPDX-License-Identifier: GPL-2.0
# The report that a host sends to the harness: see ../README.md, "The report"

set report_port [expr {[info exists env(REPORT)] ? $env(REPORT) : "/dev/ttyS1"}]

# Open the port.
proc report_open {} {
    global report report_port
    set report [open $report_port w]
    if {[file type $report_port] eq "characterSpecial"} {
        exec stty -F $report_port raw -echo 115200
    }
    fconfigure $report -translation binary -buffering full
}

# Send one line.
proc report_line {args} {
    global report
    puts $report [join $args " "]
    flush $report
}

# Send a file's text.
proc report_file {name text} {
    global report
    set bytes [encoding convertto utf-8 $text]
    puts $report "file $name [string length $bytes]"
    puts -nonewline $report $bytes
    flush $report
}

# Run `script` and report how it ended: ok, or failed and the error message.
proc report_run {script} {
    global report report_port
    if {[catch {uplevel 1 $script} message]} {
        report_line end failed [string map {\n " "} $message]
    } else {
        report_line end ok
    }
    close $report
    # Let the UART send everything: it loses the rest when the machine stops.
    if {[file type $report_port] eq "characterSpecial"} {
        exec stty -F $report_port >/dev/null
        after 200
    }
}

# Parse `text`, a report that may be incomplete.  Returns a dict: progress, left and tap,
# lists of the texts of these lines; files, a dict from name to bytes, of complete files
# only; and end, the text of the line "end", or "" without that line.
proc report_parse {text} {
    set parsed [dict create progress {} left {} tap {} files {} end ""]
    set at 0
    while {[set newline [string first \n $text $at]] >= 0} {
        set line [string trimright [string range $text $at $newline-1] \r]
        set at [expr {$newline + 1}]
        switch -regexp -matchvar part -- $line {
            {^file (\S+) ([0-9]+)$} {
                lassign $part - name bytes
                if {$at + $bytes > [string length $text]} break
                dict set parsed files $name [string range $text $at [expr {$at + $bytes - 1}]]
                incr at $bytes
            }
            {^(progress|left|tap) (.*)$} {
                dict lappend parsed [lindex $part 1] [lindex $part 2]
            }
            {^end (.*)$} {
                dict set parsed end [lindex $part 1]
            }
        }
    }
    return $parsed
}
