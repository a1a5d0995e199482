// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each SVM instruction except VMRUN: APM volume 2, "Instruction
 * Intercepts". KVM injects #UD for SKINIT. The handler of #UD skips the instruction.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmload,vmsave,clgi,stgi,skinit,invlpga");

#define UD	6

CODE(step_over, "addl $3, (%esp); iret");

int guest_run(uint32_t n)
{
	if (l1_start() != GUEST_OK)
		return GUEST_NO_CPU;
	tables_handle(UD, step_over);
	svm_start();
	do {
		asm volatile("vmload" : : "a" (L1_MEMORY) : "memory");
		asm volatile("vmsave" : : "a" (L1_MEMORY) : "memory");
		asm volatile("clgi" : : : "memory");
		asm volatile("stgi" : : : "memory");
		asm volatile("skinit" : : "a" (0));
		asm volatile("invlpga" : : "a" (0), "c" (0) : "memory");
	} while (n--);
	return GUEST_OK;
}
