// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list of VMs, from which a dump takes those with the most exits.
 *
 * KVM's own list of VMs is protected by a mutex, which a SysRq handler can't take.
 */
#include <linux/kvm_host.h>
#include <linux/list.h>
#include <linux/nmi.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "exit_counters.h"
#include "exit_times.h"
#include "exit_vms.h"

/**
 * struct exit_vm - a VM
 *
 * @list: the element of the list of VMs
 * @kvm: the VM
 * @pid: the process that created it
 * @name: the name of that process at that time
 * @last: counts of its vCPUs at the last dump, by slot
 * @counts: buffer for the current counts of its vCPUs
 */
struct exit_vm {
	struct list_head list;
	struct kvm *kvm;
	pid_t pid;
	char name[TASK_COMM_LEN];
	u64 last[KVM_NR_EXIT_COUNTS];
	u64 counts[KVM_NR_EXIT_COUNTS];
};

/* The oldest VM is the first. */
static LIST_HEAD(exit_vms);

/* Protects the list, and the state of exit_times.c. */
DEFINE_MUTEX(kvm_exit_vms_lock);

/* Taken by a dump, which can't sleep, and, inside the mutex, to change the list */
static DEFINE_RAW_SPINLOCK(exit_vms_lock);

static unsigned int nr_vms;

/**
 * kvm_exit_vm_init() - add a VM to the list
 *
 * @kvm: the VM; kvm_exit_vm_destroy() follows, even if creating the VM fails
 *
 * Return: 0 or -ENOMEM
 */
int kvm_exit_vm_init(struct kvm *kvm)
{
	struct exit_vm *vm;

	vm = kzalloc_obj(*vm, GFP_KERNEL_ACCOUNT);
	if (!vm)
		return -ENOMEM;

	vm->kvm = kvm;
	vm->pid = task_tgid_nr(current);
	get_task_comm(vm->name, current->group_leader);

	mutex_lock(&kvm_exit_vms_lock);
	raw_spin_lock_irq(&exit_vms_lock);
	list_add_tail(&vm->list, &exit_vms);
	WRITE_ONCE(nr_vms, nr_vms + 1);
	raw_spin_unlock_irq(&exit_vms_lock);
	kvm_exit_times_vm_init();
	mutex_unlock(&kvm_exit_vms_lock);
	return 0;
}

/**
 * kvm_exit_vm_destroy() - remove a VM from the list
 *
 * @kvm: the VM, whose vCPUs still exist
 */
void kvm_exit_vm_destroy(struct kvm *kvm)
{
	struct exit_vm *vm, *found = NULL;

	mutex_lock(&kvm_exit_vms_lock);
	kvm_exit_times_vm_destroy(kvm);
	raw_spin_lock_irq(&exit_vms_lock);
	list_for_each_entry(vm, &exit_vms, list) {
		if (vm->kvm == kvm) {
			found = vm;
			list_del(&vm->list);
			WRITE_ONCE(nr_vms, nr_vms - 1);
			break;
		}
	}
	raw_spin_unlock_irq(&exit_vms_lock);
	mutex_unlock(&kvm_exit_vms_lock);
	kfree(found);
}

/**
 * kvm_exit_walk_vms() - call a function for each VM
 *
 * @fn: the function; the walk ends if it does not return 0
 * @data: an argument for @fn
 *
 * The caller must hold kvm_exit_vms_lock.
 *
 * Return: the last value that @fn returned; 0 if there is no VM
 */
int kvm_exit_walk_vms(int (*fn)(struct kvm *kvm, void *data), void *data)
{
	struct exit_vm *vm;
	int r = 0;

	lockdep_assert_held(&kvm_exit_vms_lock);
	list_for_each_entry(vm, &exit_vms, list) {
		r = fn(vm->kvm, data);
		if (r)
			break;
	}
	return r;
}

/**
 * kvm_exit_nr_vms() - get the number of VMs
 *
 * Return: the number
 */
unsigned int kvm_exit_nr_vms(void)
{
	return READ_ONCE(nr_vms);
}

/**
 * kvm_exit_sum_vcpu() - add the counts of a vCPU
 *
 * @vcpu: the vCPU, which may be running
 * @counts: KVM_NR_EXIT_COUNTS counts to add to
 */
void kvm_exit_sum_vcpu(struct kvm_vcpu *vcpu, u64 *counts)
{
	u32 slot;

	/* The vCPU's thread counts without a lock, but writes 64 bits at once. */
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		counts[KVM_EXIT_SLOT_L2 + slot] +=
			READ_ONCE(vcpu->stat.l2_exits_by_reason[slot]);
		counts[slot] += READ_ONCE(vcpu->stat.exits_by_reason[slot]);
	}
	counts[KVM_EXIT_SLOT_FAILED] += READ_ONCE(vcpu->stat.failed_entries);
}

/**
 * kvm_exit_sum_vm() - add the counts of a VM's vCPUs
 *
 * @kvm: the VM
 * @counts: KVM_NR_EXIT_COUNTS counts to add to
 */
void kvm_exit_sum_vm(struct kvm *kvm, u64 *counts)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	/* If none is online, kvm_for_each_vcpu() finds vCPUs that are being created. */
	if (!atomic_read(&kvm->online_vcpus))
		return;
	kvm_for_each_vcpu(i, vcpu, kvm)
		kvm_exit_sum_vcpu(vcpu, counts);
}

/* Sum up a VM's exits.  The next dump counts its changes from now on. */
static void sum_exit_vm(struct exit_vm *vm, struct kvm_exit_top_vm *sums)
{
	u64 since, most = 0;
	u32 slot;

	memset(vm->counts, 0, sizeof(vm->counts));
	kvm_exit_sum_vm(vm->kvm, vm->counts);

	sums->pid = vm->pid;
	memcpy(sums->name, vm->name, sizeof(sums->name));
	sums->nr_vcpus = atomic_read(&vm->kvm->online_vcpus);
	sums->total = 0;
	sums->since = 0;
	sums->top = 0;
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		since = vm->counts[slot] - vm->last[slot];
		sums->total += vm->counts[slot];
		sums->since += since;
		if (since > most) {
			most = since;
			sums->top = slot;
		}
	}

	memcpy(vm->last, vm->counts, sizeof(vm->last));
}

/**
 * kvm_exit_top_vms() - find the VMs with the most exits since the previous dump
 *
 * @top: array of KVM_EXIT_NR_TOP_VMS elements; the VM with the most is the first
 *
 * Called once for each dump.  Does not wait, as the machine may be dying.
 *
 * Return: the number of VMs in @top; -EBUSY if the list of VMs is in use
 */
int kvm_exit_top_vms(struct kvm_exit_top_vm *top)
{
	struct kvm_exit_top_vm sums;
	struct exit_vm *vm;
	unsigned long flags;
	int i, nr = 0;

	if (!raw_spin_trylock_irqsave(&exit_vms_lock, flags))
		return -EBUSY;

	list_for_each_entry(vm, &exit_vms, list) {
		sum_exit_vm(vm, &sums);
		touch_nmi_watchdog();

		if (nr < KVM_EXIT_NR_TOP_VMS)
			nr++;
		else if (sums.since <= top[nr - 1].since)
			continue;
		for (i = nr - 1; i > 0 && top[i - 1].since < sums.since; i--)
			top[i] = top[i - 1];
		top[i] = sums;
	}
	raw_spin_unlock_irqrestore(&exit_vms_lock, flags);
	return nr;
}
