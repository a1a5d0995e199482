// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMs whose exits are counted, for a dump to find those with most exits.
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
 * @name: that process's name then
 * @last: what its vCPUs had counted at the last dump, by slot
 * @counts: room to add up what they have counted now
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

/* Protects the list, and whether times are taken. */
DEFINE_MUTEX(kvm_exit_vms_lock);

/* Taken inside of it to change the list, and by a dump, which can't sleep. */
static DEFINE_RAW_SPINLOCK(exit_vms_lock);

static unsigned int nr_vms;

/**
 * kvm_exit_vm_init() - add a VM to the list
 *
 * @kvm: the VM, of which nothing else can fail any more
 *
 * Return: 0 or -ENOMEM
 */
int kvm_exit_vm_init(struct kvm *kvm)
{
	struct exit_vm *vm;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
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
 * @fn: the function, which gets @data; if it does not return 0, that ends it
 * @data: anything
 *
 * To be called with kvm_exit_vms_lock held.
 *
 * Return: what @fn returned last; 0 if there is no VM
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
 * kvm_exit_nr_vms() - tell how many VMs there are
 *
 * Return: the number
 */
unsigned int kvm_exit_nr_vms(void)
{
	return READ_ONCE(nr_vms);
}

/**
 * kvm_exit_sum_vcpu() - add what a vCPU has counted
 *
 * @vcpu: the vCPU, which may be running
 * @counts: KVM_NR_EXIT_COUNTS counts to add to
 */
void kvm_exit_sum_vcpu(struct kvm_vcpu *vcpu, u64 *counts)
{
	u32 slot;

	/* A vCPU's thread counts without a lock, and 64 bits at once. */
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		counts[KVM_EXIT_SLOT_L2 + slot] +=
			READ_ONCE(vcpu->stat.l2_exits_by_reason[slot]);
		counts[slot] += READ_ONCE(vcpu->stat.exits_by_reason[slot]);
	}
	counts[KVM_EXIT_SLOT_FAILED] += READ_ONCE(vcpu->stat.failed_entries);
}

/**
 * kvm_exit_sum_vm() - add what a VM's vCPUs have counted
 *
 * @kvm: the VM
 * @counts: KVM_NR_EXIT_COUNTS counts to add to
 */
void kvm_exit_sum_vm(struct kvm *kvm, u64 *counts)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	/* Without one, kvm_for_each_vcpu() takes vCPUs that are being created. */
	if (!atomic_read(&kvm->online_vcpus))
		return;
	kvm_for_each_vcpu(i, vcpu, kvm)
		kvm_exit_sum_vcpu(vcpu, counts);
}

/* Sum up a VM's exits, and count its changes from now on. */
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
 * kvm_exit_top_vms() - find the VMs with most exits since the previous dump
 *
 * @top: room for KVM_EXIT_NR_TOP_VMS of them; the first will have most
 *
 * To be called once a dump.  Waits for nothing, as the machine may be dying.
 *
 * Return: how many there are in @top; -EBUSY if the list of VMs is in use
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
