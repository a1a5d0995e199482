// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a read and a write of each debug register in an L2: APM volume 2,
 * "Debug-Register Access Intercepts"; SDM volume 3, "Instructions That Cause VM
 * Exits Conditionally", MOV DR. DR4 and DR5 are other names of DR6 and DR7. On SVM,
 * they have their own intercepts.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*16,read_dr0,read_dr1,read_dr2,read_dr3,read_dr4,read_dr5,read_dr6,read_dr7,"
	     "write_dr0,write_dr1,write_dr2,write_dr3,write_dr4,write_dr5,write_dr6,write_dr7 "
	     "vmx:VMRESUME*16,DR_ACCESS*16");

L2_CODE(read_dr_0, "movl %dr0, %eax");
L2_CODE(read_dr_1, "movl %dr1, %eax");
L2_CODE(read_dr_2, "movl %dr2, %eax");
L2_CODE(read_dr_3, "movl %dr3, %eax");
L2_CODE(read_dr_4, "movl %dr4, %eax");
L2_CODE(read_dr_5, "movl %dr5, %eax");
L2_CODE(read_dr_6, "movl %dr6, %eax");
L2_CODE(read_dr_7, "movl %dr7, %eax");
L2_CODE(write_dr_0, "movl %eax, %dr0");
L2_CODE(write_dr_1, "movl %eax, %dr1");
L2_CODE(write_dr_2, "movl %eax, %dr2");
L2_CODE(write_dr_3, "movl %eax, %dr3");
L2_CODE(write_dr_4, "movl %eax, %dr4");
L2_CODE(write_dr_5, "movl %eax, %dr5");
L2_CODE(write_dr_6, "movl %eax, %dr6");
L2_CODE(write_dr_7, "movl %eax, %dr7");

#define SVM(n) \
	{ read_dr_##n, .exit = SVM_READ_DR(n) }, { write_dr_##n, .exit = SVM_WRITE_DR(n) }
#define VMX(n) \
	{ read_dr_##n, VMX_DR_ACCESS, EXIT_DR }, { write_dr_##n, VMX_DR_ACCESS, EXIT_DR }

static const struct l2_step svm[] = {
	SVM(0), SVM(1), SVM(2), SVM(3), SVM(4), SVM(5), SVM(6), SVM(7),
};

static const struct l2_step vmx[] = {
	VMX(0), VMX(1), VMX(2), VMX(3), VMX(4), VMX(5), VMX(6), VMX(7),
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = { L2_STEPS(svm), L2_STEPS(vmx) };

	return l2_run(&l2, n);
}
