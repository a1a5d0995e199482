// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a host interrupt that arrives while the guest runs: SDM volume 3,
 * "Other Causes of VM Exits", external interrupts. It comes from the host's timer,
 * which KVM sets to the guest's TSC deadline if it does not use VMX's preemption
 * timer. The interrupt of the guest's timer is masked. On SVM, "deadline" does the
 * same.
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
	/* Bochs does not exit for host interrupts while the guest has interrupts disabled. */
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
