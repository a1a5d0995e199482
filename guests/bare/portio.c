// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one IN of a byte.  KVM intercepts all ports on both vendors.  The
 * port is the first PIC's mask register, which reading does not change.  It is
 * one exit, whoever answers: KVM if the PIC is its own (QEMU's
 * kernel-irqchip=on), else QEMU, at the price of a trip to user space.
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
