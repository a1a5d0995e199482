// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a HLT while an interrupt is already pending: APM volume 2,
 * "Instruction Intercepts"; SDM volume 3, "Instructions That Cause VM Exits
 * Conditionally". After the HLT, KVM enters the guest again, in the fastpath if this
 * kernel has one for HLT. KVM had asked for an exit when the interrupt can be
 * delivered, and this exit follows. The unit also writes two MSRs: to send the
 * interrupt to itself, and to end it.
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
