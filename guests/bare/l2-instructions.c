// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each of these instructions in an L2, which the L1 intercepts: APM
 * volume 2, "Instruction Intercepts"; SDM volume 3, "Instructions That Cause VM
 * Exits Conditionally". KVM does not intercept most of them for its own guests.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*11,rdtsc,rdpmc,pushf,popf,rsm,iret,swint,pause,hlt,invlpg,wbinvd "
	     "vmx:VMRESUME*9,RDTSC,RDPMC,PAUSE_INSTRUCTION,HLT,INVLPG,RDTSCP,INVPCID,WBINVD,VMFUNC");

L2_CODE(rdtsc, "rdtsc");
L2_CODE(rdpmc, "xorl %ecx, %ecx; rdpmc");
L2_CODE(push_flags, "pushfl");
L2_CODE(pop_flags, "pushl $2; popfl");
L2_CODE(resume_smm, "rsm");
L2_CODE(interrupt_return, "iret");
L2_CODE(software_interrupt, "int $0x21");
L2_CODE(pause, "pause");
L2_CODE(halt, "hlt");
L2_CODE(invlpg, "invlpg (%esp)");
L2_CODE(wbinvd, "wbinvd");
L2_CODE(rdtscp, "rdtscp");
L2_CODE(invpcid, "movl $2, %eax; invpcid (%esp), %eax");
L2_CODE(vmfunc, "xorl %eax, %eax; vmfunc");

static const struct l2_step svm[] = {
	{ rdtsc,	.exit = SVM_RDTSC },
	{ rdpmc,	.exit = SVM_RDPMC },
	{ push_flags,	.exit = SVM_PUSHF },
	{ pop_flags,	.exit = SVM_POPF },
	{ resume_smm,	.exit = SVM_RSM },
	{ interrupt_return, .exit = SVM_IRET },
	{ software_interrupt, .exit = SVM_SWINT },
	{ pause,	.exit = SVM_PAUSE },
	{ halt,		.exit = SVM_HLT },
	{ invlpg,	.exit = SVM_INVLPG },
	{ wbinvd,	.exit = SVM_WBINVD },
};

static const struct l2_step vmx[] = {
	{ rdtsc,	VMX_RDTSC, EXIT_RDTSC },
	{ rdpmc,	VMX_RDPMC, EXIT_RDPMC },
	{ pause,	VMX_PAUSE, EXIT_PAUSE },
	{ halt,		VMX_HLT, EXIT_HLT },
	{ invlpg,	VMX_INVLPG, EXIT_INVLPG },
	{ rdtscp,	VMX_RDTSCP, EXIT_RDTSC },
	{ invpcid,	VMX_INVPCID, EXIT_INVLPG },
	{ wbinvd,	VMX_WBINVD },
	{ vmfunc,	VMX_VMFUNC },
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = {
		L2_STEPS(svm), L2_STEPS(vmx),
		ENABLE_RDTSCP | ENABLE_INVPCID | EXIT_WBINVD | ENABLE_VMFUNC
	};

	return l2_run(&l2, n);
}
