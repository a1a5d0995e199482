// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is INVD and WBINVD. On VMX, INVD always exits (SDM volume 3,
 * "Instructions That Cause VM Exits Unconditionally"), and KVM intercepts WBINVD.
 * On SVM, KVM intercepts both. KVM does nothing for either instruction. QEMU's SVM
 * emulation checks the intercept of WBINVD for both, so both are wbinvd exits.
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
