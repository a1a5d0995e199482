// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one IN of a byte. KVM intercepts all ports on both vendors. The port
 * is the mask register of the first PIC, which a read does not change. It is one
 * exit, whether KVM emulates the PIC (QEMU's kernel-irqchip=on) or QEMU does, in
 * user space.
 */
#include "bare.h"

#define PIC1_MASK 0x21

GUEST_EXPECTED("svm:io vmx:IO_INSTRUCTION");

int guest_run(uint32_t n)
{
	uint8_t mask;

	for (; n; n--)
		asm volatile("inb %1, %0" : "=a" (mask) : "N" (PIC1_MASK));
	return GUEST_OK;
}
