// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one RDMSR of IA32_APIC_BASE. KVM intercepts it on both vendors: it is
 * neither in svm.c's direct_access_msrs nor in vmx.c's
 * vmx_possible_passthrough_msrs, and it is outside the x2APIC range.
 */
#include "bare.h"

#define MSR_IA32_APICBASE	0x1b
#define APICBASE_BSP		(1u << 8)

GUEST_EXPECTED("svm:msr vmx:MSR_READ");

int guest_run(uint32_t n)
{
	uint32_t low, high, all = APICBASE_BSP;

	for (; n; n--) {
		asm volatile("rdmsr" : "=a" (low), "=d" (high) : "c" (MSR_IA32_APICBASE));
		all &= low;
	}
	/* This is the boot processor, so each read must have this bit set. */
	return all ? GUEST_OK : GUEST_WRONG;
}
