// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one IN of a byte. KVM intercepts all ports on both vendors. The
 * port is the first PIC's mask register because KVM answers it in the kernel
 * (i8259.c, the in-kernel irqchip): a port that QEMU answers takes a trip to
 * user space for each unit, slower by an order of magnitude. Reading the mask
 * has no side effect.
 */
#include "bare.h"

#define PIC1_MASK 0x21

GUEST_CAUSES("svm:io vmx:IO_INSTRUCTION");

int guest_run(uint32_t n)
{
	uint8_t mask;

	for (; n; n--)
		asm volatile("inb %1, %0" : "=a" (mask) : "N" (PIC1_MASK));
	return GUEST_OK;
}
