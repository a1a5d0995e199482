// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long VM exits take, by reason: the time from an exit to the next VM entry
 * of the vCPU.
 *
 * Off by default.  While it is off, it costs one NOP per exit, after the counters:
 * everything else uses existing tracepoints and static calls.
 *
 * An exit that returns directly to the guest executes three functions, which are
 * short: kvm_exit_times_begin(), timed_handle_exit_irqoff() unless the fastpath
 * handles the exit, and probe_entry().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/kvm_types.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/vmalloc.h>

#include <asm/tsc.h>
#include <trace/events/kvm.h>

#include "exit_counters.h"
#include "exit_times.h"
#include "exit_vms.h"
#include "trace.h"

/* Protected by kvm_exit_vms_lock.  @dead has the times of VMs that are gone. */
static bool exit_times, is_on, is_ready;
static struct kvm_exit_time *dead;

DEFINE_STATIC_KEY_FALSE(kvm_exit_times_key);
EXPORT_SYMBOL_FOR_KVM_INTERNAL(kvm_exit_times_key);

/*
 * Only the thread that runs a vCPU writes its times, with preemption disabled.
 * Other threads may read them at the same time.  Reading an old value does no harm.
 */
#define add_racy(to, n)	data_race((to) += (n))

/* End the part that began at @last, and add its time. */
static void close_part(struct kvm_exit_timer *t)
{
	u64 now = rdtsc();

	/* The TSC of this CPU may be behind that of the previous CPU. */
	if (now > t->last) {
		add_racy(t->now->parts[t->part], now - t->last);
		t->past += now - t->last;
	}
	t->last = now;
}

static void timed_handle_exit_irqoff(struct kvm_vcpu *vcpu)
{
	/* KVM has left its innermost loop: this is not the fastpath. */
	vcpu->exit_timer.part = KVM_EXIT_KERNEL;
	kvm_x86_ops.handle_exit_irqoff(vcpu);
}

/* Branch to rare cases: conditional moves would add instructions to each exit. */
static void probe_entry(void *data, struct kvm_vcpu *vcpu, bool force_immediate_exit)
{
	struct kvm_exit_timer *t = &vcpu->exit_timer;
	struct kvm_exit_time *now = t->now;
	u64 time, bucket;

	if (!now)
		return;

	/* See close_part().  The shortest time is 1. */
	time = rdtsc() - t->last;
	if (unlikely((s64)time <= 0)) {
		time = 1;
		barrier();
	}
	add_racy(now->parts[t->part], time);

	time += t->past;
	if (unlikely(time > now->max))
		now->max = time;
	/* The time is not 0, for which fls64() would test. */
	bucket = (IS_ENABLED(CONFIG_64BIT) ? __fls(time) : fls64(time) - 1) / 2;
	OPTIMIZER_HIDE_VAR(bucket);
	if (unlikely(bucket >= KVM_EXIT_NR_BUCKETS)) {
		bucket = KVM_EXIT_NR_BUCKETS - 1;
		barrier();
	}
	add_racy(now->buckets[bucket], 1);
	t->now = NULL;
}

/* KVM_RUN loads the guest's FPU when it begins, and unloads it when it ends. */
static void probe_fpu(void *data, int load)
{
	struct kvm_vcpu *vcpu = kvm_get_running_vcpu();
	struct kvm_exit_timer *t = vcpu ? &vcpu->exit_timer : NULL;

	if (!t || !t->now)
		return;
	close_part(t);
	t->part = load ? KVM_EXIT_KERNEL : KVM_EXIT_USER;
}

static void timed_vcpu_put(struct kvm_vcpu *vcpu)
{
	struct kvm_exit_timer *t = &vcpu->exit_timer;

	kvm_x86_ops.vcpu_put(vcpu);

	if (!t->now || t->part != KVM_EXIT_KERNEL)
		return;
	close_part(t);
	t->part = vcpu->stat.generic.blocking ? KVM_EXIT_HALTED : KVM_EXIT_SCHED_OUT;
}

static void timed_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
	struct kvm_exit_timer *t = &vcpu->exit_timer;

	if (t->now && (t->part == KVM_EXIT_HALTED || t->part == KVM_EXIT_SCHED_OUT)) {
		close_part(t);
		t->part = KVM_EXIT_KERNEL;
	}

	kvm_x86_ops.vcpu_load(vcpu, cpu);
}

/*
 * Loading a vendor module resets all static calls.  Call this only while there is
 * a VM: it pins the vendor module, so that kvm_x86_ops is valid.
 */
static void update_static_calls(void)
{
	static_call_update(kvm_x86_vcpu_put, is_on ? timed_vcpu_put : kvm_x86_ops.vcpu_put);
	static_call_update(kvm_x86_vcpu_load, is_on ? timed_vcpu_load : kvm_x86_ops.vcpu_load);
	static_call_update(kvm_x86_handle_exit_irqoff,
			   is_on ? timed_handle_exit_irqoff : kvm_x86_ops.handle_exit_irqoff);
}

static int make_times(struct kvm_vcpu *vcpu, gfp_t gfp)
{
	struct kvm_exit_time *times;

	if (vcpu->exit_timer.times)
		return 0;
	/* For these 38 KiB kvcalloc() would allocate 64 KiB of contiguous memory. */
	times = __vcalloc(KVM_NR_EXIT_SLOTS, sizeof(*times), gfp);
	if (!times)
		return -ENOMEM;
	/* The vCPU may be running.  Pairs with the acquire in kvm_exit_times_sum_vcpu(). */
	smp_store_release(&vcpu->exit_timer.times, times);
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
		/* Not GFP_KERNEL_ACCOUNT: this is not the VM's process. */
		r = make_times(vcpu, GFP_KERNEL);
		if (r)
			return r;
	}
	return 0;
}

static int drop_vm_open(struct kvm *kvm, void *data)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (!atomic_read(&kvm->online_vcpus))
		return 0;
	kvm_for_each_vcpu(i, vcpu, kvm)
		vcpu->exit_timer.now = NULL;
	return 0;
}

static void stop_times(void)
{
	static_branch_disable(&kvm_exit_times_key);
	is_on = false;
	unregister_trace_kvm_fpu(probe_fpu, NULL);
	unregister_trace_kvm_entry(probe_entry, NULL);
	if (kvm_exit_nr_vms())
		update_static_calls();

	/*
	 * All users of exit_timer.now run with preemption disabled, so there are
	 * none after this.  Drop exits that have not ended: they must not end when
	 * times are on again.
	 */
	tracepoint_synchronize_unregister();
	kvm_exit_walk_vms(drop_vm_open, NULL);
}

static int start_times(void)
{
	int r;

	if (!dead)
		dead = kvcalloc(KVM_NR_EXIT_SLOTS, sizeof(*dead), GFP_KERNEL);
	if (!dead)
		return -ENOMEM;

	/* vCPUs that are created from now on allocate their own. */
	is_on = true;
	r = kvm_exit_walk_vms(make_vm_times, NULL);
	if (r)
		goto err;
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
	/* While the module is being loaded, it is too early. */
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
 * kvm_exit_times_on() - check whether times are being measured
 *
 * Return: true if they are
 */
bool kvm_exit_times_on(void)
{
	return READ_ONCE(is_on);
}

static void add_times(struct kvm_exit_time *to, const struct kvm_exit_time *from)
{
	u32 slot, i;

	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++, to++, from++) {
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
	struct kvm_exit_time *its = smp_load_acquire(&vcpu->exit_timer.times);

	if (its)
		add_times(times, its);
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
 * kvm_exit_times_vm_init() - set the static calls for a new VM
 */
void kvm_exit_times_vm_init(void)
{
	lockdep_assert_held(&kvm_exit_vms_lock);
	update_static_calls();
}

/**
 * kvm_exit_times_vm_destroy() - keep the times of a VM that is being destroyed
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
 * kvm_exit_times_vcpu_create() - allocate memory for the times of a new vCPU
 *
 * @vcpu: the vCPU, which kvm_for_each_vcpu() already finds
 *
 * If there is no memory, its times are not measured.
 */
void kvm_exit_times_vcpu_create(struct kvm_vcpu *vcpu)
{
	mutex_lock(&kvm_exit_vms_lock);
	if (is_on && make_times(vcpu, GFP_KERNEL_ACCOUNT))
		pr_warn_ratelimited("no memory for exit times of a new vCPU\n");
	mutex_unlock(&kvm_exit_vms_lock);
}

/**
 * kvm_exit_times_vcpu_destroy() - free the times of a vCPU
 *
 * @vcpu: the vCPU
 */
void kvm_exit_times_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	vfree(vcpu->exit_timer.times);
}

/**
 * kvm_exit_times_init() - start measuring times if the parameter is set
 */
void __init kvm_exit_times_init(void)
{
	mutex_lock(&kvm_exit_vms_lock);
	is_ready = true;
	/* A failure must not keep KVM from loading. */
	if (exit_times && start_times())
		pr_warn("can't take the times of exits\n");
	mutex_unlock(&kvm_exit_vms_lock);
}

/**
 * kvm_exit_times_exit() - stop measuring times
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
