// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is what exits because KVM shadows the guest's page tables rather than
 * have the processor walk two levels of them: a read of CR3, a write of it, an
 * INVLPG, a page fault of the guest's own: APM volume 2, "Shadow Page Tables", SDM
 * volume 3, "Memory Virtualization". The handler of #PF steps over what faulted.
 */
#include "tables.h"

GUEST_EXPECTED("svm:read_cr3,write_cr3,invlpg,PF_excp vmx:CR_ACCESS*2,INVLPG,EXCEPTION_NMI "
	     "svm-parameters:npt=0 vmx-parameters:ept=0");

#define PF	14
#define NOWHERE	0x40000000

/* The error code goes; CMPB of a byte with a constant has 7 bytes. */
CODE(step_over, "addl $4, %esp; addl $7, (%esp); iret");

int guest_run(uint32_t n)
{
	tables_load();
	tables_handle(PF, step_over);
	paging_on();
	do {
		write_cr3(read_cr3());
		asm volatile("invlpg %0" : : "m" (*(char *)NOWHERE) : "memory");
		asm volatile("cmpb $0, %0" : : "m" (*(char *)NOWHERE) : "cc");
	} while (n--);
	return GUEST_OK;
}
