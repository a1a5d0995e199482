/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_COUNTERS_H
#define __KVM_X86_EXIT_COUNTERS_H

#include <linux/math.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct dentry;
struct trace_print_flags;

/*
 * Exit codes below these limits index the array of counters directly.  The
 * limits leave no code that occurs at a rate to kvm_count_rare_exit().
 */
#define KVM_VMX_NR_DIRECT_EXITS		0x80
#define KVM_SVM_NR_DIRECT_EXITS		0x404

/* Most counters are 0: they are added up by blocks, but for those of zeroes. */
#define KVM_EXIT_BLOCK			32

/**
 * struct kvm_exit_isa - a vendor's exit reasons, and where each is counted
 *
 * @name: what dumps call the instruction set, "vmx" or "svm"
 * @code_format: printf format of an exit code, as the vendor's manual has it
 * @nr_direct: exit codes below this have slots of the same number
 * @nr_reasons: number of elements of @reasons
 * @reasons: exit codes and their names, in the order of codes
 *
 * Slots 0 to @nr_direct - 1 are followed by one for each element of @reasons
 * (used by the codes of @nr_direct and above), one for all other codes, and
 * one for failed VM entries, which are in the slot of their reason as well;
 * then by what fills the last block.
 */
struct kvm_exit_isa {
	const char *name;
	const char *code_format;
	u32 nr_direct;
	u32 nr_reasons;
	const struct trace_print_flags *reasons;
};

static inline u32 kvm_exit_slot_other(const struct kvm_exit_isa *isa)
{
	return isa->nr_direct + isa->nr_reasons;
}

static inline u32 kvm_exit_slot_failed(const struct kvm_exit_isa *isa)
{
	return kvm_exit_slot_other(isa) + 1;
}

static inline u32 kvm_exit_nr_slots(const struct kvm_exit_isa *isa)
{
	return round_up(kvm_exit_slot_failed(isa) + 1, KVM_EXIT_BLOCK);
}

#ifdef CONFIG_KVM_EXIT_COUNTERS
extern u64 __percpu *kvm_exit_counts;
extern const struct kvm_exit_isa kvm_exit_isa_vmx, kvm_exit_isa_svm;
extern const struct kvm_exit_isa *kvm_exit_isa;

void kvm_count_rare_exit(u32 code);
void kvm_count_failed_entry(void);
u32 kvm_exit_slot(const struct kvm_exit_isa *isa, u32 code);
u32 kvm_exit_last_other(void);

int kvm_exit_counters_init(void);
void kvm_exit_counters_exit(void);

/**
 * kvm_count_exit() - count a VM exit that the hardware has just taken
 *
 * @code: basic exit reason from the VMCS, or exit code from the VMCB
 * @nr_direct: KVM_VMX_NR_DIRECT_EXITS or KVM_SVM_NR_DIRECT_EXITS, a constant
 *
 * To be called once for each exit, before any of it is handled: the fastpath
 * may enter the guest again, and a machine check may end in a panic.
 */
static __always_inline void kvm_count_exit(u32 code, u32 nr_direct)
{
	if (likely(code < nr_direct))
		this_cpu_inc(kvm_exit_counts[code]);
	else
		kvm_count_rare_exit(code);
}
#else
static __always_inline void kvm_count_exit(u32 code, u32 nr_direct) {}
static inline void kvm_count_failed_entry(void) {}
static inline int kvm_exit_counters_init(void) { return 0; }
static inline void kvm_exit_counters_exit(void) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_COUNTERS_H */
