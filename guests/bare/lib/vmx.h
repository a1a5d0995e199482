/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX as the Intel SDM, volume 3, defines it: appendix C "VMX Basic Exit Reasons",
 * section "VM-Execution Control Fields".
 */
#ifndef VMX_H
#define VMX_H

#define VMX_EXCEPTION_NMI	0
#define VMX_TRIPLE_FAULT	2
#define VMX_INTERRUPT_WINDOW	7
#define VMX_NMI_WINDOW		8
#define VMX_TASK_SWITCH		9
#define VMX_HLT			12
#define VMX_INVLPG		14
#define VMX_RDPMC		15
#define VMX_RDTSC		16
#define VMX_CR_ACCESS		28
#define VMX_DR_ACCESS		29
#define VMX_INVALID_STATE	(0x80000000 | 33)
#define VMX_PAUSE		40
#define VMX_TPR_BELOW_THRESHOLD	43
#define VMX_APIC_ACCESS		44
#define VMX_GDTR_IDTR		46
#define VMX_LDTR_TR		47
#define VMX_RDTSCP		51
#define VMX_WBINVD		54
#define VMX_INVPCID		58
#define VMX_VMFUNC		59

/* Primary processor-based VM-execution controls */
#define EXIT_INTERRUPT_WINDOW	(1u << 2)
#define EXIT_HLT		(1u << 7)
#define EXIT_INVLPG		(1u << 9)
#define EXIT_RDPMC		(1u << 11)
#define EXIT_RDTSC		(1u << 12)
#define EXIT_CR3_LOAD		(1u << 15)
#define EXIT_CR3_STORE		(1u << 16)
#define TPR_SHADOW		(1u << 21)
#define EXIT_NMI_WINDOW		(1u << 22)
#define EXIT_DR			(1u << 23)
#define EXIT_PAUSE		(1u << 30)
#define CONTROLS2		(1u << 31)

/* Secondary processor-based VM-execution controls */
#define VIRTUAL_APIC_ACCESS	(1u << 0)
#define EXIT_DESCRIPTOR_TABLE	(1u << 2)
#define ENABLE_RDTSCP		(1u << 3)
#define EXIT_WBINVD		(1u << 6)
#define ENABLE_INVPCID		(1u << 12)
#define ENABLE_VMFUNC		(1u << 13)

/* vmx_step() identifies an exception by its vector. */
#define VMX_EXCEPTION(vector)	(vector)

#endif
