/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that is a hypervisor: it runs pieces of code in an L2, and has each
 * exit for the reason that it asked the processor for. KVM runs the L2 on the
 * real (or emulated) VMX or SVM with these intercepts set, so the hardware exits
 * for that reason, KVM counts it and reflects it to this guest, the L1.
 *
 * So one step causes two exits: VMRUN or VMRESUME by the L1, and the L2's.
 */
#ifndef L2_H
#define L2_H

#include "tables.h"
#include "svm.h"
#include "vmx.h"

/*
 * The L2's state at the beginning of a step: 32-bit protected mode, flat
 * segments, no paging on SVM, 4-MiB pages one to one on VMX, CPL 0, interrupts
 * off, a stack of its own; GDT and IDT are those of tables.c on VMX, and on SVM
 * empty but for steps that say L2_TABLES.
 */
struct l2_step {
	const char *code;	/* where the L2 starts */
	uint32_t exit;		/* the exit code (SVM) or basic exit reason (VMX) */
	uint32_t controls;	/* VMX: primary processor-based controls */
	uint32_t flags;		/* L2_ values, see below */
};

#define L2_TABLES	0x01	/* SVM: GDT and IDT are those of tables.c */
#define L2_IF		0x02	/* interrupts are on */
#define L2_LONG		0x04	/* SVM: 64-bit mode */
#define L2_BAD_STATE	0x08	/* a state, or an event on entry, that cannot be */
#define L2_EXCEPTION	0x10	/* VMX: the exit's vector is what is checked */

/* Code for the L2, which must exit before it comes to the end. */
#define L2_CODE(name, text)	CODE(name, text "; ud2")

/**
 * struct l2_guest - what the L2 does, by vendor.
 * @svm: steps on SVM, one after the other.
 * @nr_svm: how many.
 * @vmx: steps on VMX.
 * @nr_vmx: how many.
 * @controls2: VMX: secondary processor-based controls.
 */
struct l2_guest {
	const struct l2_step *svm;
	uint32_t nr_svm;
	const struct l2_step *vmx;
	uint32_t nr_vmx;
	uint32_t controls2;
};

#define L2_STEPS(steps)	(steps), sizeof(steps) / sizeof((steps)[0])

int l1_start(void);
int l2_run(const struct l2_guest *guest, uint32_t n);

/* What the vendors' parts are to l2.c; addresses are physical. */
#define L1_MEMORY	(MEMORY + 0x1000)	/* the L1's structures and the L2's stack */
#define L2_STACK	(L1_MEMORY + 0x10000)
#define L2_APIC		0x220000	/* VMX: the page of the L2's APIC */

int svm_start(void);
uint32_t svm_step(const struct l2_step *step);
void vmx_enable(void);
void vmx_on(void);
int vmx_start(uint32_t controls2);
uint32_t vmx_step(const struct l2_step *step);

#endif
