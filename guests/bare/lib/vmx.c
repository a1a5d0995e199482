// SPDX-License-Identifier: GPL-2.0
/*
 * An L1 on VMX. The fields that change from step to step are in KVM's shadow VMCS.
 * So only VMLAUNCH and VMRESUME exit, not VMREAD and VMWRITE.
 */
#include "l2.h"

#define MSR_FEATURE_CONTROL	0x3a
#define FEATURE_CONTROL_LOCKED	(1u << 0)
#define FEATURE_CONTROL_VMXON	(1u << 2)
#define MSR_VMX_BASIC		0x480
#define MSR_VMX_PIN		0x481
#define MSR_VMX_PROC		0x482
#define MSR_VMX_EXIT		0x483
#define MSR_VMX_ENTRY		0x484
#define MSR_VMX_PROC2		0x48b

#define CR0_NE			(1u << 5)
#define CR4_VMXE		(1u << 13)
#define RFLAGS_ALWAYS		(1u << 1)
#define RFLAGS_IF		(1u << 9)

#define PIN_NMI			(1u << 3)
#define PIN_VIRTUAL_NMIS	(1u << 5)

/* Encodings: SDM volume 3, appendix B "Field Encoding in VMCS" */
enum {
	GUEST_ES_SELECTOR	= 0x0800,
	GUEST_CS_SELECTOR	= 0x0802,
	GUEST_TR_SELECTOR	= 0x080e,
	HOST_ES_SELECTOR	= 0x0c00,
	HOST_CS_SELECTOR	= 0x0c02,
	HOST_TR_SELECTOR	= 0x0c0c,
	VIRTUAL_APIC_PAGE	= 0x2012,
	APIC_ACCESS_PAGE	= 0x2014,
	LINK_POINTER		= 0x2800,
	LINK_POINTER_HIGH	= 0x2801,
	PIN_CONTROLS		= 0x4000,
	PROC_CONTROLS		= 0x4002,
	EXCEPTION_BITMAP	= 0x4004,
	EXIT_CONTROLS		= 0x400c,
	ENTRY_CONTROLS		= 0x4012,
	TPR_THRESHOLD		= 0x401c,
	PROC_CONTROLS2		= 0x401e,
	INSTRUCTION_ERROR	= 0x4400,
	EXIT_REASON		= 0x4402,
	EXIT_INTERRUPTION	= 0x4404,
	GUEST_ES_LIMIT		= 0x4800,
	GUEST_LDTR_LIMIT	= 0x480c,
	GUEST_TR_LIMIT		= 0x480e,
	GUEST_GDTR_LIMIT	= 0x4810,
	GUEST_IDTR_LIMIT	= 0x4812,
	GUEST_ES_RIGHTS		= 0x4814,
	GUEST_CS_RIGHTS		= 0x4816,
	GUEST_LDTR_RIGHTS	= 0x4820,
	GUEST_TR_RIGHTS		= 0x4822,
	GUEST_INTERRUPTIBILITY	= 0x4824,
	CR0_MASK		= 0x6000,
	CR4_MASK		= 0x6002,
	CR0_SHADOW		= 0x6004,
	CR4_SHADOW		= 0x6006,
	GUEST_CR0		= 0x6800,
	GUEST_CR3		= 0x6802,
	GUEST_CR4		= 0x6804,
	GUEST_GDTR_BASE		= 0x6816,
	GUEST_IDTR_BASE		= 0x6818,
	GUEST_DR7		= 0x681a,
	GUEST_RSP		= 0x681c,
	GUEST_RIP		= 0x681e,
	GUEST_RFLAGS		= 0x6820,
	HOST_CR0		= 0x6c00,
	HOST_CR3		= 0x6c02,
	HOST_CR4		= 0x6c04,
	HOST_GDTR_BASE		= 0x6c0c,
	HOST_IDTR_BASE		= 0x6c0e,
	HOST_RSP		= 0x6c14,
	HOST_RIP		= 0x6c16,
};

#define VMXON_REGION		(L1_MEMORY + 0x1000)
#define VMCS			(L1_MEMORY + 0x2000)
#define VIRTUAL_APIC		(L1_MEMORY + 0x3000)
#define HOST_STACK		(L1_MEMORY + 0x5000)

static void vmwrite(uint32_t field, uint32_t value)
{
	asm volatile("vmwrite %1, %0" : : "r" (field), "r" (value) : "cc");
}

static uint32_t vmread(uint32_t field)
{
	uint32_t value;

	asm volatile("vmread %1, %0" : "=r" (value) : "r" (field) : "cc");
	return value;
}

/*
 * Enter the L2 with VMLAUNCH the first time, with VMRESUME from then on. Returns 0
 * after an exit, 1 if the instruction failed. After an exit the L1 continues at
 * vmx_exit, with the stack pointer from the VMCS.
 */
asm(".pushsection .text\n"
    "vmx_enter:\n\t"
    "pusha\n\t"
    "movl	%esp, vmx_esp\n\t"
    "cmpl	$0, vmx_launched\n\t"
    "movl	$1, vmx_launched\n\t"
    "je		1f\n\t"
    "vmresume\n\t"
    "jmp	2f\n"
    "1:\n\t"
    "vmlaunch\n"
    "2:\n\t"
    "popa\n\t"
    "movl	$1, %eax\n\t"
    "ret\n"
    "vmx_exit:\n\t"
    "movl	vmx_esp, %esp\n\t"
    "popa\n\t"
    "xorl	%eax, %eax\n\t"
    "ret\n"
    ".popsection");
uint32_t vmx_esp, vmx_launched;
extern int vmx_enter(void);
extern const char vmx_exit[];

/* Returns the controls that must be set, and those of `wanted` that can be set. */
static uint32_t allowed(uint32_t msr, uint32_t wanted)
{
	uint64_t capability = rdmsr(msr);

	return (wanted | (uint32_t)capability) & (uint32_t)(capability >> 32);
}

static uint32_t controls;

static uint32_t revision;

/**
 * vmx_enable() - Prepare VMX operation. Paging must be enabled.
 */
void vmx_enable(void)
{
	revision = rdmsr(MSR_VMX_BASIC);
	if (!(rdmsr(MSR_FEATURE_CONTROL) & FEATURE_CONTROL_LOCKED))
		wrmsr(MSR_FEATURE_CONTROL, FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMXON);
	write_cr4(read_cr4() | CR4_VMXE);
	write_cr0(read_cr0() | CR0_NE);
}

/**
 * vmx_on() - Enter VMX operation, with a VMCS that is clear and current.
 *
 * Executes VMXON, VMCLEAR and VMPTRLD, and nothing else that exits.
 */
void vmx_on(void)
{
	const uint64_t region = VMXON_REGION, vmcs = VMCS;

	*(uint32_t *)VMXON_REGION = revision;
	*(uint32_t *)VMCS = revision;
	asm volatile("vmxon %0" : : "m" (region) : "memory", "cc");
	asm volatile("vmclear %0" : : "m" (vmcs) : "memory", "cc");
	asm volatile("vmptrld %0" : : "m" (vmcs) : "memory", "cc");
}

/**
 * vmx_start() - Make this guest an L1, with an L2 that is ready to be entered.
 * @controls2: secondary processor-based controls.
 *
 * Return: GUEST_OK. If this processor lacks one of the controls, print an error and
 * return GUEST_WRONG.
 */
int vmx_start(uint32_t controls2)
{
	struct table gdtr, idtr;
	uint32_t i;

	vmx_enable();
	vmx_on();
	if (allowed(MSR_VMX_PROC2, controls2) != controls2)
		return wrong("secondary controls", 0, allowed(MSR_VMX_PROC2, controls2), controls2);
	vmwrite(PIN_CONTROLS, allowed(MSR_VMX_PIN, PIN_NMI | PIN_VIRTUAL_NMIS));
	controls = allowed(MSR_VMX_PROC, controls2 ? CONTROLS2 : 0) &
		   ~(EXIT_CR3_LOAD | EXIT_CR3_STORE);
	vmwrite(PROC_CONTROLS2, controls2);
	vmwrite(EXIT_CONTROLS, allowed(MSR_VMX_EXIT, 0));
	vmwrite(ENTRY_CONTROLS, allowed(MSR_VMX_ENTRY, 0));
	vmwrite(VIRTUAL_APIC_PAGE, VIRTUAL_APIC);
	vmwrite(APIC_ACCESS_PAGE, L2_APIC);
	vmwrite(LINK_POINTER, UINT32_MAX);
	vmwrite(LINK_POINTER_HIGH, UINT32_MAX);

	/* Segments are in the order ES, CS, SS, DS, FS, GS, LDTR, TR. */
	for (i = 0; i < 6; i++) {
		vmwrite(GUEST_ES_SELECTOR + 2 * i, SELECTOR_DATA);
		vmwrite(GUEST_ES_LIMIT + 2 * i, UINT32_MAX);
		vmwrite(GUEST_ES_RIGHTS + 2 * i, 0xc093);
		vmwrite(HOST_ES_SELECTOR + 2 * i, SELECTOR_DATA);
	}
	vmwrite(GUEST_CS_SELECTOR, SELECTOR_CODE);
	vmwrite(GUEST_CS_RIGHTS, 0xc09b);
	vmwrite(HOST_CS_SELECTOR, SELECTOR_CODE);
	vmwrite(GUEST_TR_SELECTOR, SELECTOR_TSS);
	vmwrite(GUEST_TR_LIMIT, 0x67);
	vmwrite(GUEST_TR_RIGHTS, 0x8b);
	vmwrite(GUEST_LDTR_RIGHTS, 0x10000);
	vmwrite(HOST_TR_SELECTOR, SELECTOR_TSS);
	tables_tell(&gdtr, &idtr);
	vmwrite(GUEST_GDTR_BASE, gdtr.base);
	vmwrite(GUEST_GDTR_LIMIT, gdtr.limit);
	vmwrite(GUEST_IDTR_BASE, idtr.base);
	vmwrite(GUEST_IDTR_LIMIT, idtr.limit);
	vmwrite(HOST_GDTR_BASE, gdtr.base);
	vmwrite(HOST_IDTR_BASE, idtr.base);

	vmwrite(GUEST_CR3, read_cr3());
	vmwrite(GUEST_CR4, read_cr4());
	vmwrite(GUEST_DR7, 0x400);
	vmwrite(HOST_CR0, read_cr0());
	vmwrite(HOST_CR3, read_cr3());
	vmwrite(HOST_CR4, read_cr4());
	vmwrite(HOST_RSP, HOST_STACK);
	vmwrite(HOST_RIP, (uint32_t)vmx_exit);
	return GUEST_OK;
}

/**
 * vmx_step() - Run the L2 until it exits.
 * @step: where the L2 starts, and which controls are set.
 *
 * Return: the full exit reason, or with L2_EXCEPTION the vector. If VMLAUNCH or
 * VMRESUME failed, its error number with bit 16 set.
 */
uint32_t vmx_step(const struct l2_step *step)
{
	/* Bit 1 of RFLAGS can't be 0. */
	uint32_t rflags = step->flags & L2_BAD_STATE ? 0 : RFLAGS_ALWAYS;

	vmwrite(PROC_CONTROLS, controls | step->controls);
	vmwrite(EXCEPTION_BITMAP, step->flags & L2_EXCEPTION ? UINT32_MAX : 0);
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	/* The TPR is 0. With a TPR shadow, VM entry compares it with the threshold. */
	vmwrite(TPR_THRESHOLD, step->controls & TPR_SHADOW ? 1 : 0);
	vmwrite(GUEST_CR0, read_cr0());
	vmwrite(GUEST_RFLAGS, rflags | (step->flags & L2_IF ? RFLAGS_IF : 0));
	vmwrite(GUEST_RSP, L2_STACK);
	vmwrite(GUEST_RIP, (uint32_t)step->code);
	if (vmx_enter())
		return 0x10000 | vmread(INSTRUCTION_ERROR);
	if (step->flags & L2_EXCEPTION && vmread(EXIT_REASON) == VMX_EXCEPTION_NMI)
		return vmread(EXIT_INTERRUPTION) & 0xff;
	return vmread(EXIT_REASON);
}
