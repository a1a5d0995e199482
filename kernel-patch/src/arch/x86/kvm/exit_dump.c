// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit counters as text, for the kernel log (SysRq) and for debugfs.
 *
 * Documentation/virt/kvm/x86/exit-counters.rst specifies the format.  To change
 * the format, change FORMAT and that file too.
 */
/* The lines of a dump have their own prefix. */
#define pr_fmt(fmt) fmt

#include <linux/atomic.h>
#include <linux/crc32.h>
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/nmi.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_choices.h>
#include <linux/sysrq.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint-defs.h>
#include <linux/utsname.h>

#include "exit_counters.h"
#include "exit_dump.h"
#include "exit_times.h"
#include "exit_vms.h"

#define FORMAT		2

/* Buffer sizes for a line, a code and a name; the longest reason has 26 bytes. */
#define LINE_SIZE	256
#define CODE_SIZE	20
#define NAME_SIZE	72

/* A dump that has written no line for this long has stalled. */
#define STALL_NS	(30 * NSEC_PER_SEC)

/* How often debugfs tries to read the last totals, at least 10 us apart */
#define MAX_TRIES	1000

/**
 * struct exit_dump - a dump that is being made
 *
 * @isa: the instruction set whose exits these are
 * @kvm: the VM whose exits these are; NULL for those of the machine
 * @vcpu: the vCPU whose exits these are; NULL for those of all vCPUs
 * @number: the number in its lines, 0 in debugfs
 * @token: identifies the dump in progress; changes with each line
 * @time: when the counts were read, in ns of the log's clock
 * @total: count of each slot
 * @since: the part of @total since the previous numbered dump
 * @to: the file to write to; the kernel log if NULL
 * @crc: checksum of the lines written so far
 */
struct exit_dump {
	const struct kvm_exit_isa *isa;
	struct kvm *kvm;
	struct kvm_vcpu *vcpu;
	u64 number;
	s64 token;
	u64 time;
	u64 *total;
	u64 *since;
	struct seq_file *to;
	u32 crc;
};

/* Widths of the columns of a dump's rows.  If @l2 is 0, there is no such column. */
struct columns {
	int code;
	int name;
	int total;
	int since;
	int l2;
};

/* The last dump that went to the log.  @seq is for readers of its @total. */
static struct exit_dump last;
static seqcount_t seq = SEQCNT_ZERO(seq);

/* The token of the dump that is being written to the log, 0 if there is none. */
static atomic64_t in_progress;

/* The wall-clock time at which the module was loaded */
static struct timespec64 load_time;

/* Sum up the counts of all possible CPUs in @since, as the new totals. */
static void sum_counts(struct exit_dump *d)
{
	const unsigned int more = KVM_NR_EXIT_COUNTS - KVM_EXIT_SLOT_FAILED;
	unsigned int i, cpu, nr_cpus = 0;
	u64 *counts;

	memset(d->since, 0, KVM_NR_EXIT_COUNTS * sizeof(*d->since));
	for_each_possible_cpu(cpu) {
		/* Read exits from L2 first, so that no reason has more of them than exits. */
		counts = per_cpu_ptr(kvm_exit_more_counts, cpu);
		for (i = 0; i < more; i++)
			d->since[KVM_EXIT_SLOT_FAILED + i] += READ_ONCE(counts[i]);
		counts = per_cpu_ptr(&kvm_exit_counts[0], cpu);
		for (i = 0; i < KVM_NR_EXIT_SLOTS; i++)
			d->since[i] += READ_ONCE(counts[i]);
		if (!d->to && !(++nr_cpus % 256))
			touch_nmi_watchdog();
	}
	d->time = local_clock();
}

/* Turn previous totals in @total and new ones in @since into totals and changes. */
static void settle_counts(struct exit_dump *d)
{
	u64 total;
	u32 slot;

	for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++) {
		total = d->since[slot];
		d->since[slot] = total - d->total[slot];
		d->total[slot] = total;
	}
}

/* A dump's token is the time when it last wrote a line.  It is never 0. */
static s64 new_token(void)
{
	return local_clock() | 1;
}

/* Start a dump for the log.  Return false if another one is in progress. */
static bool begin_dump(struct exit_dump *d)
{
	s64 old = atomic64_read(&in_progress), token = new_token();

	if (old && token - old < STALL_NS)
		return false;
	if (atomic64_cmpxchg(&in_progress, old, token) != old)
		return false;

	*d = last;
	d->isa = READ_ONCE(kvm_exit_isa);
	d->token = token;
	if (old)
		pr_info("kvm: exit counters: the dump in progress has stalled, this one replaces it\n");
	return true;
}

/* Renew a dump's token.  Return false if another dump has replaced this one. */
static bool still_in_progress(struct exit_dump *d)
{
	s64 token = new_token();

	if (atomic64_cmpxchg(&in_progress, d->token, token) != d->token)
		return false;
	d->token = token;
	return true;
}

static void end_dump(struct exit_dump *d)
{
	atomic64_cmpxchg(&in_progress, d->token, 0);
}

/* Append text to the @len bytes in @line, and add it to the checksum. */
static __printf(4, 5) size_t add_text(struct exit_dump *d, char *line, size_t len,
				      const char *format, ...)
{
	va_list args;
	size_t more;

	va_start(args, format);
	more = vscnprintf(line + len, LINE_SIZE - len, format, args);
	va_end(args);
	d->crc = crc32_le(d->crc, line + len, more);
	return len + more;
}

static void put_line(struct exit_dump *d, const char *line)
{
	if (d->to) {
		seq_printf(d->to, "%s\n", line);
		return;
	}
	if (!still_in_progress(d))
		return;

	/* Consoles are slow, and interrupts may be off. */
	touch_nmi_watchdog();
	pr_info("%s\n", line);
}

/* Begin a line.  Return its length. */
static size_t begin_line(struct exit_dump *d, char *line)
{
	return add_text(d, line, 0, "kvm_exits: %llu", d->number);
}

static void end_line(struct exit_dump *d, char *line)
{
	d->crc = crc32_le(d->crc, "\n", 1);
	put_line(d, line);
}

/* Copy a name, with "_" for each character that the format does not allow. */
static const char *one_word(const char *name, char *word, size_t size)
{
	char *p;

	strscpy(word, *name ? name : "-", size);
	for (p = word; *p; p++) {
		if (!isascii(*p) || !(isalnum(*p) || strchr("_.-", *p)))
			*p = '_';
	}
	return word;
}

/* Return the name of a slot's reason.  Put its code in @code if that is not NULL. */
static const char *describe_slot(struct exit_dump *d, u32 slot, char *code, char *word)
{
	const char *name = kvm_exit_name(d->isa, slot);
	s64 value;

	if (code) {
		value = slot == KVM_EXIT_SLOT_OTHER ? kvm_exit_last_other()
						    : d->isa->code(slot);
		/* As in the manual: VMEXIT_INVALID is -1. */
		if (value < 0 && value >= -4)
			snprintf(code, CODE_SIZE, "%lld", value);
		else
			snprintf(code, CODE_SIZE, d->isa->code_format, value);
	}
	one_word(name ?: "unnamed", word, NAME_SIZE);
	/* Reasons have fewer characters than the names of hosts and processes. */
	strreplace(word, '-', '_');
	return word;
}

static int width_of(u64 number)
{
	return snprintf(NULL, 0, "%llu", number);
}

static void measure_columns(struct exit_dump *d, struct columns *c)
{
	char code[CODE_SIZE], word[NAME_SIZE];
	u32 slot;

	*c = (struct columns) {
		.code	= strlen("code"),
		.name	= strlen(d->total[KVM_EXIT_SLOT_FAILED] ? "failed_vmentry" : "reason"),
		.total	= strlen("total"),
		.since	= strlen("since"),
	};
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		if (!d->total[slot])
			continue;
		c->name = max_t(int, c->name, strlen(describe_slot(d, slot, code, word)));
		c->code = max_t(int, c->code, strlen(code));
		c->total = max(c->total, width_of(d->total[slot]));
		c->since = max(c->since, 1 + width_of(d->since[slot]));
		if (d->total[KVM_EXIT_SLOT_L2 + slot])
			c->l2 = max3(c->l2, (int)strlen("l2"),
				     width_of(d->total[KVM_EXIT_SLOT_L2 + slot]));
	}
}

static void put_header(struct exit_dump *d, const struct columns *c)
{
	char line[LINE_SIZE];
	size_t len;

	len = begin_line(d, line);
	len = add_text(d, line, len, " %*s  %-*s  %*s  %*s", c->code, "code", c->name, "reason",
		       c->total, "total", c->since, "since");
	if (c->l2)
		add_text(d, line, len, "  %*s", c->l2, "l2");
	end_line(d, line);
}

static void put_row(struct exit_dump *d, const struct columns *c, u32 slot,
		    const char *code, const char *name, u64 l2)
{
	char line[LINE_SIZE];
	size_t len;

	len = begin_line(d, line);
	len = add_text(d, line, len, " %*s  %-*s  %*llu  %+*lld", c->code, code, c->name, name,
		       c->total, d->total[slot], c->since, (s64)d->since[slot]);
	if (l2)
		add_text(d, line, len, "  %*llu", c->l2, l2);
	else if (c->l2)
		add_text(d, line, len, "  %*s", c->l2, ".");
	end_line(d, line);
}

static void put_rows(struct exit_dump *d, const struct columns *c)
{
	char code[CODE_SIZE], word[NAME_SIZE];
	const char *name;
	u32 slot;

	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		if (!d->total[slot])
			continue;
		name = describe_slot(d, slot, code, word);
		put_row(d, c, slot, code, name, d->total[KVM_EXIT_SLOT_L2 + slot]);
	}

	slot = KVM_EXIT_SLOT_FAILED;
	if (d->total[slot])
		put_row(d, c, slot, "also", "failed_vmentry", 0);
}

static void put_vms(struct exit_dump *d, const struct columns *c)
{
	struct kvm_exit_top_vm top[KVM_EXIT_NR_TOP_VMS];
	char line[LINE_SIZE], word[NAME_SIZE];
	unsigned int nr_vms = kvm_exit_nr_vms();
	int i, nr = kvm_exit_top_vms(top);
	size_t len;

	for (i = 0; i < nr; i++) {
		len = begin_line(d, line);
		len = add_text(d, line, len, " %*s  pid=%d name=%s vcpus=%u total=%llu since=%+lld",
			       c->code, "vm", top[i].pid,
			       one_word(top[i].name, word, sizeof(word)), top[i].nr_vcpus,
			       top[i].total, (s64)top[i].since);
		add_text(d, line, len, " top=%s",
			 top[i].since ? describe_slot(d, top[i].top, NULL, word) : "-");
		end_line(d, line);
	}
	if (nr < 0 || nr_vms > nr) {
		len = begin_line(d, line);
		if (nr < 0)
			add_text(d, line, len, " %*s  busy", c->code, "vm");
		else
			add_text(d, line, len, " %*s  more=%u", c->code, "vm", nr_vms - nr);
		end_line(d, line);
	}
}

/* Add the fields of a begin line that identify the counters. */
static size_t add_identity(struct exit_dump *d, char *line, size_t len)
{
	u64 ms = div_u64(d->time, NSEC_PER_MSEC);
	char word[NAME_SIZE];
	u32 frac;

	len = add_text(d, line, len, " begin format=%d isa=%s host=%s loaded=%ptT.%03ldZ", FORMAT,
		       d->isa->name, one_word(init_utsname()->nodename, word, sizeof(word)),
		       &load_time.tv_sec, load_time.tv_nsec / NSEC_PER_MSEC);
	if (d->kvm)
		len = add_text(d, line, len, " vm=%pd", d->kvm->debugfs_dentry);
	if (d->vcpu)
		len = add_text(d, line, len, " vcpu=%d", d->vcpu->vcpu_id);
	else if (d->kvm)
		len = add_text(d, line, len, " vcpus=%d", atomic_read(&d->kvm->online_vcpus));
	else
		len = add_text(d, line, len, " cpus=%u/%u vms=%u", num_online_cpus(),
			       num_possible_cpus(), kvm_exit_nr_vms());
	ms = div_u64_rem(ms, MSEC_PER_SEC, &frac);
	return add_text(d, line, len, " uptime=%llu.%03u", ms, frac);
}

static void put_begin(struct exit_dump *d)
{
	char line[LINE_SIZE];
	size_t len;

	len = begin_line(d, line);
	add_identity(d, line, len);
	end_line(d, line);
}

static void put_end(struct exit_dump *d)
{
	u64 exits = 0, since = 0;
	char line[LINE_SIZE];
	u32 slot, rows = 0;
	size_t len;

	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		rows += !!d->total[slot];
		exits += d->total[slot];
		since += d->since[slot];
	}

	len = begin_line(d, line);
	len = add_text(d, line, len, " end rows=%u exits=%llu since=%+lld ", rows, exits,
		       (s64)since);
	scnprintf(line + len, sizeof(line) - len, "crc=%08x", ~d->crc);
	put_line(d, line);
}

/* Write a dump whose counts have been read. */
static void put_dump(struct exit_dump *d)
{
	struct columns c;

	d->crc = ~0;
	measure_columns(d, &c);
	put_begin(d);
	put_header(d, &c);
	put_rows(d, &c);
	if (!d->to)
		put_vms(d, &c);
	put_end(d);
}

/*
 * Make a dump the last one, from which the next dump counts changes.  Return
 * false if another dump has replaced it.
 */
static bool settle_dump(struct exit_dump *d)
{
	preempt_disable();
	if (!still_in_progress(d)) {
		preempt_enable();
		return false;
	}
	/* It is odd if the writer of a dump died here. */
	if (!(raw_read_seqcount(&seq) & 1))
		raw_write_seqcount_begin(&seq);
	d->number = ++last.number;
	settle_counts(d);
	raw_write_seqcount_end(&seq);
	preempt_enable();
	return true;
}

static void log_dump(struct exit_dump *d)
{
	sum_counts(d);
	if (!settle_dump(d))
		return;
	put_dump(d);
	end_dump(d);
}

/*
 * May run in hard interrupt context on a dying machine: don't take locks, don't
 * sleep, don't allocate.
 */
static void sysrq_dump_exits(u8 key)
{
	struct exit_dump d;

	if (!READ_ONCE(kvm_exit_isa))
		pr_info("kvm: exit counters: no vendor module was loaded yet, so there were no exits\n");
	else if (begin_dump(&d))
		log_dump(&d);
	else
		pr_info("kvm: exit counters: a dump is in progress already\n");
}

static char help_msg[32];

static const struct sysrq_key_op sysrq_op = {
	.handler	= sysrq_dump_exits,
	.help_msg	= help_msg,
	.action_msg	= "Show KVM exit counters",
	.enable_mask	= SYSRQ_ENABLE_DUMP,
};

static bool exit_counters_on_panic;
module_param(exit_counters_on_panic, bool, 0644);
MODULE_PARM_DESC(exit_counters_on_panic, "Show the exit counters when the kernel panics (default n)");

static int panic_dump_exits(struct notifier_block *nb, unsigned long event, void *buf)
{
	struct exit_dump d;

	if (!exit_counters_on_panic || !READ_ONCE(kvm_exit_isa))
		return NOTIFY_DONE;

	/*
	 * Other CPUs are stopped if possible.  Replace a dump that one of them
	 * was writing, which ends it even if that CPU still runs.
	 */
	d = last;
	d.isa = READ_ONCE(kvm_exit_isa);
	d.token = new_token();
	atomic64_set(&in_progress, d.token);
	log_dump(&d);
	return NOTIFY_DONE;
}

static struct notifier_block panic_notifier = {
	.notifier_call	= panic_dump_exits,
};

static char exit_counters_key = 'x';

/* SysRq uses digits and h itself. */
static int exit_counters_key_set(const char *val, const struct kernel_param *kp)
{
	if (val && isascii(val[0]) && isalpha(val[0]) && val[0] != 'h' && !val[1])
		exit_counters_key = val[0];
	else
		pr_warn("kvm: exit_counters_key=%s is not one letter other than h, so key %c shows exit counters; load kvm with exit_counters_key= another\n",
			val ?: "", exit_counters_key);

	/* A wrong key must not keep KVM from loading. */
	return 0;
}

static int exit_counters_key_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%c\n", exit_counters_key);
}

static const struct kernel_param_ops exit_counters_key_ops = {
	.flags	= KERNEL_PARAM_OPS_FL_NOARG,
	.set	= exit_counters_key_set,
	.get	= exit_counters_key_get,
};
module_param_cb(exit_counters_key, &exit_counters_key_ops, NULL, 0444);
MODULE_PARM_DESC(exit_counters_key, "SysRq key that shows the exit counters (default x)");

/*
 * Read the last dump's totals, from which changes are counted.  Don't wait
 * forever: the writer of a dump may have died while it changed them.
 */
static int read_last_totals(struct exit_dump *d)
{
	unsigned int start, tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		start = raw_seqcount_begin(&seq);
		memcpy(d->total, last.total, KVM_NR_EXIT_COUNTS * sizeof(u64));
		if (!read_seqcount_retry(&seq, start))
			return 0;
		usleep_range(10, 100);
	}
	return -EBUSY;
}

/* Show the counts of a vCPU, of a VM, or of the machine if both are NULL. */
static int show_counts(struct seq_file *m, struct kvm *kvm, struct kvm_vcpu *vcpu)
{
	struct exit_dump d = {
		.isa	= READ_ONCE(kvm_exit_isa),
		.kvm	= kvm,
		.vcpu	= vcpu,
		.to	= m,
	};
	int r = 0;

	d.total = kvcalloc(2 * KVM_NR_EXIT_COUNTS, sizeof(u64), GFP_KERNEL);
	if (!d.total)
		return -ENOMEM;
	d.since = d.total + KVM_NR_EXIT_COUNTS;

	if (vcpu) {
		kvm_exit_sum_vcpu(vcpu, d.since);
		d.time = local_clock();
	} else if (kvm) {
		kvm_exit_sum_vm(kvm, d.since);
		d.time = local_clock();
	} else {
		r = read_last_totals(&d);
		sum_counts(&d);
	}

	if (!r) {
		settle_counts(&d);
		put_dump(&d);
	}
	kvfree(d.total);
	return r;
}

static u64 cycles_to_ns(u64 cycles)
{
	/* If the frequency is unknown, the first line has tsc_khz=0. */
	return tsc_khz ? mul_u64_u32_div(cycles, USEC_PER_SEC, tsc_khz) : 0;
}

static void show_times_row(struct exit_dump *d, u32 slot, const struct kvm_exit_time *t)
{
	char code[CODE_SIZE], word[NAME_SIZE];
	const char *name = describe_slot(d, slot, code, word);
	u64 number = 0, sum = 0;
	int i, nr;

	for (i = 0; i < KVM_EXIT_NR_PARTS; i++)
		sum += t->parts[i];
	for (i = 0; i < KVM_EXIT_NR_BUCKETS; i++)
		number += t->buckets[i];
	if (!number && !sum)
		return;
	seq_printf(d->to, "kvm_exit_times: %7s  %-26s %10llu %15llu %12llu", code, name,
		   number, cycles_to_ns(sum), cycles_to_ns(t->max));
	for (i = 0; i < KVM_EXIT_NR_PARTS; i++)
		seq_printf(d->to, " %15llu", cycles_to_ns(t->parts[i]));

	/* Omit empty buckets at the end. */
	for (nr = KVM_EXIT_NR_BUCKETS; nr > 1 && !t->buckets[nr - 1]; nr--)
		;
	for (i = 0; i < nr; i++)
		seq_printf(d->to, "%c%llu", i ? ',' : ' ', t->buckets[i]);
	seq_putc(d->to, '\n');
}

static int sum_vm_times(struct kvm *kvm, void *times)
{
	kvm_exit_times_sum_vm(kvm, times);
	return 0;
}

/* Show the times of a vCPU, of a VM, or of the machine if both are NULL. */
static int show_times(struct seq_file *m, struct kvm *kvm, struct kvm_vcpu *vcpu)
{
	struct exit_dump d = {
		.isa	= READ_ONCE(kvm_exit_isa),
		.kvm	= kvm,
		.vcpu	= vcpu,
		.to	= m,
	};
	struct kvm_exit_time *times;
	char line[LINE_SIZE];
	u32 slot;

	times = kvcalloc(KVM_NR_EXIT_SLOTS, sizeof(*times), GFP_KERNEL);
	if (!times)
		return -ENOMEM;

	d.time = local_clock();
	if (vcpu) {
		kvm_exit_times_sum_vcpu(vcpu, times);
	} else if (kvm) {
		kvm_exit_times_sum_vm(kvm, times);
	} else {
		mutex_lock(&kvm_exit_vms_lock);
		kvm_exit_times_sum_dead(times);
		kvm_exit_walk_vms(sum_vm_times, times);
		mutex_unlock(&kvm_exit_vms_lock);
	}

	add_identity(&d, line, 0);
	seq_printf(m, "kvm_exit_times:%s times=%s tsc_khz=%u\n", line,
		   str_on_off(kvm_exit_times_on()), tsc_khz);
	seq_printf(m, "kvm_exit_times: %7s  %-26s %10s %15s %12s %15s %15s %15s %15s %15s %s\n",
		   "code", "reason", "number", "sum", "max", "fastpath", "kernel", "user",
		   "halted", "sched_out", "buckets");
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++)
		show_times_row(&d, slot, &times[slot]);
	seq_puts(m, "kvm_exit_times: end\n");
	kvfree(times);
	return 0;
}

static int exit_counters_show(struct seq_file *m, void *v)
{
	return show_counts(m, NULL, NULL);
}
DEFINE_SHOW_ATTRIBUTE(exit_counters);

static int exit_times_show(struct seq_file *m, void *v)
{
	return show_times(m, NULL, NULL);
}
DEFINE_SHOW_ATTRIBUTE(exit_times);

/*
 * Define the files of a VM and of its vCPUs.  show_NAME() shows both.  An open file
 * does not pin the VM: KVM removes the files first, and debugfs waits for readers.
 */
#define DEFINE_VM_FILES(name)								\
static int vm_##name##_show(struct seq_file *m, void *v)				\
{											\
	return show_##name(m, m->private, NULL);					\
}											\
DEFINE_SHOW_ATTRIBUTE(vm_##name);							\
											\
static int vcpu_##name##_show(struct seq_file *m, void *v)				\
{											\
	struct kvm_vcpu *vcpu = m->private;						\
											\
	return show_##name(m, vcpu->kvm, vcpu);						\
}											\
DEFINE_SHOW_ATTRIBUTE(vcpu_##name)

DEFINE_VM_FILES(counts);
DEFINE_VM_FILES(times);

static int exit_reasons_show(struct seq_file *m, void *v)
{
	struct exit_dump d = {
		.isa	= READ_ONCE(kvm_exit_isa),
	};
	char code[CODE_SIZE], word[NAME_SIZE];
	const char *name;
	u32 i, slot;

	for (i = 0; i < d.isa->nr_reasons; i++) {
		slot = d.isa->slot(d.isa->reasons[i].mask);
		/* Reasons without a slot are no exits of the hardware. */
		if (slot == KVM_EXIT_SLOT_OTHER)
			continue;
		name = describe_slot(&d, slot, code, word);
		seq_printf(m, "%u %s %s\n", slot, code, name);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_reasons);

/**
 * kvm_arch_create_debugfs() - add files to KVM's directory in debugfs
 *
 * @dir: the directory, which exists while a vendor module is loaded
 */
void kvm_arch_create_debugfs(struct dentry *dir)
{
	debugfs_create_file("exit_counters", 0444, dir, NULL, &exit_counters_fops);
	debugfs_create_file("exit_reasons", 0444, dir, NULL, &exit_reasons_fops);
	debugfs_create_file("exit_times", 0444, dir, NULL, &exit_times_fops);
}

/**
 * kvm_exit_dump_create_vm_debugfs() - add files to a VM's directory in debugfs
 *
 * @kvm: the VM
 */
void kvm_exit_dump_create_vm_debugfs(struct kvm *kvm)
{
	debugfs_create_file("exit_counters", 0444, kvm->debugfs_dentry, kvm,
			    &vm_counts_fops);
	debugfs_create_file("exit_times", 0444, kvm->debugfs_dentry, kvm, &vm_times_fops);
}

/**
 * kvm_exit_dump_create_vcpu_debugfs() - add files to a vCPU's directory in debugfs
 *
 * @vcpu: the vCPU
 * @dir: its directory
 */
void kvm_exit_dump_create_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir)
{
	debugfs_create_file("exit_counters", 0444, dir, vcpu, &vcpu_counts_fops);
	debugfs_create_file("exit_times", 0444, dir, vcpu, &vcpu_times_fops);
}

/**
 * kvm_exit_dump_init() - register the SysRq key and the panic notifier
 *
 * If the SysRq key is taken, warn and load anyway.
 *
 * Return: 0 or -ENOMEM
 */
int __init kvm_exit_dump_init(void)
{
	last.total = kvcalloc(2 * KVM_NR_EXIT_COUNTS, sizeof(u64), GFP_KERNEL);
	if (!last.total)
		return -ENOMEM;
	last.since = last.total + KVM_NR_EXIT_COUNTS;
	ktime_get_real_ts64(&load_time);

	snprintf(help_msg, sizeof(help_msg), "show-kvm-exits(%c)",
		 exit_counters_key);
	if (register_sysrq_key(exit_counters_key, &sysrq_op) &&
	    IS_ENABLED(CONFIG_MAGIC_SYSRQ))
		pr_warn("kvm: SysRq key %c is taken, so it won't show exit counters; load kvm with exit_counters_key= another\n",
			exit_counters_key);
	atomic_notifier_chain_register(&panic_notifier_list, &panic_notifier);
	return 0;
}

/**
 * kvm_exit_dump_exit() - unregister the SysRq key and the panic notifier
 */
void kvm_exit_dump_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_notifier);
	unregister_sysrq_key(exit_counters_key, &sysrq_op);
	kvfree(last.total);
}
