// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is INVD and WBINVD. INVD exits always on VMX (SDM volume 3,
 * "Instructions That Cause VM Exits Unconditionally"), and KVM asks for the exits
 * of the others; it does nothing on any of them. QEMU, when it emulates SVM, looks
 * at the intercept of WBINVD for both instructions.
 */
#include "bare.h"

GUEST_EXPECTED("svm:wbinvd*2 vmx:INVD,WBINVD");

int guest_run(uint32_t n)
{
	for (; n; n--) {
		asm volatile("invd" : : : "memory");
		asm volatile("wbinvd" : : : "memory");
	}
	return GUEST_OK;
}
