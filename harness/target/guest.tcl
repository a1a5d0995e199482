# SPDX-License-Identifier: GPL-2.0
# QEMU guests on a host, each on its own pty
#
# The id of a guest is the spawn id of its QEMU.  All procedures that wait have a timeout
# in the host's time, which on an emulated host is emulated time.

set guest_folder [file join [file dirname [file dirname [file dirname [file normalize [info script]]]]] guests]
set guest_disk /tmp/disk
# Whether guests must be given memory without huge pages, because the host's kernel has
# huge pages: Debian's has them, this project's does not.  With a huge page, a guest
# faults only once for many pages that it touches.
set guest_small_pages [file exists /sys/kernel/mm/transparent_hugepage]
set guest_timeout 60

# Returns the QEMU options for `guest` with `mib` MiB of memory.  With the option
# `huge-pages` it gets huge pages from a host that has them.
proc guest_memory {guest mib} {
    global guest_small_pages
    set options [list -m $mib]
    if {$guest_small_pages && ![dict exists $guest huge-pages]} {
        lappend options -object memory-backend-memfd,id=ram,size=${mib}M -machine memory-backend=ram
    }
    return $options
}

# Returns the option `word` of `guest` with `before` in front of it, or "" without it.
proc guest_option {guest word before} {
    return [expr {[dict exists $guest $word] ? "$before[dict get $guest $word]" : ""}]
}

# Returns the command line of `guest`, a dict as in experiment_read, as a list.
proc guest_command {guest} {
    global guest_folder guest_disk
    set units [expr {[dict exists $guest units] ? [dict get $guest units] : ""}]
    set name [dict get $guest name]
    # hosts/svm explains why kvm-pv-eoi is off.
    set cpu "host,kvm-pv-eoi=off[guest_option $guest cpu ,]"
    set command [list qemu-system-x86_64 -name $name,process=$name -accel kvm -cpu $cpu \
        -nodefaults -no-user-config -no-reboot -display none]
    if {[dict get $guest kind] eq "bare"} {
        # With KVM's PIC, QEMU's SVM emulation stalls easily on hosts that never wait.
        set pic [expr {[dict exists $guest pic] ? ",kernel-irqchip=on" : ""}]
        lappend command -M microvm,acpi=off,pic=off,pit=off,rtc=off$pic {*}[guest_memory $guest 16] -serial stdio \
            -device isa-debug-exit,iobase=0xf4,iosize=0x4 \
            -kernel $guest_folder/bare/$name.elf -append $units
        return $command
    }
    set cpus [expr {[dict exists $guest cpus] ? [dict get $guest cpus] : 1}]
    set memory [expr {[dict exists $guest memory] ? [dict get $guest memory] : 64}]
    set machine [expr {[dict exists $guest pc] ? "pc,pic=off,pit=off,hpet=off,vmport=off" : "microvm,acpi=off,pic=off,pit=off,rtc=on"}]
    append machine [guest_option $guest machine ,]
    lappend command -M $machine {*}[guest_memory $guest $memory] -smp $cpus -serial stdio \
        -kernel $guest_folder/linux/[expr {[dict exists $guest kernel] ? [dict get $guest kernel] : "bzImage"}] -initrd [guest_initramfs $guest]
    if {[dict exists $guest firmware]} {
        lappend command -bios [dict get $guest firmware]
    }
    if {[dict exists $guest disk]} {
        lappend command -blockdev driver=file,node-name=disk,filename=$guest_disk \
            -device [dict get $guest disk],drive=disk
    }
    if {[dict exists $guest net]} {
        lappend command -netdev user,id=net -device [dict get $guest net],netdev=net
    }
    set append "console=ttyS0,115200 quiet reboot=t panic=-1 workload=$name[guest_option $guest append { }]"
    if {$units ne ""} {
        append append " units=$units"
    }
    return [concat $command [list -append $append]]
}

# Returns the initramfs of a Linux guest.  With the option `modules` the guest gets all
# modules of its kernel in a second archive behind the first.
proc guest_initramfs {guest} {
    global guest_folder
    set archive $guest_folder/linux/initramfs.cpio
    if {![dict exists $guest modules]} { return $archive }
    set both /tmp/initramfs.cpio
    if {![file exists $both]} {
        exec sh -c "cat $archive >$both && cd $guest_folder/linux/guest-modules && ls | cpio -o -H newc >>$both" 2>@1
    }
    return $both
}

# Start a guest.  Returns its id.
proc guest_start {guest} {
    global guest_text guest_disk
    if {[dict exists $guest disk]} {
        # 8 MiB, all zero
        set disk [open $guest_disk w]
        chan truncate $disk 8388608
        close $disk
    }
    spawn -noecho {*}[guest_command $guest]
    set guest_text($spawn_id) ""
    return $spawn_id
}

# Wait for the line "guest: WHAT ..." on the guest's console.  Throws an error if the
# guest reports a failure, ends, or does not print the line within guest_timeout seconds.
proc guest_expect {id name what} {
    global guest_timeout guest_text
    expect {
        -i $id
        -timeout $guest_timeout
        -re "guest: $what \[^\r\n]*\r?\n" {
            append guest_text($id) $expect_out(buffer)
        }
        -re {guest: failed ([^\r\n]*)\r?\n} {
            error "guest $name failed: $expect_out(1,string)"
        }
        full_buffer {
            append guest_text($id) $expect_out(buffer)
            exp_continue
        }
        eof {
            error "guest $name ended before it was $what; its last output: [guest_last_words $id $expect_out(buffer)]"
        }
        timeout {
            guest_drain $id
            guest_kill $id
            error "guest $name was not $what within $guest_timeout s; its last output: [guest_last_words $id]"
        }
    }
}

# Append the pending output of a guest to guest_text.
proc guest_drain {id} {
    global guest_text
    expect {
        -i $id
        -timeout 0
        -re {.+} { append guest_text($id) $expect_out(buffer) }
        timeout {}
        eof {}
    }
}

# Returns the end of a guest's output in one line.
proc guest_last_words {id {more ""}} {
    global guest_text
    set text [string trim [regsub -all {\s+} "$guest_text($id) $more" " "]]
    return [expr {$text eq "" ? "none" : "\"[string range $text end-300 end]\""}]
}

# Tell a Linux guest that is ready to begin its work.
proc guest_go {id} {
    send -i $id "go\r"
}

# Tell a Linux guest that is done to power off now.  Otherwise it does so later.
proc guest_bye {id} {
    send -i $id "bye\r"
}

# Wait until a guest has ended.  Throws an error if it does not end within guest_timeout
# seconds or if QEMU's exit status is not `status`.  The error code is GUEST_NO_CPU if a
# bare guest ended with this value of bare.h: the processor lacks what the guest needs.
proc guest_wait {id name status} {
    global guest_timeout guest_text
    expect {
        -i $id
        -timeout $guest_timeout
        full_buffer { exp_continue }
        eof { append guest_text($id) $expect_out(buffer) }
        timeout {
            guest_drain $id
            guest_kill $id
            error "guest $name did not end within $guest_timeout s; its last output: [guest_last_words $id]"
        }
    }
    lassign [wait -i $id] - - error code
    if {$error != 0 || $code != $status} {
        throw [expr {$error == 0 && $status == 1 && $code == 11 ? "GUEST_NO_CPU" : "NONE"}] \
            "guest $name ended with exit status $code instead of $status; its last output: [guest_last_words $id]"
    }
}

# Kill a guest.
proc guest_kill {id} {
    exec kill -9 [exp_pid -i $id]
    catch {close -i $id}
    wait -i $id
}
