// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a read of each control register except CR0 in an L2: APM volume 2,
 * "Control-Register Access Intercepts". CR8 exists in 64-bit mode only.
 *
 * QEMU 10 checks each of these reads against the intercept of CR0, so none of these
 * exits can occur there. Such a processor lacks what this guest needs.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*4,read_cr2,read_cr3,read_cr4,read_cr8");

L2_CODE(read_cr_2, "movl %cr2, %eax");
L2_CODE(read_cr_3, "movl %cr3, %eax");
L2_CODE(read_cr_4, "movl %cr4, %eax");
L2_CODE(read_cr_8, ".code64; movq %cr8, %rax; .code32");

static const struct l2_step svm[] = {
	{ read_cr_2,	.exit = SVM_READ_CR(2) },
	{ read_cr_3,	.exit = SVM_READ_CR(3) },
	{ read_cr_4,	.exit = SVM_READ_CR(4) },
	{ read_cr_8,	.exit = SVM_READ_CR(8), .flags = L2_LONG },
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = { L2_STEPS(svm) };
	static const struct l2_step faulty = { read_cr_2, .exit = SVM_READ_CR(0) };
	int end = l2_run(&l2, n);

	if (end == GUEST_WRONG && svm_step(&faulty) == SVM_READ_CR(0))
		return GUEST_NO_CPU;
	return end;
}
