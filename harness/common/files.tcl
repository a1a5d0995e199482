# SPDX-License-Identifier: GPL-2.0
# Small things that everything else needs: whole files, and command lines.

# Returns the bytes of a file.
proc read_file {path} {
    set file [open $path]
    fconfigure $file -translation binary
    set bytes [read $file]
    close $file
    return $bytes
}

# Make a file of `bytes`.  Throws a sentence that names it if that fails.
proc write_file {path bytes} {
    if {[catch {
        set file [open $path w]
        fconfigure $file -translation binary
        puts -nonewline $file $bytes
        close $file
    } message]} {
        error "can't write $path: $message"
    }
}

# Returns a command, a list of words, as one would type it.
proc command_text {command} {
    set words {}
    foreach word $command {
        lappend words [expr {[regexp {^[A-Za-z0-9_./,=+:-]+$} $word] ? $word : "'$word'"}]
    }
    return [join $words " "]
}
