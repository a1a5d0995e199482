// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one WRMSR of 0 to IA32_BIOS_SIGN_ID, the microcode revision. KVM
 * intercepts it on both vendors and ignores a write of the guest without a message
 * (kvm_set_msr_common(): only user space can set it). Software writes 0 to it
 * before it reads the revision (SDM volume 3A, "Microcode Update Resources"), so
 * the write is harmless on a real processor too. On SVM, reads and writes of MSRs
 * have the same exit reason.
 */
#include "bare.h"

#define MSR_IA32_BIOS_SIGN_ID 0x8b

GUEST_EXPECTED("svm:msr vmx:MSR_WRITE");

int guest_run(uint32_t n)
{
	for (; n; n--)
		asm volatile("wrmsr" : : "c" (MSR_IA32_BIOS_SIGN_ID), "a" (0), "d" (0));
	return GUEST_OK;
}
