# SPDX-License-Identifier: GPL-2.0
# All procedures for programs that run on a host
foreach part {common/files common/description common/expected common/report target/klog target/guest target/steps target/times} {
    source [file join [file dirname [file dirname [file normalize [info script]]]] $part.tcl]
}
