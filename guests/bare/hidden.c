// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is RDRAND and RDSEED on a processor whose CPUID does not report them. So
 * KVM intercepts them and injects #UD. The handler of #UD skips the instruction:
 * SDM volume 3, "Instructions That Cause VM Exits Conditionally". On SVM, KVM
 * intercepts neither.
 */
#include "tables.h"

GUEST_EXPECTED("vmx:RDRAND,RDSEED");

#define UD	6

CODE(step_over, "addl $3, (%esp); iret");

int guest_run(uint32_t n)
{
	tables_load();
	tables_handle(UD, step_over);
	do {
		asm volatile("rdrand %%eax" : : : "eax", "cc");
		asm volatile("rdseed %%eax" : : : "eax", "cc");
	} while (n--);
	return GUEST_OK;
}
