// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one hypercall of KVM, KVM_HC_VAPIC_POLL_IRQ, which does nothing
 * and returns 0 (Documentation/virt/kvm/x86/hypercalls.rst). The guest uses its
 * vendor's instruction, VMMCALL on AMD and VMCALL on Intel. The other vendor's
 * instruction would cause a #UD, an exit for another reason, and KVM would patch it.
 */
#include "bare.h"

#define KVM_HC_VAPIC_POLL_IRQ	1
#define CPUID_HYPERVISOR	0x40000000

GUEST_EXPECTED("svm:hypercall vmx:VMCALL");

int guest_run(uint32_t n)
{
	struct cpuid_regs hypervisor = cpuid(CPUID_HYPERVISOR);
	uint32_t ret, any = 0;

	/* "KVMKVMKVM\0\0\0" in EBX, ECX, EDX */
	if (hypervisor.ebx != 0x4b4d564b || hypervisor.ecx != 0x564b4d56 ||
	    hypervisor.edx != 0x4d)
		return GUEST_NO_KVM;

	if (cpu_is_intel()) {
		for (; n; n--) {
			asm volatile("vmcall" : "=a" (ret)
				     : "a" (KVM_HC_VAPIC_POLL_IRQ) : "memory");
			any |= ret;
		}
	} else {
		for (; n; n--) {
			asm volatile("vmmcall" : "=a" (ret)
				     : "a" (KVM_HC_VAPIC_POLL_IRQ) : "memory");
			any |= ret;
		}
	}
	return any ? GUEST_WRONG : GUEST_OK;
}
