# SPDX-License-Identifier: GPL-2.0
# A keyboard at the end of an RFB connection (RFC 6143), the protocol of VNC.

# X11's keysyms, which RFB uses.
array set rfb_keysyms {Alt 0xffe9 SysRq 0xff61}

# Read exactly `bytes` from a channel that doesn't block.
# Throws a sentence if the other end closes it before, or is silent for 5 s.
proc rfb_read {channel bytes} {
    set deadline [expr {[clock milliseconds] + 5000}]
    set data ""
    while {[string length $data] < $bytes} {
        append data [read $channel [expr {$bytes - [string length $data]}]]
        if {[eof $channel]} {
            error "the emulator's display closed the connection"
        }
        if {[clock milliseconds] > $deadline} {
            error "the emulator's display said nothing for 5 s"
        }
        after 5
    }
    return $data
}

# Press the keys of `chord` one after the other on the display at `port` of this
# machine, then let go of them in the opposite order.  A key is a letter or a
# name in rfb_keysyms.  Throws a sentence if nobody answers there.
proc rfb_press {port chord} {
    global rfb_keysyms
    if {[catch {socket 127.0.0.1 $port} channel]} {
        error "no display at port $port: $channel"
    }
    fconfigure $channel -translation binary -buffering none -blocking 0
    try {
        # Version, security type (a number, without a choice, in 3.3), the wish
        # to share, and the description of a screen that nobody will look at
        rfb_read $channel 12
        puts -nonewline $channel "RFB 003.003\n"
        rfb_read $channel 4
        puts -nonewline $channel \x01
        binary scan [rfb_read $channel 24] x20Iu length
        rfb_read $channel $length
        set keys [lmap key $chord {
            expr {[info exists rfb_keysyms($key)] ? $rfb_keysyms($key) : [scan $key %c]}
        }]
        foreach key $keys {
            puts -nonewline $channel [binary format ccSI 4 1 0 $key]
            after 50
        }
        foreach key [lreverse $keys] {
            puts -nonewline $channel [binary format ccSI 4 0 0 $key]
            after 50
        }
    } finally {
        close $channel
    }
}
