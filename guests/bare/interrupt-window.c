// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is an interrupt that arrives while the guest has interrupts disabled. KVM
 * asks for an exit when they are enabled: APM volume 2, "Injecting Virtual (INTR)
 * Interrupts"; SDM volume 3, "Other Causes of VM Exits", interrupt window. The unit
 * also writes two MSRs: to send the interrupt to itself, and to end it.
 */
#include "apic.h"
#include "tables.h"

GUEST_EXPECTED("svm:msr*2,vintr vmx:MSR_WRITE*2,INTERRUPT_WINDOW");

/* WRMSR of 0 to the x2APIC's EOI */
CODE(end_of_interrupt, "pusha; xorl %eax, %eax; xorl %edx, %edx; movl $0x80b, %ecx; wrmsr; popa; iret");

int guest_run(uint32_t n)
{
	tables_load();
	tables_handle(VECTOR, end_of_interrupt);
	if (x2apic_on() != GUEST_OK)
		return GUEST_NO_CPU;
	do {
		x2apic_write(APIC_SELF_IPI, VECTOR);
		asm volatile("sti; nop; cli" : : : "memory");
	} while (n--);
	return GUEST_OK;
}
