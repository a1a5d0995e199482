/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long exits took, as KVM's files exit_times in debugfs say:
 *
 *   kvm_exit_times: begin format=2 isa=svm host=web1 loaded=2026-11-26T03:10:22.118Z cpus=2/256 vms=1 uptime=41.207 times=on tsc_khz=2900000
 *   kvm_exit_times:    code  reason  number  sum  max  fastpath  kernel  user  halted  sched_out buckets
 *   kvm_exit_times:   0x072  cpuid       12 9000 1200         0    9000     0       0          0 0,0,0,0,9,3
 *   kvm_exit_times: end
 *
 * The grammar is in Documentation/virt/kvm/x86/exit-counters.rst of the patch. Such a
 * file is no kernel log, in which lines get lost: whatever is wrong is an error.
 *
 * Functions that return a string return NULL, or a sentence that says what is wrong,
 * to be freed by the caller.
 */
#ifndef KVM_EXITS_TIMES_H
#define KVM_EXITS_TIMES_H

#include "dump.h"

/* Where the time of an exit goes. */
enum times_part {
	TIMES_FASTPATH,
	TIMES_KERNEL,
	TIMES_USER,
	TIMES_HALTED,
	TIMES_SCHED_OUT,
	TIMES_PARTS,
};

/* The exits of one reason. Times are in nanoseconds. */
struct times_row {
	char code[DUMP_CODE_SIZE];	/* "" for a sum of several reasons */
	char *name;
	uint64_t number;
	uint64_t sum;
	uint64_t max;			/* not known of a difference: 0 */
	uint64_t parts[TIMES_PARTS];
};

struct times_rows {
	struct times_row *rows;
	size_t nrows;
};

/* One reading of a file, or the difference of two. */
struct times {
	struct dump whose;		/* what its begin line has in common with a dump's */
	struct times_rows rows;
	struct dump_place at;		/* the begin line */
};

/* All readings that a log has, in its order. */
struct times_log {
	struct times *times;
	size_t ntimes;
	uint64_t lines;			/* for the parser only */
};

/* What happened between two step marks. */
struct times_step {
	const char *name;		/* the mark's */
	const struct times *first;
	const struct times *last;
	struct times_rows rows;		/* what @last has more than @first */
};

/*
 * Append the readings in @len bytes of @text, which come from @file, to @log, which
 * is all 0 at first. @file must outlive the log. Lines of anything else are skipped.
 * A line that is torn or out of place is an error, and so is a reading without end.
 */
char *times_log_add(struct times_log *log, const char *file, const char *text, size_t len);

void times_log_free(struct times_log *log);

/*
 * The steps whose marks are in @marks, a log of the same lines as @log: what the last
 * reading between two marks has more than the first. It is an error if the marks are
 * not whole and in pairs, if a step has fewer than two readings, or if its readings are
 * not of the same counters or go down. Free with times_steps_free(), error or not.
 */
char *times_steps(const struct times_log *log, const struct dump_log *marks,
		  struct times_step **steps, size_t *nsteps);

void times_steps_free(struct times_step *steps, size_t nsteps);

/*
 * A copy of @rows: with @by_time longest sum first, and only the @top first of them if
 * that is not 0, with the others summed up in one row. Free with times_rows_free().
 */
struct times_rows times_arrange(const struct times_rows *rows, bool by_time, size_t top);

void times_rows_free(struct times_rows *rows);

/* The sum over all rows, with the name @name. The caller frees its name. */
struct times_row times_sum(const struct times_rows *rows, const char *name);

#endif
