// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a HLT that an interrupt ends which is there already: APM volume 2,
 * "Instruction Intercepts"; SDM volume 3, "Instructions That Cause VM Exits
 * Conditionally". KVM enters the guest again in the fastpath, where it has one, as it
 * is told when the interrupt can be delivered. Two writes of MSRs go with it, for the
 * interrupt to oneself and for its end.
 */
#include "apic.h"
#include "tables.h"

GUEST_EXPECTED("svm:msr*2,hlt,vintr vmx:MSR_WRITE*2,HLT,INTERRUPT_WINDOW");

/* WRMSR of 0 to the x2APIC's EOI */
CODE(end_of_interrupt, "pusha; xorl %eax, %eax; xorl %edx, %edx; movl $0x80b, %ecx; wrmsr; popa; iret");

int guest_run(uint32_t n)
{
	if (x2apic_on() != GUEST_OK)
		return GUEST_NO_CPU;
	tables_load();
	tables_handle(VECTOR, end_of_interrupt);
	do {
		x2apic_write(APIC_SELF_IPI, VECTOR);
		/* The instruction after STI comes before any interrupt. */
		asm volatile("sti; hlt; cli" : : : "memory");
	} while (n--);
	return GUEST_OK;
}
