/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_COUNTERS_H
#define __KVM_X86_EXIT_COUNTERS_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kvm_host.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "exit_times.h"

struct dentry;
struct trace_print_flags;

/*
 * Each exit is counted in a slot, whose number is below 256 and the same in
 * every array of counts:
 *
 *	VMX	0x00 - 0x7f	basic exit reasons 0x00 - 0x7f
 *	SVM	0x00 - 0xbf	exit codes 0x000 - 0x0bf
 *		0xc0 - 0xc3	exit codes 0x400 - 0x403
 *		0xc4 - 0xc7	exit codes -4 - -1
 *	both	0xc8		all other codes
 */
#define KVM_VMX_NR_DIRECT_EXITS		0x80
#define KVM_SVM_NR_DIRECT_EXITS		0x404
#define KVM_EXIT_SLOT_OTHER		0xc8

/* The last bucket of KVM's histograms is for all larger values. */
static_assert(KVM_EXIT_SLOT_OTHER + 1 == KVM_NR_EXIT_SLOTS);

/*
 * These slots count some exits a second time: failed VM entries, and, from
 * KVM_EXIT_SLOT_L2 on, exits from L2 in the order of the slots above.
 */
#define KVM_EXIT_SLOT_FAILED		KVM_NR_EXIT_SLOTS
#define KVM_EXIT_SLOT_L2		(KVM_EXIT_SLOT_FAILED + 1)

#define KVM_NR_EXIT_COUNTS		(KVM_EXIT_SLOT_L2 + KVM_NR_EXIT_SLOTS)

/**
 * struct kvm_exit_isa - a vendor's exit reasons
 *
 * @name: what dumps call the instruction set, "vmx" or "svm"
 * @code_format: printf format of a 64-bit exit code, as the vendor's manual has it
 * @slot: find the slot of an exit code
 * @code: find the exit code of a slot other than KVM_EXIT_SLOT_OTHER
 * @nr_reasons: number of elements of @reasons
 * @reasons: exit codes and their names, in the order of codes
 */
struct kvm_exit_isa {
	const char *name;
	const char *code_format;
	u32 (*slot)(u64 code);
	s64 (*code)(u32 slot);
	u32 nr_reasons;
	const struct trace_print_flags *reasons;
};

extern const struct kvm_exit_isa kvm_exit_isa_vmx, kvm_exit_isa_svm;

#ifdef CONFIG_KVM_EXIT_COUNTERS
DECLARE_PER_CPU_ALIGNED(u64, kvm_exit_counts[KVM_NR_EXIT_SLOTS]);
extern u64 __percpu *kvm_exit_more_counts;
extern u8 kvm_svm_exit_slots[KVM_SVM_NR_DIRECT_EXITS];
extern const struct kvm_exit_isa *kvm_exit_isa;

void kvm_exit_isa_init(const struct kvm_exit_isa *isa);
void kvm_count_rare_exit(struct kvm_vcpu *vcpu, u64 code);
void kvm_count_l2_exit(struct kvm_vcpu *vcpu, u64 code);
void kvm_count_failed_entry(struct kvm_vcpu *vcpu);

const char *kvm_exit_name(const struct kvm_exit_isa *isa, u32 slot);
u64 kvm_exit_last_other(void);

int kvm_exit_counters_init(void);
void kvm_exit_counters_exit(void);

/*
 * Only the thread that runs a vCPU writes the vCPU's counts.  Count by pointers:
 * each index of an array would be checked with CONFIG_UBSAN_BOUNDS, although all
 * slots are valid.
 */
static __always_inline void __kvm_count_exit(struct kvm_vcpu *vcpu, unsigned long slot)
{
	u64 *counts = vcpu->stat.exits_by_reason;

	this_cpu_inc(*(kvm_exit_counts + slot));
	/* Keep the compiler from computing an offset for both. */
	OPTIMIZER_HIDE_VAR(slot);
	counts[slot]++;
	if (static_branch_unlikely(&kvm_exit_times_key))
		kvm_exit_times_begin(vcpu, slot);
}

/**
 * kvm_count_vmx_exit() - count a VM exit that the hardware has just taken
 *
 * @vcpu: the vCPU that has run
 * @basic: basic exit reason from the VMCS
 *
 * Called once for each exit, before KVM handles any of it: the fastpath may
 * enter the guest again, and a machine check may end in a panic.
 */
static __always_inline void kvm_count_vmx_exit(struct kvm_vcpu *vcpu, unsigned long basic)
{
	/* Make the compiler keep it in one register. */
	OPTIMIZER_HIDE_VAR(basic);
	if (likely(basic < KVM_VMX_NR_DIRECT_EXITS))
		__kvm_count_exit(vcpu, basic);
	else
		kvm_count_rare_exit(vcpu, basic);
}

/**
 * kvm_count_svm_exit() - count a VM exit that the hardware has just taken
 *
 * @vcpu: the vCPU that has run
 * @code: exit code from the VMCB
 *
 * See kvm_count_vmx_exit().
 */
static __always_inline void kvm_count_svm_exit(struct kvm_vcpu *vcpu, u64 code)
{
	const u8 *slots = kvm_svm_exit_slots;

	OPTIMIZER_HIDE_VAR(code);
	if (likely(code < KVM_SVM_NR_DIRECT_EXITS))
		__kvm_count_exit(vcpu, slots[code]);
	else
		kvm_count_rare_exit(vcpu, code);
}
#else
static inline void kvm_exit_isa_init(const struct kvm_exit_isa *isa) {}
static __always_inline void kvm_count_vmx_exit(struct kvm_vcpu *vcpu, unsigned long basic) {}
static __always_inline void kvm_count_svm_exit(struct kvm_vcpu *vcpu, u64 code) {}
static inline void kvm_count_l2_exit(struct kvm_vcpu *vcpu, u64 code) {}
static inline void kvm_count_failed_entry(struct kvm_vcpu *vcpu) {}
static inline int kvm_exit_counters_init(void) { return 0; }
static inline void kvm_exit_counters_exit(void) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_COUNTERS_H */
