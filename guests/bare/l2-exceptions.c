// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one of each exception that code at CPL 0 can cause on purpose, in an
 * L2: APM volume 2, "Exception Intercepts"; SDM volume 3, "Other Causes of VM
 * Exits", exceptions. On VMX, all exceptions have the same exit reason.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*11,DE_excp,DB_excp,BR_excp,UD_excp,NM_excp,TS_excp,NP_excp,SS_excp,GP_excp,PF_excp,MF_excp "
	     "vmx:VMRESUME*12,EXCEPTION_NMI*12");

#define DE 0
#define DB 1
#define BP 3
#define OF 4
#define BR 5
#define UD 6
#define NM 7
#define TS 10
#define NP 11
#define SS 12
#define GP 13
#define PF 14
#define MF 16

L2_CODE(divide, "xorl %eax, %eax; divl %eax");
L2_CODE(debug, "pushfl; orl $0x100, (%esp); popfl; nop");
L2_CODE(breakpoint, "int3");
L2_CODE(overflow, "movb $0x7f, %al; incb %al; into");
L2_CODE(bound, "movl $9, %eax; movl $0, -16(%esp); movl $1, -12(%esp); boundl %eax, -16(%esp)");
L2_CODE(undefined, "ud2");
L2_CODE(no_device, "movl %cr0, %eax; orl $8, %eax; movl %eax, %cr0; fnop");
/* IRET with NT set returns to the task that the TSS links to, and there is none. */
L2_CODE(bad_tss, "pushl $0x4002; popfl; iret");
L2_CODE(not_present, "movl $" SELECTOR(SELECTOR_ABSENT) ", %eax; movl %eax, %es");
L2_CODE(stack, "movl $" SELECTOR(SELECTOR_ABSENT) ", %eax; movl %eax, %ss");
L2_CODE(protection, "movl $0xfff8, %eax; movl %eax, %es");
/* An address that is not mapped, for VMX with 4-MiB pages and SVM in 64-bit mode */
L2_CODE(page, "movl 0x40000000, %eax");
L2_CODE(page_long, ".code64; movl 0x40000000, %eax; .code32");
L2_CODE(math, "fninit; pushl $0; fldcw (%esp); fld1; fldz; fdivrp; fwait");

static const struct l2_step svm[] = {
	{ divide,	.exit = SVM_EXCEPTION(DE) },
	{ debug,	.exit = SVM_EXCEPTION(DB) },
	{ bound,	.exit = SVM_EXCEPTION(BR) },
	{ undefined,	.exit = SVM_EXCEPTION(UD) },
	{ no_device,	.exit = SVM_EXCEPTION(NM) },
	{ bad_tss,	.exit = SVM_EXCEPTION(TS), .flags = L2_TABLES },
	{ not_present,	.exit = SVM_EXCEPTION(NP), .flags = L2_TABLES },
	{ stack,	.exit = SVM_EXCEPTION(SS), .flags = L2_TABLES },
	{ protection,	.exit = SVM_EXCEPTION(GP), .flags = L2_TABLES },
	{ page_long,	.exit = SVM_EXCEPTION(PF), .flags = L2_LONG },
	{ math,		.exit = SVM_EXCEPTION(MF) },
};

#define VMX(code, vector) \
	{ code, VMX_EXCEPTION(vector), .flags = L2_EXCEPTION }

static const struct l2_step vmx[] = {
	VMX(divide, DE), VMX(debug, DB), VMX(breakpoint, BP), VMX(overflow, OF),
	VMX(bound, BR), VMX(undefined, UD), VMX(no_device, NM), VMX(not_present, NP),
	VMX(stack, SS), VMX(protection, GP), VMX(page, PF), VMX(math, MF),
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = { L2_STEPS(svm), L2_STEPS(vmx) };

	return l2_run(&l2, n);
}
