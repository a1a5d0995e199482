// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is each event in an L2 that is not the exit of a particular instruction:
 * a task switch, a triple fault, an interrupt window, an NMI window, an access to
 * the APIC page, a TPR below its threshold, and a VM entry with invalid state: APM
 * volume 2, "Miscellaneous Intercepts", "Event Injection"; SDM volume 3, "Other
 * Causes of VM Exits", "APIC-Access VM Exits", "TPR Virtualization", "VM-Entry
 * Failures During or After Loading Guest State".
 *
 * On SVM, a KVM that checks all of an L1's VMCB itself never enters an L2 with invalid
 * state. This guest then ends with GUEST_NO_CPU.
 */
#include "l2.h"

GUEST_EXPECTED("svm:vmrun*2,shutdown,invalid_guest_state "
	     "vmx:VMRESUME*7,TASK_SWITCH,TRIPLE_FAULT,INTERRUPT_WINDOW,NMI_WINDOW,APIC_ACCESS,"
	     "TPR_BELOW_THRESHOLD,INVALID_STATE,failed_vmentry");

L2_CODE(task_switch, "ljmp $" SELECTOR(SELECTOR_TSS2) ", $0");
/* #DE, which leads to #NP, #DF and a triple fault. KVM intercepts no exception here. */
L2_CODE(triple_fault, "xorl %eax, %eax; divl %eax");
L2_CODE(read_apic, "movl 0x220020, %eax");
L2_CODE(nothing, "nop; nop");

#define SVM_BAD_STATE	1	/* index of the step with invalid state */

static const struct l2_step svm[] = {
	{ triple_fault,	.exit = SVM_SHUTDOWN, .flags = L2_TABLES },
	[SVM_BAD_STATE] =
	{ nothing,	.exit = SVM_INVALID, .flags = L2_BAD_STATE },
};

static const struct l2_step vmx[] = {
	{ task_switch,	VMX_TASK_SWITCH },
	{ triple_fault,	VMX_TRIPLE_FAULT },
	{ nothing,	VMX_INTERRUPT_WINDOW, EXIT_INTERRUPT_WINDOW, L2_IF },
	{ nothing,	VMX_NMI_WINDOW, EXIT_NMI_WINDOW },
	{ read_apic,	VMX_APIC_ACCESS },
	{ nothing,	VMX_TPR_BELOW_THRESHOLD, TPR_SHADOW },
	{ nothing,	VMX_INVALID_STATE, .flags = L2_BAD_STATE },
};

int guest_run(uint32_t n)
{
	static const struct l2_guest l2 = {
		L2_STEPS(svm), L2_STEPS(vmx), VIRTUAL_APIC_ACCESS
	};
	int end = l2_run(&l2, n);

	if (end == GUEST_WRONG && !cpu_is_intel() &&
	    svm_step(&svm[SVM_BAD_STATE]) != SVM_INVALID)
		return GUEST_NO_CPU;
	return end;
}
