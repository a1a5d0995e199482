// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of VM exits by reason, for the whole machine.
 *
 * The counts belong to kvm.ko, not to a VM or to a vendor module: they start
 * when kvm.ko is loaded and end when it is unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/tracepoint-defs.h>

#include <asm/processor.h>
#include <asm/svm.h>
#include <asm/vmx.h>
#include <kunit/visibility.h>

#include "exit_counters.h"

static const struct trace_print_flags vmx_reasons[] = { VMX_EXIT_REASONS };
static const struct trace_print_flags svm_reasons[] = { SVM_EXIT_REASONS };

/* Counting in kvm_count_rare_exit() is correct for any code, but not cheap. */
static_assert(EXIT_REASON_NOTIFY < KVM_VMX_NR_DIRECT_EXITS);
static_assert(SVM_EXIT_VMGEXIT < KVM_SVM_NR_DIRECT_EXITS);
static_assert(ARRAY_SIZE(vmx_reasons) <= KVM_VMX_NR_DIRECT_EXITS);
static_assert(ARRAY_SIZE(svm_reasons) <= KVM_SVM_NR_DIRECT_EXITS);

const struct kvm_exit_isa kvm_exit_isa_vmx = {
	.name		= "vmx",
	.code_format	= "%u",
	.nr_direct	= KVM_VMX_NR_DIRECT_EXITS,
	.nr_reasons	= ARRAY_SIZE(vmx_reasons),
	.reasons	= vmx_reasons,
};
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_isa_vmx);

const struct kvm_exit_isa kvm_exit_isa_svm = {
	.name		= "svm",
	.code_format	= "0x%03x",
	.nr_direct	= KVM_SVM_NR_DIRECT_EXITS,
	.nr_reasons	= ARRAY_SIZE(svm_reasons),
	.reasons	= svm_reasons,
};
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_isa_svm);

/* Points to kvm_exit_nr_slots() counters on each possible CPU. */
u64 __percpu *kvm_exit_counts __ro_after_init;
EXPORT_SYMBOL_GPL(kvm_exit_counts);

const struct kvm_exit_isa *kvm_exit_isa __ro_after_init;

static u32 last_other;

/**
 * kvm_exit_slot() - find the counter of an exit code
 *
 * @isa: the instruction set that the code is of
 * @code: any basic exit reason or exit code
 *
 * Return: the slot, which exists for every code
 */
u32 kvm_exit_slot(const struct kvm_exit_isa *isa, u32 code)
{
	u32 i;

	if (code < isa->nr_direct)
		return code;

	for (i = 0; i < isa->nr_reasons; i++) {
		if ((u32)isa->reasons[i].mask == code)
			return isa->nr_direct + i;
	}
	return kvm_exit_slot_other(isa);
}
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_slot);

/**
 * kvm_count_rare_exit() - count an exit whose code is not a slot's number
 *
 * @code: basic exit reason or exit code
 */
void kvm_count_rare_exit(u32 code)
{
	const struct kvm_exit_isa *isa = kvm_exit_isa;
	u32 slot = kvm_exit_slot(isa, code);

	/* No exit, but a VMRUN that faulted because KVM is being shut down. */
	if (code == (u32)SVM_EXIT_ERR && READ_ONCE(kvm_rebooting))
		return;

	/* First the code, so that no dump has the count without it. */
	if (slot == kvm_exit_slot_other(isa))
		WRITE_ONCE(last_other, code);
	this_cpu_inc(kvm_exit_counts[slot]);
}
EXPORT_SYMBOL_GPL(kvm_count_rare_exit);

/**
 * kvm_count_failed_entry() - count that an exit was a failed VM entry
 *
 * To be called beside kvm_count_exit(), which counts the exit's reason.
 */
void kvm_count_failed_entry(void)
{
	this_cpu_inc(kvm_exit_counts[kvm_exit_slot_failed(kvm_exit_isa)]);
}
EXPORT_SYMBOL_GPL(kvm_count_failed_entry);

/**
 * kvm_exit_last_other() - tell the last code counted as "other"
 *
 * Return: the code; 0 if there was none
 */
u32 kvm_exit_last_other(void)
{
	return READ_ONCE(last_other);
}

/**
 * kvm_exit_counters_init() - make the counters, all of them 0
 *
 * Return: 0 or -ENOMEM
 */
int __init kvm_exit_counters_init(void)
{
	switch (boot_cpu_data.x86_vendor) {
	case X86_VENDOR_AMD:
	case X86_VENDOR_HYGON:
		kvm_exit_isa = &kvm_exit_isa_svm;
		break;
	default:
		kvm_exit_isa = &kvm_exit_isa_vmx;
		break;
	}

	kvm_exit_counts = __alloc_percpu(kvm_exit_nr_slots(kvm_exit_isa) *
					 sizeof(u64), SMP_CACHE_BYTES);
	return kvm_exit_counts ? 0 : -ENOMEM;
}

/**
 * kvm_exit_counters_exit() - forget the counts; no vendor module is left
 */
void kvm_exit_counters_exit(void)
{
	free_percpu(kvm_exit_counts);
}
