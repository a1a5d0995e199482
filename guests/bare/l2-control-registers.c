// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a read of CR0 and a write of each control register that has its own
 * intercept, in an L2: APM volume 2, "Control-Register Access Intercepts".
 * l2-control-reads.c has the other reads. On VMX, one unit is a read and a write of
 * CR3: SDM volume 3, "Instructions That Cause VM Exits Conditionally", MOV from and to
 * CR3 and CR8. CR8 exists in 64-bit mode only. On VMX, a 64-bit L2 needs a 64-bit L1,
 * so only the SVM steps use CR8.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*7,read_cr0,"
	     "write_cr0,write_cr2,write_cr3,write_cr4,write_cr8,cr0_sel_write "
	     "vmx:VMRESUME*2,CR_ACCESS*2");

L2_CODE(read_cr_0, "movl %cr0, %eax");
L2_CODE(read_cr_3, "movl %cr3, %eax");
L2_CODE(write_cr_0, "movl %eax, %cr0");
L2_CODE(write_cr_2, "movl %eax, %cr2");
L2_CODE(write_cr_3, "movl %eax, %cr3");
L2_CODE(write_cr_4, "movl %eax, %cr4");
L2_CODE(write_cr_8, ".code64; movq %rax, %cr8; .code32");
/* This changes WP: cr0_sel_write is for bits other than TS and MP. */
L2_CODE(write_cr_0_wp, "movl %cr0, %eax; xorl $0x10000, %eax; movl %eax, %cr0");

static const struct l2_step svm[] = {
	{ read_cr_0,	.exit = SVM_READ_CR(0) },
	{ write_cr_0,	.exit = SVM_WRITE_CR(0) },
	{ write_cr_2,	.exit = SVM_WRITE_CR(2) },
	{ write_cr_3,	.exit = SVM_WRITE_CR(3) },
	{ write_cr_4,	.exit = SVM_WRITE_CR(4) },
	{ write_cr_8,	.exit = SVM_WRITE_CR(8), .flags = L2_LONG },
	{ write_cr_0_wp, .exit = SVM_CR0_SEL_WRITE },
};

static const struct l2_step vmx[] = {
	{ read_cr_3,	VMX_CR_ACCESS, EXIT_CR3_STORE },
	{ write_cr_3,	VMX_CR_ACCESS, EXIT_CR3_LOAD },
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = { L2_STEPS(svm), L2_STEPS(vmx) };

	return l2_run(&l2, n);
}
