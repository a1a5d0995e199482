# SPDX-License-Identifier: GPL-2.0
# Read and write whole files, and print command lines

# Returns the bytes of a file.  Throws Tcl's error if it can't be read.
proc read_file {path} {
    set file [open $path]
    fconfigure $file -translation binary
    set bytes [read $file]
    close $file
    return $bytes
}

# Write `bytes` to a file.  Throws an error that names the file if that fails.
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

# Returns a command, a list of words, as text for a shell.
proc command_text {command} {
    set words {}
    foreach word $command {
        lappend words [expr {[regexp {^[A-Za-z0-9_./,=+:-]+$} $word] ? $word : "'$word'"}]
    }
    return [join $words " "]
}
