// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a TSC deadline that passes while the guest runs. The interrupt of the
 * guest's timer is masked. On VMX, KVM sets the processor's preemption timer to the
 * deadline (SDM volume 3, "VMX-Preemption Timer"). On SVM, the interrupt of the
 * host's timer causes the exit (APM volume 2, "INTR Intercept").
 */
#include "apic.h"

GUEST_EXPECTED("svm:msr,interrupt vmx:MSR_WRITE,PREEMPTION_TIMER");

#define TICKS	20000

int guest_run(uint32_t n)
{
	uint64_t deadline;

	if (x2apic_on() != GUEST_OK)
		return GUEST_NO_CPU;
	x2apic_write(APIC_LVT_TIMER, LVT_TSC_DEADLINE | LVT_MASKED | VECTOR);
	do {
		deadline = rdtsc() + TICKS;
		wrmsr(MSR_TSC_DEADLINE, deadline);
		while (rdtsc() < deadline + TICKS)
			;
	} while (n--);
	return GUEST_OK;
}
