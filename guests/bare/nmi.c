// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is an NMI that the guest sends to itself, and a second NMI that arrives
 * while the first is being handled. On VMX, KVM asks for an exit when the second can
 * be delivered: SDM volume 3, "Other Causes of VM Exits", NMI window. On SVM, KVM
 * intercepts the IRET of each NMI handler: APM volume 2, "NMI Support". If another
 * NMI is pending, KVM single-steps this IRET, which causes a #DB.
 */
#include "apic.h"
#include "tables.h"

GUEST_EXPECTED("svm:msr*2,iret*2,DB_excp vmx:MSR_WRITE*2,NMI_WINDOW");

#define NMI	2

static uint32_t nmis __attribute__((used));

/* The first NMI of a unit sends the second. */
CODE(handle_nmi, "pusha; incl nmis; testl $1, nmis; jz 1f;"
		 "movl $0x4400, %eax; xorl %edx, %edx; movl $0x830, %ecx; wrmsr;"
		 "1: popa; iret");

int guest_run(uint32_t n)
{
	uint32_t units = n;

	tables_load();
	tables_handle(NMI, handle_nmi);
	if (x2apic_on() != GUEST_OK)
		return GUEST_NO_CPU;
	do
		x2apic_write(APIC_ICR, ICR_NMI | ICR_ASSERT);
	while (n--);
	return nmis == 2 * (units + 1) ? GUEST_OK : wrong("NMIs", 0, nmis, 2 * (units + 1));
}
