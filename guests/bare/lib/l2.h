/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that is a hypervisor. It runs short code sequences in an L2, each with a
 * single intercept enabled. KVM runs the L2 on the real (or emulated) processor with
 * this intercept, so the hardware exits for this reason. KVM counts the exit and
 * reflects it to this guest, the L1.
 *
 * One step causes two exits: the VMRUN or VMRESUME of the L1, and the L2's exit.
 */
#ifndef L2_H
#define L2_H

#include "tables.h"
#include "svm.h"
#include "vmx.h"

/*
 * At the beginning of a step the L2 is in 32-bit protected mode at CPL 0, with flat
 * segments, its own stack, and interrupts disabled. On VMX, 4-MiB pages map its
 * memory one to one, and it uses the GDT and IDT of tables.c. On SVM, paging is off,
 * and GDT and IDT are empty, except in steps with L2_TABLES.
 */
struct l2_step {
	const char *code;	/* where the L2 starts */
	uint32_t exit;		/* the exit code (SVM) or basic exit reason (VMX) */
	uint32_t controls;	/* VMX: primary processor-based controls */
	uint32_t flags;		/* L2_ values, see below */
};

#define L2_TABLES	0x01	/* SVM: use the GDT and IDT of tables.c */
#define L2_IF		0x02	/* interrupts are enabled */
#define L2_LONG		0x04	/* SVM: 64-bit mode */
#define L2_BAD_STATE	0x08	/* invalid guest state, or an invalid event on entry */
#define L2_EXCEPTION	0x10	/* VMX: the exit's vector is checked */

/* Code for the L2. It must exit before it reaches the end. */
#define L2_CODE(name, text)	CODE(name, text "; ud2")

/**
 * struct l2_guest - the steps of an L2, by vendor.
 * @svm: steps on SVM.
 * @nr_svm: number of steps on SVM.
 * @vmx: steps on VMX.
 * @nr_vmx: number of steps on VMX.
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

/* The interface of svm.c and vmx.c to l2.c. Addresses are physical. */
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
