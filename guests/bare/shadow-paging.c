// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each operation that exits if KVM shadows the guest's page tables
 * instead of using nested paging: on VMX a read of CR3, a write of CR3, an INVLPG, and
 * a page fault of the guest: APM volume 2, "Shadow Page Tables"; SDM volume 3, "Memory
 * Virtualization". The handler of #PF skips the instruction that faulted. On SVM the
 * read of CR3 is not part of the unit, because QEMU 10 makes it a read_cr0 exit.
 */
#include "tables.h"

GUEST_EXPECTED("svm:write_cr3,invlpg,PF_excp vmx:CR_ACCESS*2,INVLPG,EXCEPTION_NMI "
	     "svm-parameters:npt=0 vmx-parameters:ept=0");

#define PF	14
#define NOWHERE	0x40000000

/* Drop the error code, and skip CMPB with a constant, which has 7 bytes. */
CODE(step_over, "addl $4, %esp; addl $7, (%esp); iret");

int guest_run(uint32_t n)
{
	int intel = cpu_is_intel();
	uint32_t cr3;

	tables_load();
	tables_handle(PF, step_over);
	paging_on();
	cr3 = read_cr3();
	do {
		write_cr3(intel ? read_cr3() : cr3);
		asm volatile("invlpg %0" : : "m" (*(char *)NOWHERE) : "memory");
		asm volatile("cmpb $0, %0" : : "m" (*(char *)NOWHERE) : "cc");
	} while (n--);
	return GUEST_OK;
}
