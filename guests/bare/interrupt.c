// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is an interrupt that the host takes while the guest runs: that of its
 * own timer, which KVM sets for the guest's TSC deadline when it does not use VMX's
 * preemption timer. SDM volume 3, "Other Causes of VM Exits", external
 * interrupts. The timer's interrupt is masked in the guest. On SVM "deadline"
 * does the same.
 */
#include "apic.h"

GUEST_EXPECTED("vmx:MSR_WRITE,EXTERNAL_INTERRUPT vmx-parameters:preemption_timer=0");

#define TICKS	20000

int guest_run(uint32_t n)
{
	uint64_t deadline;

	if (x2apic_on() != GUEST_OK)
		return GUEST_NO_CPU;
	x2apic_write(APIC_LVT_TIMER, LVT_TSC_DEADLINE | LVT_MASKED | VECTOR);
	/* Bochs has no such exits while the guest's own interrupts are off. */
	asm volatile("sti");
	do {
		deadline = rdtsc() + TICKS;
		wrmsr(MSR_TSC_DEADLINE, deadline);
		while (rdtsc() < deadline + TICKS)
			;
	} while (n--);
	asm volatile("cli");
	return GUEST_OK;
}
