# SPDX-License-Identifier: GPL-2.0
# All procedures for programs that start hosts
foreach part {common/files common/description common/expected common/report host/host host/emulated host/real host/rfb host/counts host/claims} {
    source [file join [file dirname [file dirname [file normalize [info script]]]] $part.tcl]
}
