/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_VMS_H
#define __KVM_X86_EXIT_VMS_H

#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/types.h>

struct kvm;
struct kvm_vcpu;

/* A dump has at most this many VMs. */
#define KVM_EXIT_NR_TOP_VMS	8

/**
 * struct kvm_exit_top_vm - a VM among those with the most exits
 *
 * @pid: the process that created it
 * @name: the name of that process at that time
 * @nr_vcpus: number of its vCPUs
 * @total: exits of all its vCPUs
 * @since: the part of @total since the previous dump
 * @top: slot of the most frequent reason in @since
 */
struct kvm_exit_top_vm {
	pid_t pid;
	char name[TASK_COMM_LEN];
	unsigned int nr_vcpus;
	u64 total;
	u64 since;
	u32 top;
};

#ifdef CONFIG_KVM_EXIT_COUNTERS
extern struct mutex kvm_exit_vms_lock;

int kvm_exit_vm_init(struct kvm *kvm);
void kvm_exit_vm_destroy(struct kvm *kvm);

int kvm_exit_walk_vms(int (*fn)(struct kvm *kvm, void *data), void *data);
unsigned int kvm_exit_nr_vms(void);
int kvm_exit_top_vms(struct kvm_exit_top_vm *top);

void kvm_exit_sum_vcpu(struct kvm_vcpu *vcpu, u64 *counts);
void kvm_exit_sum_vm(struct kvm *kvm, u64 *counts);
#else
static inline int kvm_exit_vm_init(struct kvm *kvm) { return 0; }
static inline void kvm_exit_vm_destroy(struct kvm *kvm) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_VMS_H */
