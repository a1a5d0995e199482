// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one read of a register of the I/O APIC. KVM marks the page table
 * entries of addresses that are no memory, so that each access exits: as an EPT
 * misconfiguration on VMX (SDM volume 3, "EPT Misconfigurations"), by a reserved bit
 * on SVM.
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
