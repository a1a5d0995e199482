/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long exits took, from KVM's debugfs files exit_times:
 *
 *   kvm_exit_times: begin format=2 isa=svm host=web1 loaded=2026-11-26T03:10:22.118Z cpus=2/256 vms=1 uptime=41.207 times=on tsc_khz=2900000
 *   kvm_exit_times:    code  reason  number  sum  max  fastpath  kernel  user  halted  sched_out buckets
 *   kvm_exit_times:   0x072  cpuid       12 9000 1200         0    9000     0       0          0 0,0,0,0,9,3
 *   kvm_exit_times: end
 *
 * Documentation/virt/kvm/x86/exit-counters.rst of the patch has the grammar. No lines
 * get lost in such a file, unlike in a kernel log, so any damage is an error.
 *
 * Functions that return a string return NULL on success, or an error message that
 * the caller frees.
 */
#ifndef KVM_EXITS_TIMES_H
#define KVM_EXITS_TIMES_H

#include "dump.h"

/* The parts of the time of an exit. */
enum times_part {
	TIMES_FASTPATH,
	TIMES_KERNEL,
	TIMES_USER,
	TIMES_HALTED,
	TIMES_SCHED_OUT,
	TIMES_PARTS,
};

/*
 * The buckets of a histogram. Bucket N counts exits of less than 4^(N+1) TSC cycles that
 * are in no bucket before it. The last one counts all longer exits too.
 */
#define TIMES_BUCKETS 18

/* The exits of one reason. Times are in nanoseconds. */
struct times_row {
	char code[DUMP_CODE_SIZE];	/* "" for a sum of several reasons */
	char *name;
	uint64_t number;
	uint64_t sum;
	uint64_t max;			/* 0 in a difference, where it is unknown */
	uint64_t parts[TIMES_PARTS];
	uint64_t buckets[TIMES_BUCKETS];
};

struct times_rows {
	struct times_row *rows;
	size_t nrows;
};

/* One reading of a file, or the difference of two. */
struct times {
	struct dump whose;		/* the fields of its begin line that a dump has too */
	bool on;			/* times were being measured then */
	uint64_t tsc_khz;
	struct times_rows rows;
	struct dump_place at;		/* the begin line */
};

/* All readings of a log, in its order. */
struct times_log {
	struct times *times;
	size_t ntimes;

	/* for the parser only */
	uint64_t order;			/* of the last line of the files before this one */
	bool open;			/* the last reading has no end line yet */
	bool headed;			/* it has its line of heads */
	char *error;			/* the first error in this file */
};

/* The times between two step marks. */
struct times_step {
	const char *name;		/* the marks' name */
	const struct times *first;
	const struct times *last;
	struct times_rows rows;		/* @last minus @first */
};

/*
 * Append the readings in @len bytes of @text, the content of @file, to @log, which is
 * all 0 at first. @file must outlive the log. Other lines are skipped. It is an error
 * if a line is torn or out of order, or if a reading has no end line.
 */
char *times_log_add(struct times_log *log, const char *file, const char *text, size_t len);

/*
 * The same in parts: append each line of a file, then end it. @order is higher than that
 * of all its lines. times_log_end() returns the error.
 */
void times_log_line(struct times_log *log, const struct dump_place *at, const char *text, size_t len);
char *times_log_end(struct times_log *log, uint64_t order);

void times_log_free(struct times_log *log);

/*
 * Set @out to @to minus @from, without rows that did not change. It is an error if they
 * are of different counters or a value goes down. Free with times_rows_free() even after
 * an error.
 */
char *times_diff(const struct times *from, const struct times *to, struct times_rows *out);

/*
 * Find the steps whose marks are in @marks, a log of the same lines as @log. The times
 * of a step are the last reading between its marks minus the first. It is an error if
 * dump_log_marks() fails, or if a step has fewer than two readings, or readings that
 * are of different counters or go down. Free with times_steps_free() even after an
 * error.
 */
char *times_steps(const struct times_log *log, const struct dump_log *marks,
		  struct times_step **steps, size_t *nsteps);

void times_steps_free(struct times_step *steps, size_t nsteps);

/*
 * Return a copy of @rows. With @by_time, sort by sum, longest first. If @top is not 0,
 * keep the first @top rows and merge the others into one. Free with times_rows_free().
 */
struct times_rows times_arrange(const struct times_rows *rows, bool by_time, size_t top);

void times_rows_free(struct times_rows *rows);

/* Return the sum of all rows, as a row with a copy of @name, which the caller frees. */
struct times_row times_sum(const struct times_rows *rows, const char *name);

#endif
