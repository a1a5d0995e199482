// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is INVD and WBINVD on VMX, and two WBINVD on SVM. On VMX, INVD always exits
 * (SDM volume 3, "Instructions That Cause VM Exits Unconditionally"), and KVM
 * intercepts WBINVD. On SVM, KVM intercepts both, but QEMU 7.2 checks the intercept of
 * WBINVD for INVD too, and QEMU 10 does not. KVM does nothing for either instruction.
 */
#include "bare.h"

GUEST_EXPECTED("svm:wbinvd*2 vmx:INVD,WBINVD");

int guest_run(uint32_t n)
{
	int intel = cpu_is_intel();

	for (; n; n--) {
		if (intel)
			asm volatile("invd" : : : "memory");
		else
			asm volatile("wbinvd" : : : "memory");
		asm volatile("wbinvd" : : : "memory");
	}
	return GUEST_OK;
}
