// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit counters as text, for the kernel log (SysRq) and for debugfs.
 *
 * The format is in Documentation/virt/kvm/x86/exit-counters.rst.  Whoever
 * changes its meaning changes FORMAT, and that file.
 */
/* A dump's lines have a prefix of their own. */
#define pr_fmt(fmt) fmt

#include <linux/atomic.h>
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
#include <linux/sysrq.h>
#include <linux/tracepoint-defs.h>

#include <kunit/visibility.h>

#include "exit_counters.h"
#include "exit_dump.h"

#define FORMAT		1

/*
 * Room for a line; a list of names stops short of where text gets wide, and no
 * name is longer than a list.
 */
#define LINE_SIZE	192
#define NAMES_SIZE	72

/* A dump that has written no line for so long will not write any more. */
#define STALL_NS	(30 * NSEC_PER_SEC)

/* How often debugfs looks for a moment between two dumps, 10 us or more apart. */
#define MAX_TRIES	1000

/* The last dump that went to the log.  @seq covers @number and @total's sums. */
static struct kvm_exit_dump last;
static seqcount_t seq = SEQCNT_ZERO(seq);

/* The token of the dump that is being written to the log, 0 if there is none. */
static atomic64_t in_progress;

/**
 * kvm_exit_dump_sum() - add up all CPUs that may ever have counted
 *
 * @d: the dump, whose @since gets the new totals
 */
VISIBLE_IF_KUNIT void kvm_exit_dump_sum(struct kvm_exit_dump *d)
{
	unsigned int slot, cpu, nr_cpus = 0;
	u64 *counts;

	memset(d->since, 0, KVM_NR_EXIT_COUNTS * sizeof(*d->since));
	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(d->counts, cpu);
		for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++)
			d->since[slot] += READ_ONCE(counts[slot]);
		if (!d->to && !(++nr_cpus % 256))
			touch_nmi_watchdog();
	}
	d->time = local_clock();
}
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_dump_sum);

/**
 * kvm_exit_dump_settle() - make the new totals the dump's, and find the changes
 *
 * @d: the dump after kvm_exit_dump_sum(); its @total is the previous dump's
 */
VISIBLE_IF_KUNIT void kvm_exit_dump_settle(struct kvm_exit_dump *d)
{
	u64 total;
	u32 slot;

	for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++) {
		total = d->since[slot];
		d->since[slot] = total - d->total[slot];
		d->total[slot] = total;
	}
}
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_dump_settle);

/* A dump's token is the time of its latest sign of life, which is never 0. */
static s64 new_token(void)
{
	return local_clock() | 1;
}

/* Make a new dump the one in progress.  Return false if there is one already. */
static bool begin_dump(struct kvm_exit_dump *d)
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

/* Return false if another dump has replaced this one. */
static bool still_in_progress(struct kvm_exit_dump *d)
{
	s64 token = new_token();

	if (atomic64_cmpxchg(&in_progress, d->token, token) != d->token)
		return false;
	d->token = token;
	return true;
}

static void end_dump(struct kvm_exit_dump *d)
{
	atomic64_cmpxchg(&in_progress, d->token, 0);
}

static __printf(2, 3) void put_line(struct kvm_exit_dump *d, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	size_t len;

	if (!d->to) {
		if (!still_in_progress(d))
			return;
		/* Consoles are slow, and interrupts may be off. */
		touch_nmi_watchdog();
	}

	len = scnprintf(line, sizeof(line), "kvm_exits: %llu", d->number);
	va_start(args, format);
	len += vscnprintf(line + len, sizeof(line) - len, format, args);
	va_end(args);
	d->bytes += len;

	if (d->to)
		seq_printf(d->to, "%s\n", line);
	else
		pr_info("%s\n", line);
}

static void put_row(struct kvm_exit_dump *d, u32 slot, const char *code, const char *name)
{
	put_line(d, " %7s  %-26s %12llu %+13lld", code, name, d->total[slot],
		 (s64)d->since[slot]);
}

/* Names are the kernel's own, in which a few have blanks. */
static const char *one_word(const char *name, char *word, size_t size)
{
	strscpy(word, name, size);
	return strreplace(word, ' ', '_');
}

/* Put what a slot counts into words, and return the name. */
static const char *describe_slot(const struct kvm_exit_isa *isa, u32 slot,
				 char *code, size_t code_size,
				 char *word, size_t word_size)
{
	const char *name = kvm_exit_name(isa, slot);
	u32 value;

	value = slot == KVM_EXIT_SLOT_OTHER ? kvm_exit_last_other() : isa->code(slot);
	/* The manual has VMEXIT_INVALID as -1. */
	if (value == U32_MAX)
		strscpy(code, "-1", code_size);
	else
		snprintf(code, code_size, isa->code_format, value);
	return one_word(name ?: "unnamed", word, word_size);
}

static void put_rows(struct kvm_exit_dump *d)
{
	char code[12], word[NAMES_SIZE + 1];
	const char *name;
	u32 slot;

	put_line(d, " %7s  %-26s %12s %13s", "code", "reason", "total", "since");
	for (slot = 0; slot < KVM_NR_EXIT_SLOTS; slot++) {
		if (!d->total[slot])
			continue;
		name = describe_slot(d->isa, slot, code, sizeof(code), word, sizeof(word));
		put_row(d, slot, code, name);
		d->nr_rows++;
		d->exits += d->total[slot];
		d->new_exits += d->since[slot];
	}

	slot = KVM_EXIT_SLOT_FAILED;
	if (d->total[slot])
		put_row(d, slot, "also", "failed_vmentry");
}

static void put_names_without_exits(struct kvm_exit_dump *d)
{
	char names[NAMES_SIZE + 1], word[NAMES_SIZE + 1];
	const struct kvm_exit_isa *isa = d->isa;
	u32 slot, i;
	size_t len = 0;

	for (i = 0; i < isa->nr_reasons; i++) {
		slot = isa->slot(isa->reasons[i].mask);
		/* The hardware has no exits for reasons without a slot. */
		if (slot != KVM_EXIT_SLOT_OTHER && d->total[slot])
			continue;
		one_word(isa->reasons[i].name, word, sizeof(word));
		if (len && len + 1 + strlen(word) > NAMES_SIZE) {
			put_line(d, " %7s  %s", "none", names);
			len = 0;
		}
		len += scnprintf(names + len, sizeof(names) - len, "%s%s",
				 len ? " " : "", word);
	}
	if (len)
		put_line(d, " %7s  %s", "none", names);
}

/**
 * kvm_exit_dump_put() - write a dump out
 *
 * @d: the dump, of which all but the sums is known
 */
VISIBLE_IF_KUNIT void kvm_exit_dump_put(struct kvm_exit_dump *d)
{
	u64 ms = div_u64(d->time, NSEC_PER_MSEC);
	u32 frac;

	d->bytes = 0;
	d->nr_rows = 0;
	d->exits = 0;
	d->new_exits = 0;

	ms = div_u64_rem(ms, MSEC_PER_SEC, &frac);
	put_line(d, " begin format=%d isa=%s cpus=%u uptime=%llu.%03u", FORMAT,
		 d->isa->name, num_possible_cpus(), ms, frac);
	put_rows(d);
	put_names_without_exits(d);
	put_line(d, " end rows=%u exits=%llu since=%+lld bytes=%zu", d->nr_rows,
		 d->exits, (s64)d->new_exits, d->bytes);
}
EXPORT_SYMBOL_IF_KUNIT(kvm_exit_dump_put);

/* Make a dump the last one, which the next one's changes are counted from. */
static void settle_dump(struct kvm_exit_dump *d)
{
	preempt_disable();
	/* Odd if a dump's writer died in here. */
	if (!(raw_read_seqcount(&seq) & 1))
		raw_write_seqcount_begin(&seq);
	d->number = ++last.number;
	kvm_exit_dump_settle(d);
	raw_write_seqcount_end(&seq);
	preempt_enable();
}

static void log_dump(struct kvm_exit_dump *d)
{
	kvm_exit_dump_sum(d);
	if (!still_in_progress(d))
		return;
	settle_dump(d);
	kvm_exit_dump_put(d);
	end_dump(d);
}

/*
 * May run in hard interrupt context, on a machine of which nothing else works
 * any more: wait for nothing, allocate nothing.
 */
static void sysrq_dump_exits(u8 key)
{
	struct kvm_exit_dump d;

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
	struct kvm_exit_dump d;

	if (!exit_counters_on_panic || !READ_ONCE(kvm_exit_isa))
		return NOTIFY_DONE;

	/*
	 * Other CPUs are stopped, as far as they can be.  A dump that one of
	 * them was writing goes no further, even if that CPU still runs.
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

/* SysRq has digits for its own use, and h for its help. */
static int exit_counters_key_set(const char *val, const struct kernel_param *kp)
{
	if (val && isascii(val[0]) && isalpha(val[0]) && val[0] != 'h' && !val[1])
		exit_counters_key = val[0];
	else
		pr_warn("kvm: exit_counters_key=%s is not one letter other than h, so key %c shows exit counters; load kvm with exit_counters_key= another\n",
			val ?: "", exit_counters_key);

	/* No reason to do without KVM. */
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

static int exit_counters_show(struct seq_file *m, void *v)
{
	size_t size = KVM_NR_EXIT_COUNTS * sizeof(u64);
	struct kvm_exit_dump d = {
		.isa	= READ_ONCE(kvm_exit_isa),
		.counts	= kvm_exit_counts,
		.to	= m,
	};
	unsigned int start, tries = 0;

	d.total = kvmalloc(2 * size, GFP_KERNEL);
	if (!d.total)
		return -ENOMEM;
	d.since = d.total + KVM_NR_EXIT_COUNTS;

	/*
	 * What the next numbered dump would say, if it were taken now.  Don't
	 * wait forever: a dump's writer may have died on the way.
	 */
	for (;;) {
		start = raw_seqcount_begin(&seq);
		d.number = last.number + 1;
		memcpy(d.total, last.total, size);
		if (!read_seqcount_retry(&seq, start))
			break;
		if (++tries == MAX_TRIES) {
			kvfree(d.total);
			return -EBUSY;
		}
		usleep_range(10, 100);
	}

	kvm_exit_dump_sum(&d);
	kvm_exit_dump_settle(&d);
	kvm_exit_dump_put(&d);
	kvfree(d.total);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_counters);

/**
 * kvm_arch_create_debugfs() - add the counters to KVM's directory in debugfs
 *
 * @dir: the directory, which lasts as long as a vendor module is loaded
 */
void kvm_arch_create_debugfs(struct dentry *dir)
{
	debugfs_create_file("exit_counters", 0444, dir, NULL, &exit_counters_fops);
}

/**
 * kvm_exit_dump_init() - put the dump on its SysRq key, and on panics
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
	last.counts = kvm_exit_counts;

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
 * kvm_exit_dump_exit() - give the SysRq key back, and leave panics alone
 */
void kvm_exit_dump_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_notifier);
	unregister_sysrq_key(exit_counters_key, &sysrq_op);
	kvfree(last.total);
}
