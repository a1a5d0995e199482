// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one CPUID. On VMX, it always exits (SDM volume 3C, "Instructions
 * That Cause VM Exits Unconditionally"). On SVM, KVM always intercepts it.
 */
#include "bare.h"

GUEST_EXPECTED("svm:cpuid vmx:CPUID");

int guest_run(uint32_t n)
{
	for (; n; n--)
		cpuid(0);
	return GUEST_OK;
}
