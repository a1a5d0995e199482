// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of VM exits by reason, for each vCPU and for the whole machine.
 *
 * The machine's counts belong to kvm.ko, not to a VM or to a vendor module: they
 * start when kvm.ko is loaded and end when it is unloaded.  The names of both
 * vendors' reasons are in kvm.ko too, so that they outlive the vendor module.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/kvm_types.h>
#include <linux/tracepoint-defs.h>

#include <asm/svm.h>
#include <asm/virt.h>
#include <asm/vmx.h>

#include "exit_counters.h"

static const struct trace_print_flags vmx_reasons[] = { VMX_EXIT_REASONS };
static const struct trace_print_flags svm_reasons[] = { SVM_EXIT_REASONS };

/* kvm_count_rare_exit() counts any code, but is slow: it is for rare codes. */
static_assert(EXIT_REASON_NOTIFY < KVM_VMX_NR_DIRECT_EXITS);
static_assert(SVM_EXIT_VMGEXIT < KVM_SVM_NR_DIRECT_EXITS);

/* svm_slot() as a table, for kvm_count_svm_exit() */
u8 kvm_svm_exit_slots[KVM_SVM_NR_DIRECT_EXITS] __ro_after_init;
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_svm_exit_slots);

static u32 vmx_slot(u64 code)
{
	return code < KVM_VMX_NR_DIRECT_EXITS ? code : KVM_EXIT_SLOT_OTHER;
}

static s64 vmx_code(u32 slot)
{
	return slot;
}

static u32 svm_slot(u64 code)
{
	if (code < 0xc0)
		return code;
	if (code >= SVM_EXIT_NPF && code < KVM_SVM_NR_DIRECT_EXITS)
		return code - SVM_EXIT_NPF + 0xc0;
	/* -4 to -1.  Some hypervisors, and some kernels, have them in 32 bits. */
	if (code >= (u64)-4 || (upper_32_bits(code) == 0 && code >= (u32)-4))
		return KVM_EXIT_SLOT_OTHER + (s32)code;
	return KVM_EXIT_SLOT_OTHER;
}

static s64 svm_code(u32 slot)
{
	if (slot < 0xc0)
		return slot;
	if (slot < 0xc4)
		return slot - 0xc0 + SVM_EXIT_NPF;
	return (s64)slot - KVM_EXIT_SLOT_OTHER;
}

const struct kvm_exit_isa kvm_exit_isa_vmx = {
	.name		= "vmx",
	.code_format	= "%llu",
	.slot		= vmx_slot,
	.code		= vmx_code,
	.nr_reasons	= ARRAY_SIZE(vmx_reasons),
	.reasons	= vmx_reasons,
};
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_isa_vmx);

const struct kvm_exit_isa kvm_exit_isa_svm = {
	.name		= "svm",
	.code_format	= "0x%03llx",
	.slot		= svm_slot,
	.code		= svm_code,
	.nr_reasons	= ARRAY_SIZE(svm_reasons),
	.reasons	= svm_reasons,
};
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_isa_svm);

DEFINE_PER_CPU_ALIGNED(u64, kvm_exit_counts[KVM_NR_EXIT_SLOTS]);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_counts);

/*
 * The counters from KVM_EXIT_SLOT_FAILED on, for each possible CPU.  They are
 * allocated, because they change rarely and modules have little static per-CPU
 * memory.
 */
u64 __percpu *kvm_exit_more_counts __ro_after_init;

/* NULL until the first vendor module is loaded. */
const struct kvm_exit_isa *kvm_exit_isa;

static u64 last_other;

/**
 * kvm_exit_isa_init() - set the vendor whose exits will be counted
 *
 * @isa: the vendor module's exit reasons, one of the two above
 */
void kvm_exit_isa_init(const struct kvm_exit_isa *isa)
{
	/* A SysRq handler may read it at any time. */
	WRITE_ONCE(kvm_exit_isa, isa);
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_isa_init);

/**
 * kvm_exit_name() - find the name of a slot's exit reason
 *
 * @isa: the instruction set
 * @slot: any slot below KVM_NR_EXIT_SLOTS
 *
 * Return: the name in the tables of exit reasons, "other", or NULL
 */
const char *kvm_exit_name(const struct kvm_exit_isa *isa, u32 slot)
{
	u32 i;

	if (slot == KVM_EXIT_SLOT_OTHER)
		return "other";

	for (i = 0; i < isa->nr_reasons; i++) {
		if (isa->slot(isa->reasons[i].mask) == slot)
			return isa->reasons[i].name;
	}
	return NULL;
}

/* The slot of a VMRUN that faulted, because virtualization was shut down. */
static bool is_no_exit(u32 slot)
{
	return slot == svm_slot(SVM_EXIT_ERR) && READ_ONCE(virt_rebooting);
}

/**
 * kvm_count_rare_exit() - count an exit whose code is too large for a table
 *
 * @vcpu: the vCPU that has run
 * @code: basic exit reason or exit code
 */
void kvm_count_rare_exit(struct kvm_vcpu *vcpu, u64 code)
{
	u32 slot = kvm_exit_isa->slot(code);

	if (is_no_exit(slot))
		return;

	/* Store the code first, so that no dump has the count without it. */
	if (slot == KVM_EXIT_SLOT_OTHER)
		WRITE_ONCE(last_other, code);
	__kvm_count_exit(vcpu, slot);
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_count_rare_exit);

/**
 * kvm_count_l2_exit() - count an exit from L2 a second time
 *
 * @vcpu: the vCPU that has run
 * @code: basic exit reason or exit code
 *
 * Called in addition to kvm_count_vmx_exit() or kvm_count_svm_exit(), which
 * count all exits.
 */
void kvm_count_l2_exit(struct kvm_vcpu *vcpu, u64 code)
{
	u32 slot = kvm_exit_isa->slot(code);

	if (is_no_exit(slot))
		return;

	this_cpu_inc(kvm_exit_more_counts[KVM_EXIT_SLOT_L2 - KVM_EXIT_SLOT_FAILED + slot]);
	vcpu->stat.l2_exits_by_reason[slot]++;
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_count_l2_exit);

/**
 * kvm_count_failed_entry() - count the exit of a failed VM entry a second time
 *
 * @vcpu: the vCPU that should have run
 *
 * Called in addition to kvm_count_vmx_exit(), which counts the exit's reason.
 */
void kvm_count_failed_entry(struct kvm_vcpu *vcpu)
{
	this_cpu_inc(kvm_exit_more_counts[0]);
	vcpu->stat.failed_entries++;
}
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_count_failed_entry);

/**
 * kvm_exit_last_other() - get the last exit code that was counted as "other"
 *
 * Return: the code; 0 if there was none
 */
u64 kvm_exit_last_other(void)
{
	return READ_ONCE(last_other);
}

/**
 * kvm_exit_counters_init() - allocate the counters
 *
 * Return: 0 or -ENOMEM
 */
int __init kvm_exit_counters_init(void)
{
	u32 code;

	for (code = 0; code < KVM_SVM_NR_DIRECT_EXITS; code++)
		kvm_svm_exit_slots[code] = svm_slot(code);

	kvm_exit_more_counts = __alloc_percpu((KVM_NR_EXIT_COUNTS - KVM_EXIT_SLOT_FAILED) *
					      sizeof(u64), SMP_CACHE_BYTES);
	return kvm_exit_more_counts ? 0 : -ENOMEM;
}

/**
 * kvm_exit_counters_exit() - free the counters; no vendor module is loaded
 */
void kvm_exit_counters_exit(void)
{
	free_percpu(kvm_exit_more_counts);
}
