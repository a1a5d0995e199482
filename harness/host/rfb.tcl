# SPDX-License-Identifier: GPL-2.0
# Press keys on a display by RFB (RFC 6143), the protocol of VNC

# X11's keysyms, which RFB uses
array set rfb_keysyms {Alt 0xffe9 SysRq 0xff61}

# Returns exactly `bytes` bytes from a non-blocking channel.  Throws an error if the peer
# closes the channel or does not send them within 5 s.
proc rfb_read {channel bytes} {
    set deadline [expr {[clock milliseconds] + 5000}]
    set data ""
    while {[string length $data] < $bytes} {
        append data [read $channel [expr {$bytes - [string length $data]}]]
        if {[eof $channel]} {
            error "the emulator's display closed the connection"
        }
        if {[clock milliseconds] > $deadline} {
            error "the emulator's display did not answer within 5 s"
        }
        after 5
    }
    return $data
}

# Press the keys of `chord` one after the other on the display at `port` of this
# machine, then release them in the opposite order.  A key is a letter or a name in
# rfb_keysyms.  Throws an error if the display does not answer.
proc rfb_press {port chord} {
    global rfb_keysyms
    if {[catch {socket 127.0.0.1 $port} channel]} {
        error "can't connect to the emulator's display at port $port: $channel"
    }
    fconfigure $channel -translation binary -buffering none -blocking 0
    try {
        # The handshake of version 3.3: the versions, the server's security type, the
        # client's shared flag, and the server's description of the screen
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
