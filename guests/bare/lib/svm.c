// SPDX-License-Identifier: GPL-2.0
/*
 * An L1 on SVM.
 */
#include "l2.h"

#define MSR_EFER		0xc0000080
#define EFER_LME		(1u << 8)
#define EFER_LMA		(1u << 10)
#define EFER_SVME		(1u << 12)
#define EFER_LMSLE		(1u << 13)
#define MSR_VM_HSAVE_PA		0xc0010117

#define CR0_PE			(1u << 0)
#define CR0_ET			(1u << 4)
#define CR0_NE			(1u << 5)
#define CR0_PG			(1u << 31)
#define CR4_PAE			(1u << 5)
/* An exception with the vector of NMIs, which is invalid */
#define INJECT_BAD		(1u << 31 | 3 << 8 | 2)

#define RFLAGS_ALWAYS		(1u << 1)
#define RFLAGS_IF		(1u << 9)

struct segment {
	uint16_t selector;
	uint16_t attributes;
	uint32_t limit;
	uint64_t base;
};

#define CODE32			0xc9b
#define CODE64			0xa9b
#define DATA			0xc93
#define TSS_BUSY		0x08b

/* The fields that are used here. */
struct vmcb {
	uint32_t intercepts[6];
	uint8_t reserved1[0x58 - 0x18];
	uint32_t asid;
	uint32_t tlb_control;
	uint64_t int_control;
	uint64_t int_state;
	uint64_t exit_code;
	uint8_t reserved2[0xa8 - 0x78];
	uint64_t event_injection;
	uint8_t reserved3[0x400 - 0xb0];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved4[0x4d0 - 0x4a0];
	uint64_t efer;
	uint8_t reserved5[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved6[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t reserved7[0x668 - 0x5e0];
	uint64_t pat;
};

#define VMCB			((struct vmcb *)L1_MEMORY)
#define HSAVE			(L1_MEMORY + 0x1000)
/* The L2's page tables in 64-bit mode: 2 MiB, one to one. */
#define PML4			((uint64_t *)(L1_MEMORY + 0x2000))
#define PDPT			((uint64_t *)(L1_MEMORY + 0x3000))
#define PD			((uint64_t *)(L1_MEMORY + 0x4000))
#define PRESENT_WRITABLE	3
#define LARGE			0x80

_Static_assert(__builtin_offsetof(struct vmcb, exit_code) == 0x70, "VMCB");
_Static_assert(__builtin_offsetof(struct vmcb, tr) == 0x490, "VMCB");
_Static_assert(__builtin_offsetof(struct vmcb, rip) == 0x578, "VMCB");
_Static_assert(__builtin_offsetof(struct vmcb, pat) == 0x668, "VMCB");

/**
 * svm_start() - Make this guest an L1.
 *
 * Return: GUEST_OK
 */
int svm_start(void)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, HSAVE);
	PML4[0] = (uint32_t)PDPT | PRESENT_WRITABLE;
	PDPT[0] = (uint32_t)PD | PRESENT_WRITABLE;
	PD[0] = LARGE | PRESENT_WRITABLE;
	PD[1] = 0x200000 | LARGE | PRESENT_WRITABLE;
	return GUEST_OK;
}

/*
 * How a VM entry is made invalid: with an invalid event, or, where KVM checks the event
 * itself (Linux 7.3) and so the processor never sees it, with EFER.LMSLE. KVM accepts
 * this bit for an L1, unless the processor reports that it does not have it. QEMU's
 * processor neither has nor reports it.
 */
static int bad_efer;

static void set_bit(uint32_t *words, uint32_t bit)
{
	words[bit / 32] |= 1u << bit % 32;
}

/**
 * svm_step() - Run the L2 until it exits.
 * @step: where the L2 starts, and which exit to intercept.
 *
 * An exit code below 0xa0 is also the number of its intercept bit.
 *
 * Return: the exit code, or SVM_REFUSED if the VMRUN of a step with L2_BAD_STATE failed
 * without a VM entry.
 */
uint32_t svm_step(const struct l2_step *step)
{
	const struct segment data = { SELECTOR_DATA, DATA, UINT32_MAX, 0 };
	const struct segment none = { 0 };
	struct vmcb *vmcb = VMCB;
	int is_long = step->flags & L2_LONG;
	int is_bad = step->flags & L2_BAD_STATE;
	struct table gdtr, idtr;
	uint32_t i;

	for (i = 0; i < 6; i++)
		vmcb->intercepts[i] = 0;
	set_bit(vmcb->intercepts, SVM_VMRUN);
	/* Any other failure ends in a shutdown. */
	set_bit(vmcb->intercepts, SVM_SHUTDOWN);
	if (step->exit != SVM_INVALID)
		set_bit(vmcb->intercepts, step->exit);

	vmcb->asid = 1;
	vmcb->event_injection = is_bad && !bad_efer ? INJECT_BAD : 0;
	vmcb->es = vmcb->ss = vmcb->ds = vmcb->fs = vmcb->gs = data;
	vmcb->cs = data;
	vmcb->cs.selector = SELECTOR_CODE;
	vmcb->cs.attributes = is_long ? CODE64 : CODE32;
	vmcb->gdtr = vmcb->idtr = vmcb->ldtr = none;
	vmcb->tr = none;
	vmcb->tr.attributes = TSS_BUSY;
	vmcb->tr.limit = 0x67;
	if (step->flags & L2_TABLES) {
		tables_tell(&gdtr, &idtr);
		vmcb->gdtr.base = gdtr.base;
		vmcb->gdtr.limit = gdtr.limit;
		vmcb->idtr.base = idtr.base;
		vmcb->idtr.limit = idtr.limit;
	}
	vmcb->efer = EFER_SVME | (is_long ? EFER_LME | EFER_LMA : 0) |
		     (is_bad && bad_efer ? EFER_LMSLE : 0);
	vmcb->cr0 = CR0_PE | CR0_ET | CR0_NE | (is_long ? CR0_PG : 0);
	vmcb->cr3 = is_long ? (uint32_t)PML4 : 0;
	vmcb->cr4 = is_long ? CR4_PAE : 0;
	vmcb->dr6 = 0xffff0ff0;
	vmcb->dr7 = 0x400;
	vmcb->rflags = (is_bad ? 0 : RFLAGS_ALWAYS) | (step->flags & L2_IF ? RFLAGS_IF : 0);
	vmcb->rip = (uint32_t)step->code;
	vmcb->rsp = L2_STACK;
	vmcb->pat = 0x0007040600070406;

	asm volatile("pusha\n\tvmrun\n\tpopa" : : "a" (vmcb) : "memory", "cc");
	/* After a VM entry, even an invalid one, KVM saves RFLAGS with this bit set. */
	if (!is_bad || vmcb->rflags & RFLAGS_ALWAYS)
		return vmcb->exit_code;
	if (bad_efer)
		return SVM_REFUSED;
	bad_efer = 1;
	return svm_step(step);
}
