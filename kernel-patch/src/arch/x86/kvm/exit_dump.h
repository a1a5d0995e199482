/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_DUMP_H
#define __KVM_X86_EXIT_DUMP_H

#include <linux/percpu.h>
#include <linux/types.h>
#include <kunit/visibility.h>

struct kvm_exit_isa;
struct seq_file;

/**
 * struct kvm_exit_dump - one dump, while it is being made
 *
 * @isa: the instruction set whose exits these are
 * @counts: what is counted, KVM_NR_EXIT_COUNTS counters on each possible CPU
 * @number: the number that its lines carry
 * @token: what tells it from another dump that goes to the log; it changes
 * @time: when the counts had been read, in ns of the log's clock
 * @total: what each slot has counted, over all possible CPUs
 * @since: what part of @total came after the previous numbered dump
 * @to: the file to write to; the kernel log if NULL
 * @bytes: length of the lines written so far, without newlines
 * @nr_rows: number of rows written
 * @exits: sum of the rows' totals
 * @new_exits: sum of what came since the previous numbered dump
 */
struct kvm_exit_dump {
	const struct kvm_exit_isa *isa;
	u64 __percpu *counts;
	u64 number;
	s64 token;
	u64 time;
	u64 *total;
	u64 *since;
	struct seq_file *to;
	size_t bytes;
	u32 nr_rows;
	u64 exits;
	u64 new_exits;
};

#ifdef CONFIG_KVM_EXIT_COUNTERS
int kvm_exit_dump_init(void);
void kvm_exit_dump_exit(void);

#if IS_ENABLED(CONFIG_KUNIT)
void kvm_exit_dump_sum(struct kvm_exit_dump *d);
void kvm_exit_dump_settle(struct kvm_exit_dump *d);
void kvm_exit_dump_put(struct kvm_exit_dump *d);
#endif
#else
static inline int kvm_exit_dump_init(void) { return 0; }
static inline void kvm_exit_dump_exit(void) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_DUMP_H */
