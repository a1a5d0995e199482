/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_TIMES_H
#define __KVM_X86_EXIT_TIMES_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct kvm;
struct kvm_exit_times;
struct kvm_vcpu;

/* Where the time between an exit and the next VM entry goes. */
enum kvm_exit_part {
	KVM_EXIT_FASTPATH,
	KVM_EXIT_KERNEL,
	KVM_EXIT_USER,
	KVM_EXIT_HALTED,
	KVM_EXIT_SCHED_OUT,
	KVM_EXIT_NR_PARTS,
};

/* The last bucket takes all that is longer: with 1 GHz, 4.6 minutes. */
#define KVM_EXIT_NR_BUCKETS	20

/**
 * struct kvm_exit_time - how long exits for one reason took
 *
 * @number: number of exits whose time was taken
 * @max: time of the longest, in TSC cycles
 * @parts: sum of their times, in TSC cycles, by where the time went
 * @buckets: number of exits that took 4^n to 4^(n + 1) - 1 TSC cycles
 */
struct kvm_exit_time {
	u64 number;
	u64 max;
	u64 parts[KVM_EXIT_NR_PARTS];
	u64 buckets[KVM_EXIT_NR_BUCKETS];
};

#ifdef CONFIG_KVM_EXIT_COUNTERS
DECLARE_STATIC_KEY_FALSE(kvm_exit_times_key);

void kvm_exit_times_begin(struct kvm_vcpu *vcpu, u32 code);

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
