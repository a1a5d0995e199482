// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one read of a register of the I/O APIC.  What KVM knows to be no
 * memory it marks such that each access exits: SDM volume 3, "EPT
 * Misconfigurations"; by a reserved bit on SVM.
 */
#include "bare.h"

GUEST_EXPECTED("svm:npf vmx:EPT_MISCONFIG");

#define IOAPIC	0xfec00000

int guest_run(uint32_t n)
{
	do
		(void)*(volatile uint32_t *)IOAPIC;
	while (n--);
	return GUEST_OK;
}
