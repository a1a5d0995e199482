// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each VMX instruction: SDM volume 3, "Instructions That Cause VM Exits
 * Unconditionally". VMLAUNCH and VMRESUME fail because the VMCS is empty. VMREAD and
 * VMWRITE access a field that is not in KVM's shadow VMCS, so they exit.
 */
#include "l2.h"

GUEST_EXPECTED("vmx:VMON,VMCLEAR,VMPTRLD,VMPTRST,VMWRITE,VMREAD,VMLAUNCH,VMRESUME,INVEPT,INVVPID,VMOFF");

#define GUEST_LDTR_BASE	0x6812
#define GLOBAL		2	/* INVEPT */
#define ALL_CONTEXTS	2	/* INVVPID */

int guest_run(uint32_t n)
{
	uint64_t pointer, nothing[2] = { 0 };
	uint32_t value;

	if (l1_start() != GUEST_OK)
		return GUEST_NO_CPU;
	vmx_enable();
	do {
		vmx_on();
		asm volatile("vmptrst %0" : "=m" (pointer) : : "cc");
		asm volatile("vmwrite %1, %0" : : "r" (GUEST_LDTR_BASE), "r" (n) : "cc");
		asm volatile("vmread %1, %0" : "=r" (value) : "r" (GUEST_LDTR_BASE) : "cc");
		asm volatile("vmlaunch" : : : "cc", "memory");
		asm volatile("vmresume" : : : "cc", "memory");
		asm volatile("invept %0, %1" : : "m" (nothing), "r" (GLOBAL) : "cc", "memory");
		asm volatile("invvpid %0, %1" : : "m" (nothing), "r" (ALL_CONTEXTS) : "cc", "memory");
		asm volatile("vmxoff" : : : "cc");
		if (value != n)
			return wrong("field", GUEST_LDTR_BASE, value, n);
	} while (n--);
	return GUEST_OK;
}
