// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is MONITOR and MWAIT: SDM volume 3, "Instructions That Cause VM Exits
 * Conditionally". KVM emulates both as NOPs (Documentation/virt/kvm/api.rst,
 * KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS).
 */
#include "bare.h"

GUEST_EXPECTED("vmx:MONITOR_INSTRUCTION,MWAIT_INSTRUCTION");

int guest_run(uint32_t n)
{
	for (; n; n--) {
		asm volatile("monitor" : : "a" (&n), "c" (0), "d" (0));
		asm volatile("mwait" : : "a" (0), "c" (0));
	}
	return GUEST_OK;
}
