/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_TIMES_H
#define __KVM_X86_EXIT_TIMES_H

#include <linux/jump_label.h>
#include <linux/kvm_host.h>
#include <linux/types.h>

#include <asm/tsc.h>

/* The parts of the time between an exit and the next VM entry */
enum {
	KVM_EXIT_FASTPATH,
	KVM_EXIT_KERNEL,
	KVM_EXIT_USER,
	KVM_EXIT_HALTED,
	KVM_EXIT_SCHED_OUT,
	KVM_EXIT_NR_PARTS,
};

/* The last bucket has all longer times too: with 1 GHz, 17 seconds and more. */
#define KVM_EXIT_NR_BUCKETS	18

/**
 * struct kvm_exit_time - how long exits for one reason took
 *
 * @max: time of the longest, in TSC cycles
 * @parts: sum of their times, in TSC cycles, by where the time went
 * @buckets: number of exits that took 4^n to 4^(n + 1) - 1 TSC cycles; the sum
 *	is the number of all measured exits
 */
struct kvm_exit_time {
	u64 max;
	u64 parts[KVM_EXIT_NR_PARTS];
	u64 buckets[KVM_EXIT_NR_BUCKETS];
};

#ifdef CONFIG_KVM_EXIT_COUNTERS
DECLARE_STATIC_KEY_FALSE(kvm_exit_times_key);

/**
 * kvm_exit_times_begin() - start measuring the time of an exit
 *
 * @vcpu: the vCPU that has run
 * @slot: the slot of the exit's reason
 */
static __always_inline void kvm_exit_times_begin(struct kvm_vcpu *vcpu, unsigned long slot)
{
	struct kvm_exit_timer *t = &vcpu->exit_timer;
	struct kvm_exit_time *times = READ_ONCE(t->times);

	if (!times)
		return;
	t->now = &times[slot];
	t->past = 0;
	t->part = KVM_EXIT_FASTPATH;
	t->last = rdtsc();
}

void kvm_exit_times_init(void);
void kvm_exit_times_exit(void);
void kvm_exit_times_vm_init(void);
void kvm_exit_times_vm_destroy(struct kvm *kvm);
void kvm_exit_times_vcpu_create(struct kvm_vcpu *vcpu);
void kvm_exit_times_vcpu_destroy(struct kvm_vcpu *vcpu);

bool kvm_exit_times_on(void);
void kvm_exit_times_sum_vcpu(struct kvm_vcpu *vcpu, struct kvm_exit_time *times);
void kvm_exit_times_sum_vm(struct kvm *kvm, struct kvm_exit_time *times);
void kvm_exit_times_sum_dead(struct kvm_exit_time *times);
#else
static inline void kvm_exit_times_init(void) {}
static inline void kvm_exit_times_exit(void) {}
static inline void kvm_exit_times_vcpu_create(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_times_vcpu_destroy(struct kvm_vcpu *vcpu) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_TIMES_H */
