// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long VM exits take, by reason: the time from an exit to the next VM entry
 * of the vCPU.
 *
 * Off by default.  While it is off it costs one NOP an exit, behind the counters:
 * all else hangs on tracepoints and static calls, which are there anyway.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/static_call.h>

#include <asm/msr.h>
#include <trace/events/kvm.h>

#include "exit_counters.h"
#include "exit_times.h"
#include "exit_vms.h"
#include "trace.h"

/**
 * struct kvm_exit_times - the times of a vCPU
 *
 * @begin: when the exit was whose time is being taken, in TSC cycles; 0 if none
 * @last: since when @part lasts
 * @guest_tsc: the vCPU's last_guest_tsc at the exit
 * @slot: the slot of the exit's reason
 * @part: where the time goes now
 * @generation: the switching on of times that @begin is of
 * @reasons: the times by slot
 *
 * Written by the thread that runs the vCPU alone, with preemption disabled.
 */
struct kvm_exit_times {
	u64 begin;
	u64 last;
	u64 guest_tsc;
	u32 slot;
	enum kvm_exit_part part;
	unsigned int generation;
	struct kvm_exit_time reasons[KVM_NR_EXIT_SLOTS];
};

DEFINE_STATIC_KEY_FALSE(kvm_exit_times_key);
EXPORT_SYMBOL_GPL(kvm_exit_times_key);

/* Protected by kvm_exit_vms_lock, as is what vCPUs of dead VMs leave behind. */
static bool exit_times, is_on, is_ready;
static struct kvm_exit_time *dead;

/* Exits before times were switched off do not end after they are on again. */
static unsigned int generation;

/* The time since @last is over, and all that is open of the exit. */
static void close_part(struct kvm_exit_times *t, u64 now)
{
	/* A CPU's TSC may lag behind that of the CPU before. */
	if (now > t->last)
		t->reasons[t->slot].parts[t->part] += now - t->last;
	t->last = now;
}

/* Return the vCPU's times if the time of an exit is being taken. */
static struct kvm_exit_times *open_times(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_times *t = READ_ONCE(vcpu->exit_times);

	return t && t->begin && t->generation == READ_ONCE(generation) ? t : NULL;
}

/**
 * kvm_exit_times_begin() - begin to take the time of an exit
 *
 * @vcpu: the vCPU that has run
 * @code: basic exit reason or exit code
 */
void kvm_exit_times_begin(struct kvm_vcpu *vcpu, u32 code)
{
	struct kvm_exit_times *t = READ_ONCE(vcpu->exit_times);

	if (!t)
		return;
	t->slot = kvm_exit_isa->slot(code);
	t->part = KVM_EXIT_KERNEL;
	t->guest_tsc = vcpu->arch.last_guest_tsc;
	t->generation = READ_ONCE(generation);
	t->begin = rdtsc();
	t->last = t->begin;
}
EXPORT_SYMBOL_GPL(kvm_exit_times_begin);

static void probe_entry(void *data, struct kvm_vcpu *vcpu, bool force_immediate_exit)
{
	struct kvm_exit_times *t = open_times(vcpu);
	struct kvm_exit_time *r;
	u64 now, time;

	if (!t)
		return;

	/* KVM updates last_guest_tsc whenever it leaves its inner loop. */
	if (t->guest_tsc == vcpu->arch.last_guest_tsc)
		t->part = KVM_EXIT_FASTPATH;
	now = rdtsc();
	close_part(t, now);

	time = max_t(s64, now - t->begin, 1);
	r = &t->reasons[t->slot];
	r->number++;
	r->max = max(r->max, time);
	r->buckets[min((fls64(time) - 1) / 2, KVM_EXIT_NR_BUCKETS - 1)]++;
	t->begin = 0;
}

/* KVM_RUN loads the guest's FPU when it begins, and puts it when it ends. */
static void probe_fpu(void *data, int load)
{
	struct kvm_vcpu *vcpu = kvm_get_running_vcpu();
	struct kvm_exit_times *t = vcpu ? open_times(vcpu) : NULL;

	if (!t)
		return;
	close_part(t, rdtsc());
	t->part = load ? KVM_EXIT_KERNEL : KVM_EXIT_USER;
}

static void timed_vcpu_put(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_times *t = open_times(vcpu);

	kvm_x86_ops.vcpu_put(vcpu);

	if (!t || t->part != KVM_EXIT_KERNEL)
		return;
	close_part(t, rdtsc());
	t->part = vcpu->stat.generic.blocking ? KVM_EXIT_HALTED : KVM_EXIT_SCHED_OUT;
}

static void timed_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
	struct kvm_exit_times *t = open_times(vcpu);

	if (t && (t->part == KVM_EXIT_HALTED || t->part == KVM_EXIT_SCHED_OUT)) {
		close_part(t, rdtsc());
		t->part = KVM_EXIT_KERNEL;
	}

	kvm_x86_ops.vcpu_load(vcpu, cpu);
}

/*
 * Loading a vendor module makes all static calls again.  To be called only while
 * there is a VM, which keeps the vendor module and so kvm_x86_ops.
 */
static void update_static_calls(void)
{
	static_call_update(kvm_x86_vcpu_put, is_on ? timed_vcpu_put : kvm_x86_ops.vcpu_put);
	static_call_update(kvm_x86_vcpu_load, is_on ? timed_vcpu_load : kvm_x86_ops.vcpu_load);
}

static int make_times(struct kvm_vcpu *vcpu, gfp_t gfp)
{
	struct kvm_exit_times *t;

	if (vcpu->exit_times)
		return 0;
	t = kvzalloc(sizeof(*t), gfp);
	if (!t)
		return -ENOMEM;
	/* The vCPU may be running.  Pairs with kvm_exit_times_sum_vcpu(). */
	smp_store_release(&vcpu->exit_times, t);
	return 0;
}

static int make_vm_times(struct kvm *kvm, void *data)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;
	int r;

	if (!atomic_read(&kvm->online_vcpus))
		return 0;
	kvm_for_each_vcpu(i, vcpu, kvm) {
		/* Not the VM's process asks for it. */
		r = make_times(vcpu, GFP_KERNEL);
		if (r)
			return r;
	}
	return 0;
}

static void stop_times(void)
{
	static_branch_disable(&kvm_exit_times_key);
	is_on = false;
	unregister_trace_kvm_fpu(probe_fpu, NULL);
	unregister_trace_kvm_entry(probe_entry, NULL);
	tracepoint_synchronize_unregister();
	if (kvm_exit_nr_vms())
		update_static_calls();
}

static int start_times(void)
{
	int r;

	if (!dead)
		dead = kvcalloc(KVM_NR_EXIT_SLOTS, sizeof(*dead), GFP_KERNEL);
	if (!dead)
		return -ENOMEM;

	/* vCPUs that are created from now on get theirs then. */
	is_on = true;
	r = kvm_exit_walk_vms(make_vm_times, NULL);
	if (r)
		goto err;
	WRITE_ONCE(generation, generation + 1);
	r = register_trace_kvm_entry(probe_entry, NULL);
	if (r)
		goto err;
	r = register_trace_kvm_fpu(probe_fpu, NULL);
	if (r) {
		unregister_trace_kvm_entry(probe_entry, NULL);
		goto err;
	}
	if (kvm_exit_nr_vms())
		update_static_calls();
	static_branch_enable(&kvm_exit_times_key);
	return 0;
err:
	is_on = false;
	return r;
}

static int exit_times_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int r = kstrtobool(val ?: "1", &on);

	if (r)
		return r;

	mutex_lock(&kvm_exit_vms_lock);
	/* At the load of the module it is too early. */
	if (!is_ready)
		exit_times = on;
	else if (on && !is_on)
		r = start_times();
	else if (!on && is_on)
		stop_times();
	mutex_unlock(&kvm_exit_vms_lock);
	return r;
}

static int exit_times_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%c\n", kvm_exit_times_on() ? 'Y' : 'N');
}

static const struct kernel_param_ops exit_times_ops = {
	.flags	= KERNEL_PARAM_OPS_FL_NOARG,
	.set	= exit_times_set,
	.get	= exit_times_get,
};
module_param_cb(exit_times, &exit_times_ops, NULL, 0644);
MODULE_PARM_DESC(exit_times, "Take the times of VM exits (default n)");

/**
 * kvm_exit_times_on() - tell whether times are being taken
 *
 * Return: whether they are
 */
bool kvm_exit_times_on(void)
{
	return READ_ONCE(is_on);
}

static void add_times(struct kvm_exit_time *to, const struct kvm_exit_time *from)
{
	u32 slot, i;

	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++, to++, from++) {
		to->number += READ_ONCE(from->number);
		to->max = max(to->max, READ_ONCE(from->max));
		for (i = 0; i < KVM_EXIT_NR_PARTS; i++)
			to->parts[i] += READ_ONCE(from->parts[i]);
		for (i = 0; i < KVM_EXIT_NR_BUCKETS; i++)
			to->buckets[i] += READ_ONCE(from->buckets[i]);
	}
}

/**
 * kvm_exit_times_sum_vcpu() - add the times of a vCPU
 *
 * @vcpu: the vCPU, which may be running
 * @times: KVM_NR_EXIT_SLOTS times to add to
 */
void kvm_exit_times_sum_vcpu(struct kvm_vcpu *vcpu, struct kvm_exit_time *times)
{
	/* Pairs with the release in make_times(). */
	struct kvm_exit_times *t = smp_load_acquire(&vcpu->exit_times);

	if (t)
		add_times(times, t->reasons);
}

/**
 * kvm_exit_times_sum_vm() - add the times of a VM's vCPUs
 *
 * @kvm: the VM
 * @times: KVM_NR_EXIT_SLOTS times to add to
 */
void kvm_exit_times_sum_vm(struct kvm *kvm, struct kvm_exit_time *times)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (!atomic_read(&kvm->online_vcpus))
		return;
	kvm_for_each_vcpu(i, vcpu, kvm)
		kvm_exit_times_sum_vcpu(vcpu, times);
}

/**
 * kvm_exit_times_sum_dead() - add the times of VMs that are gone
 *
 * @times: KVM_NR_EXIT_SLOTS times to add to
 */
void kvm_exit_times_sum_dead(struct kvm_exit_time *times)
{
	lockdep_assert_held(&kvm_exit_vms_lock);
	if (dead)
		add_times(times, dead);
}

/**
 * kvm_exit_times_vm_init() - get ready for a new VM
 */
void kvm_exit_times_vm_init(void)
{
	lockdep_assert_held(&kvm_exit_vms_lock);
	update_static_calls();
}

/**
 * kvm_exit_times_vm_destroy() - keep the times of a VM that goes
 *
 * @kvm: the VM, whose vCPUs still exist
 */
void kvm_exit_times_vm_destroy(struct kvm *kvm)
{
	lockdep_assert_held(&kvm_exit_vms_lock);
	if (dead)
		kvm_exit_times_sum_vm(kvm, dead);
}

/**
 * kvm_exit_times_vcpu_create() - make room for the times of a new vCPU
 *
 * @vcpu: the vCPU, which kvm_for_each_vcpu() finds already
 *
 * If there is no memory, its times are not taken.
 */
void kvm_exit_times_vcpu_create(struct kvm_vcpu *vcpu)
{
	mutex_lock(&kvm_exit_vms_lock);
	if (is_on && make_times(vcpu, GFP_KERNEL_ACCOUNT))
		pr_warn_ratelimited("no memory for exit times of a new vCPU\n");
	mutex_unlock(&kvm_exit_vms_lock);
}

/**
 * kvm_exit_times_vcpu_destroy() - free what kvm_exit_times_vcpu_create() made
 *
 * @vcpu: the vCPU
 */
void kvm_exit_times_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	kvfree(vcpu->exit_times);
}

/**
 * kvm_exit_times_init() - begin to take times if the parameter says so
 */
void __init kvm_exit_times_init(void)
{
	mutex_lock(&kvm_exit_vms_lock);
	is_ready = true;
	/* No reason to do without KVM. */
	if (exit_times && start_times())
		pr_warn("can't take the times of exits\n");
	mutex_unlock(&kvm_exit_vms_lock);
}

/**
 * kvm_exit_times_exit() - take no more times
 */
void kvm_exit_times_exit(void)
{
	mutex_lock(&kvm_exit_vms_lock);
	is_ready = false;
	if (is_on)
		stop_times();
	kvfree(dead);
	dead = NULL;
	mutex_unlock(&kvm_exit_vms_lock);
}
