// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each instruction that reads or loads a descriptor-table register, in
 * an L2: APM volume 2, "Intercepting IDTR, GDTR, LDTR and TR"; SDM volume 3,
 * "Secondary Processor-Based VM-Execution Controls", descriptor-table exiting.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*8,read_idtr,read_gdtr,read_ldtr,read_rt,write_idtr,write_gdtr,write_ldtr,write_rt "
	     "vmx:VMRESUME*8,GDTR_IDTR*4,LDTR_TR*4");

L2_CODE(read_idtr, "sidt -16(%esp)");
L2_CODE(read_gdtr, "sgdt -16(%esp)");
L2_CODE(read_ldtr, "sldt %eax");
L2_CODE(read_tr, "str %eax");
L2_CODE(load_idtr, "lidt -16(%esp)");
L2_CODE(load_gdtr, "lgdt -16(%esp)");
L2_CODE(load_ldtr, "movl $" SELECTOR(SELECTOR_LDT) ", %eax; lldt %ax");
L2_CODE(load_tr, "movl $" SELECTOR(SELECTOR_TSS) ", %eax; ltr %ax");

static const struct l2_step svm[] = {
	{ read_idtr,	.exit = SVM_READ_IDTR },
	{ read_gdtr,	.exit = SVM_READ_GDTR },
	{ read_ldtr,	.exit = SVM_READ_LDTR },
	{ read_tr,	.exit = SVM_READ_TR },
	{ load_idtr,	.exit = SVM_WRITE_IDTR },
	{ load_gdtr,	.exit = SVM_WRITE_GDTR },
	{ load_ldtr,	.exit = SVM_WRITE_LDTR, .flags = L2_TABLES },
	{ load_tr,	.exit = SVM_WRITE_TR, .flags = L2_TABLES },
};

static const struct l2_step vmx[] = {
	{ read_idtr,	VMX_GDTR_IDTR },
	{ read_gdtr,	VMX_GDTR_IDTR },
	{ read_ldtr,	VMX_LDTR_TR },
	{ read_tr,	VMX_LDTR_TR },
	{ load_idtr,	VMX_GDTR_IDTR },
	{ load_gdtr,	VMX_GDTR_IDTR },
	{ load_ldtr,	VMX_LDTR_TR },
	{ load_tr,	VMX_LDTR_TR },
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = {
		L2_STEPS(svm), L2_STEPS(vmx), EXIT_DESCRIPTOR_TABLE
	};

	return l2_run(&l2, n);
}
