// SPDX-License-Identifier: GPL-2.0
/* Test differences, steps and sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "sample.h"
#include "tally.h"

/* The values of the previous put(), for "since". */
static struct {
	uint64_t other;
	uint64_t also;
} before;

/* Append a dump of up to three rows; rows with a total of 0 are omitted. */
static void put(struct sample *sample, unsigned int number, const char *uptime, uint64_t cpuid,
		uint64_t since, uint64_t other, uint64_t also)
{
	struct sample_row rows[4] = { 0 };
	size_t n = 0;

	if (!sample->len)
		before.other = before.also = 0;
	if (cpuid)
		rows[n++] = (struct sample_row){ "10", "CPUID", cpuid, since, NULL };
	if (other)
		rows[n++] = (struct sample_row){ "77", "other", other,
						 other > before.other ? other - before.other : 0,
						 NULL };
	if (also)
		rows[n++] = (struct sample_row){ "also", "failed_vmentry", also,
						 also > before.also ? also - before.also : 0, NULL };
	before.other = other;
	before.also = also;
	sample_dump(sample, &(struct sample_dump){
		.number = number, .isa = "vmx", .uptime = uptime, .rows = rows,
	});
}

/* Append a dump of one row with exits from L2; NULL omits their column. */
static void put_l2(struct sample *sample, unsigned int number, uint64_t cpuid, uint64_t since,
		   const char *l2)
{
	struct sample_row rows[] = { { "10", "CPUID", cpuid, since, l2 }, { 0 } };

	sample_dump(sample, &(struct sample_dump){ .number = number, .isa = "vmx", .rows = rows });
}

static void mark(struct sample *sample, const char *mark)
{
	sample_line(sample, "kvm_exits_step: %s", mark);
}

/* Expect that dump_log_diff() of the first and last dump fails with @want in the error. */
static void no_diff(struct sample *sample, const char *want)
{
	struct dump_log *log = sample_log(sample);
	struct dump_counts exits;
	char *error = dump_log_diff(log, 0, log->ndumps - 1, &exits);

	assert_non_null(error);
	if (!strstr(error, want) || strncmp(error, "cannot subtract dump ", 21))
		fail_msg("%s", error);
	assert_null(exits.rows);
	free(error);
	dump_log_free(log);
	sample_free(sample);
}

/* Expect that dump_log_steps() fails with the error @want, or succeeds if it is NULL. */
static void steps_say(struct sample *sample, const char *want)
{
	struct dump_log *log = sample_log(sample);
	struct step *steps;
	size_t n;
	char *error = dump_log_steps(log, &steps, &n);

	if (want) {
		assert_non_null(error);
		assert_string_equal(error, want);
	} else if (error) {
		fail_msg("%s", error);
	}
	free(error);
	steps_free(steps, n);
	dump_log_free(log);
	sample_free(sample);
}

static void diffs(void **state)
{
	struct sample sample = { 0 };
	struct dump_counts exits;
	struct dump_log *log;

	(void)state;
	put(&sample, 1, "1.000", 0, 0, 7, 1);
	put(&sample, 2, "2.000", 10, 10, 7, 1);
	put(&sample, 3, "3.000", 15, 5, 9, 4);
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 0);

	assert_null(dump_log_diff(log, 0, 2, &exits));
	assert_int_equal(exits.nrows, 2);
	assert_int_equal(exits.rows[0].total, 15);
	assert_int_equal(exits.rows[1].total, 2);
	assert_int_equal(exits.nalso, 1);
	assert_int_equal(exits.also[0].total, 3);
	dump_counts_free(&exits);

	assert_null(dump_log_diff(log, 1, 2, &exits));
	assert_int_equal(exits.rows[0].total, 5);
	dump_counts_free(&exits);
	dump_log_free(log);
	sample_free(&sample);
}

static void diffs_l2(void **state)
{
	static const char *const l2[][2] = {
		{ NULL, NULL }, { NULL, "3" }, { "1", "3" }, { "3", "3" }, { ".", "9" },
	};
	static const uint64_t want[] = { 0, 3, 2, 0, 9 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct sample sample = { 0 };
		struct dump_counts exits;
		struct dump_log *log;

		put_l2(&sample, 1, 10, 10, l2[i][0]);
		put_l2(&sample, 2, 15, 5, l2[i][1]);
		log = sample_log(&sample);
		assert_int_equal(sample_damaged(log), 0);
		assert_null(dump_log_diff(log, 0, 1, &exits));
		assert_int_equal(exits.has_l2, i > 0);
		assert_int_equal(exits.rows[0].total, 5);
		assert_int_equal(exits.rows[0].l2, want[i]);
		dump_counts_free(&exits);
		dump_log_free(log);
		sample_free(&sample);
	}
}

/* Subtract two dumps with the same counts: expect success if @want is NULL, else @want. */
static void lives(const struct sample_dump *a, const struct sample_dump *b, const char *want)
{
	static const struct sample_row rows[] = { { "0x072", "cpuid", 7, 0, NULL }, { 0 } };
	struct sample_dump dumps[] = { *a, *b };
	struct sample sample = { 0 };
	struct dump_counts exits;
	struct dump_log *log;
	char *error;

	dumps[0].rows = dumps[1].rows = rows;
	sample_dump(&sample, &dumps[0]);
	sample_dump(&sample, &dumps[1]);
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 0);
	error = dump_log_diff(log, 0, 1, &exits);
	if (want)
		assert_string_equal(error, want);
	else
		assert_null(error);
	free(error);
	dump_counts_free(&exits);
	dump_log_free(log);
	sample_free(&sample);
}

static void sees_lives(void **state)
{
	(void)state;
	lives(&(struct sample_dump){ .number = 1 }, &(struct sample_dump){ .number = 2 }, NULL);
	lives(&(struct sample_dump){ .number = 1 },
	      &(struct sample_dump){ .number = 2, .host = "web2" },
	      "cannot subtract dump 1 (log:1) from dump 2 (log:5): the first is of host web1 with "
	      "kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host web2 with kvm.ko "
	      "loaded at 2026-11-26T03:10:22.118Z");
	lives(&(struct sample_dump){ .number = 1 },
	      &(struct sample_dump){ .number = 2, .loaded = "2026-11-27T08:00:01.500Z" },
	      "cannot subtract dump 1 (log:1) from dump 2 (log:5): the first is of host web1 with "
	      "kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host web1 with kvm.ko "
	      "loaded at 2026-11-27T08:00:01.500Z");
	lives(&(struct sample_dump){ .number = 0, .scope = "vm=812-11 vcpus=1" },
	      &(struct sample_dump){ .number = 0, .scope = "vm=812-11 vcpus=2" }, NULL);
	lives(&(struct sample_dump){ .number = 0, .scope = "vm=812-11 vcpus=1" },
	      &(struct sample_dump){ .number = 0, .scope = "vm=812-11 vcpu=0" },
	      "cannot subtract dump 0.1 (log:1) from dump 0.2 (log:5): the first is of VM 812-11 on "
	      "host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of VM "
	      "812-11/vcpu0 on host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z");
	/* the number 0 of copies from debugfs is not compared */
	lives(&(struct sample_dump){ .number = 0 },
	      &(struct sample_dump){ .number = 0, .uptime = "2.000" }, NULL);
	lives(&(struct sample_dump){ .number = 4 }, &(struct sample_dump){ .number = 0 }, NULL);
	lives(&(struct sample_dump){ .number = 0 }, &(struct sample_dump){ .number = 4 }, NULL);
}

/* Dumps of another life between two dumps are skipped. */
static void diffs_among_lives(void **state)
{
	struct sample sample = { 0 };
	struct dump_counts exits;
	struct dump_log *log;

	(void)state;
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	sample_dump(&sample, &(struct sample_dump){ .number = 9, .host = "web2" });
	put(&sample, 2, "2.000", 15, 5, 0, 0);
	log = sample_log(&sample);
	assert_null(dump_log_diff(log, 0, 2, &exits));
	assert_int_equal(exits.rows[0].total, 5);
	dump_counts_free(&exits);
	dump_log_free(log);
	sample_free(&sample);
}

static void sees_contradictions(void **state)
{
	static const struct sample_row svm[] = { { "0x072", "cpuid", 90, 0, NULL }, { 0 } };
	static const struct sample_row name[] = { { "10", "DIUPC", 90, 0, NULL }, { 0 } };
	struct sample sample = { 0 };

	(void)state;
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 2, "2.000", 9, 0, 0, 0);
	no_diff(&sample, "both are of host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, but "
		"CPUID went down from 10 to 9");

	put(&sample, 1, "1.000", 10, 0, 3, 0);
	put(&sample, 2, "2.000", 10, 0, 0, 0);
	no_diff(&sample, "other went down from 3 to 0");

	put(&sample, 1, "1.000", 10, 0, 3, 0);
	put(&sample, 2, "2.000", 0, 0, 3, 0);
	no_diff(&sample, "CPUID went down from 10 to 0");

	put(&sample, 1, "1.000", 10, 0, 0, 2);
	put(&sample, 2, "2.000", 10, 0, 0, 0);
	no_diff(&sample, "failed_vmentry went down from 2 to 0");

	put(&sample, 1, "2.000", 10, 0, 0, 0);
	put(&sample, 2, "1.999", 20, 10, 0, 0);
	no_diff(&sample, "the uptime went down");

	put(&sample, 2, "1.000", 10, 0, 0, 0);
	put(&sample, 1, "2.000", 20, 0, 0, 0);
	no_diff(&sample, "the dump number went down");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 1, "2.000", 20, 0, 0, 0);
	no_diff(&sample, "two different dumps have the same number");

	/* an inconsistency between the first and the last dump */
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	put(&sample, 4, "2.000", 20, 10, 0, 0);
	put(&sample, 3, "3.000", 30, 10, 0, 0);
	put(&sample, 7, "4.000", 40, 10, 0, 0);
	no_diff(&sample, "dump 4 (log:5) from dump 3 (log:9): both are of host web1 with kvm.ko "
		"loaded at 2026-11-26T03:10:22.118Z, but the dump number went down");

	/* "since" equals the change if the numbers are consecutive */
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 2, "2.000", 20, 9, 0, 0);
	no_diff(&sample, "CPUID changed by 10, but the second dump has since=+9");
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 2, "2.000", 20, 11, 0, 0);
	no_diff(&sample, "CPUID changed by 10, but the second dump has since=+11");

	/* else "since" is at most the change */
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 3, "2.000", 20, 11, 0, 0);
	no_diff(&sample, "CPUID changed by 10, but the second dump has since=+11");

	put_l2(&sample, 1, 10, 0, "5");
	put_l2(&sample, 2, 20, 10, "4");
	no_diff(&sample, "exits from L2 for CPUID went down from 5 to 4");
	put_l2(&sample, 1, 10, 0, "5");
	put_l2(&sample, 2, 20, 10, NULL);
	no_diff(&sample, "exits from L2 for CPUID went down from 5 to 0");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .isa = "svm", .rows = svm });
	no_diff(&sample, "one has exit reasons of vmx, the other of svm");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .isa = "vmx", .rows = name });
	no_diff(&sample, "one code has the names CPUID and DIUPC");

	sample_dump(&sample, &(struct sample_dump){ .number = 1, .scope = "cpus=2/2 vms=1" });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .scope = "cpus=2/4 vms=1" });
	no_diff(&sample, "the number of possible CPUs changed from 2 to 4");
}

static void finds_steps(void **state)
{
	struct sample sample = { 0 };
	const struct dump_counts *columns[2];
	struct dump_log *log;
	struct tally tally;
	struct step *steps;
	size_t n;

	(void)state;
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	mark(&sample, "begin b");
	put(&sample, 2, "2.000", 20, 10, 0, 0);
	put(&sample, 3, "3.000", 30, 10, 0, 0);
	put(&sample, 4, "4.000", 45, 15, 0, 1);
	mark(&sample, "end b");
	put(&sample, 5, "5.000", 100, 55, 0, 1);
	mark(&sample, "begin a");
	put(&sample, 6, "6.000", 100, 0, 0, 1);
	put(&sample, 7, "7.000", 100, 0, 8, 1);
	mark(&sample, "end a");
	log = sample_log(&sample);
	assert_null(dump_log_steps(log, &steps, &n));
	assert_int_equal(n, 2);
	assert_string_equal(steps[0].name, "b");
	assert_int_equal(steps[0].first->number, 2);
	assert_int_equal(steps[0].last->number, 4);
	assert_string_equal(steps[1].name, "a");

	columns[0] = &steps[0].exits;
	columns[1] = &steps[1].exits;
	assert_null(tally_init(&tally, DUMP_ISA_VMX, columns, 2, 2, true));
	assert_int_equal(tally.nrows, 2);
	assert_string_equal(tally.rows[0].code, "10");
	assert_string_equal(tally.rows[0].name, "CPUID");
	assert_int_equal(tally.rows[0].n[0], 25);
	assert_int_equal(tally.rows[0].n[1], 0);
	assert_int_equal(tally.rows[0].key, 25);
	assert_string_equal(tally.rows[1].code, "77");
	assert_int_equal(tally.rows[1].n[1], 8);
	assert_int_equal(tally.sum[0], 25);
	assert_int_equal(tally.sum[1], 8);
	assert_int_equal(tally.key, 33);
	assert_int_equal(tally.nalso, 1);
	assert_int_equal(tally.also[0].n[0], 1);
	tally_free(&tally);
	steps_free(steps, n);
	dump_log_free(log);
	sample_free(&sample);
}

static void refuses_marks(void **state)
{
	struct sample sample = { 0 };

	(void)state;
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	steps_say(&sample, "no step marks in the log");

	mark(&sample, "begin a");
	steps_say(&sample, "log:1: step a begins, but never ends");

	mark(&sample, "end a");
	steps_say(&sample, "log:1: step a ends, but never began");

	mark(&sample, "begin a");
	mark(&sample, "begin b");
	steps_say(&sample, "log:2: step b begins inside step a");

	mark(&sample, "begin a");
	mark(&sample, "begin a");
	steps_say(&sample, "log:2: step a begins inside step a");

	mark(&sample, "begin a");
	mark(&sample, "end b");
	steps_say(&sample, "log:2: step b ends inside step a");

	mark(&sample, "begin a");
	mark(&sample, "end a");
	mark(&sample, "begin a");
	mark(&sample, "end a");
	steps_say(&sample, "log:3: step a occurs twice");

	mark(&sample, "begin a");
	mark(&sample, "end a");
	mark(&sample, "end a");
	steps_say(&sample, "log:3: step a ends, but never began");

	mark(&sample, "begin a");
	mark(&sample, "end a b");
	steps_say(&sample, "log:2: torn step mark");
}

static void refuses_steps(void **state)
{
	struct sample sample = { 0 };

	(void)state;
	mark(&sample, "begin a");
	mark(&sample, "end a");
	steps_say(&sample, "log:1: step a needs at least two dumps, but has 0");

	mark(&sample, "begin a");
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:1: step a needs at least two dumps, but has 1");

	mark(&sample, "begin a");
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:6: dump 3 follows dump 1: the missing dump may belong to step a");

	put(&sample, 1, "1.000", 10, 10, 0, 0);
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:6: dump 3 follows dump 1: the missing dump may belong to step a");

	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	put(&sample, 6, "1.000", 10, 0, 0, 0);
	steps_say(&sample, "log:11: dump 6 follows dump 4: the missing dump may belong to step a");

	/* kvm.ko may be reloaded between two steps, with any dump numbers */
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	mark(&sample, "begin b");
	sample_dump(&sample, &(struct sample_dump){ .number = 7, .isa = "vmx", .host = "web2" });
	sample_dump(&sample, &(struct sample_dump){ .number = 8, .isa = "vmx", .host = "web2" });
	mark(&sample, "end b");
	steps_say(&sample, NULL);

	/* kvm.ko must not be reloaded in a step, even between two dumps of one life */
	mark(&sample, "begin b");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	sample_dump(&sample, &(struct sample_dump){ .number = 8, .isa = "vmx", .host = "web2" });
	put(&sample, 4, "2.000", 11, 1, 0, 0);
	mark(&sample, "end b");
	steps_say(&sample, "cannot subtract dump 3 (log:2) from dump 8 (log:6): the first is of host "
		  "web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host web2 "
		  "with kvm.ko loaded at 2026-11-26T03:10:22.118Z");

	/* copies from debugfs are no gap in the numbers */
	mark(&sample, "begin a");
	put(&sample, 0, "1.000", 10, 0, 0, 0);
	put(&sample, 7, "1.000", 10, 0, 0, 0);
	put(&sample, 0, "1.000", 12, 2, 0, 0);
	put(&sample, 8, "1.000", 12, 2, 0, 0);
	put(&sample, 0, "1.001", 12, 2, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, NULL);
}

/* A damaged dump before, inside and after a step, and dumps that straddle a mark. */
static void refuses_damage(void **state)
{
	static const char whole[] = "kvm_exits: 9 begin format=2 isa=vmx host=web1 loaded="
				    SAMPLE_LOADED " cpus=2/256 vms=0 uptime=1.000";
	static const char code[] = "kvm_exits: 9  code  reason  total  since";
	static const char end[] = "kvm_exits: 9 end rows=0 exits=0 since=+0 ";
	struct sample sample = { 0 };
	uint32_t crc;

	(void)state;
	sample_line(&sample, "%s", whole);
	sample_line(&sample, "%s", code);
	crc = sample_crc(sample.crc, end, strlen(end));
	sample_free(&sample);

	sample_line(&sample, "%s", whole);
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, NULL);

	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	sample_line(&sample, "%s", whole);
	steps_say(&sample, NULL);

	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	sample_line(&sample, "%s", whole);
	mark(&sample, "end a");
	steps_say(&sample, "log:10: dump 9 is damaged among the steps: no end line after this line");

	/* the lost begin line may have been inside the step */
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	sample_line(&sample, "kvm_exits: 9 end rows=1 exits=1 since=+1 crc=00000000");
	steps_say(&sample, "log:11: dump 9 is damaged among the steps: no begin line before this line");

	/* a dump that straddles a mark */
	sample_line(&sample, "%s", whole);
	mark(&sample, "begin a");
	sample_line(&sample, "%s", code);
	sample_line(&sample, "%scrc=%08x", end, crc);
	mark(&sample, "end a");
	steps_say(&sample, "log:2: the begin mark of step a is inside dump 9");

	mark(&sample, "begin a");
	sample_line(&sample, "%s", whole);
	mark(&sample, "end a");
	sample_line(&sample, "%s", code);
	sample_line(&sample, "%scrc=%08x", end, crc);
	steps_say(&sample, "log:3: the end mark of step a is inside dump 9");
}

static struct dump_row row(uint64_t code, const char *name, uint64_t total)
{
	return (struct dump_row){ .code = code, .name = (char *)name, .total = total };
}

static struct dump_row row_l2(uint64_t code, const char *name, uint64_t total, uint64_t l2)
{
	return (struct dump_row){
		.code = code, .name = (char *)name, .total = total, .l2 = l2,
	};
}

static void sums_l2(void **state)
{
	struct dump_row a[] = {
		row_l2(1, "a", 5, 2), row_l2(2, "b", 0, 1), row_l2(3, "c", 9, 0),
		row_l2(4, "d", 0, 0),
	};
	struct dump_row b[] = { row_l2(1, "a", 1, 1) };
	struct dump_row big[] = { row_l2(1, "a", 1, UINT64_MAX) };
	struct dump_counts ca = { .rows = a, .nrows = 4, .has_l2 = true };
	struct dump_counts cb = { .rows = b, .nrows = 1 };
	struct dump_counts cbig = { .rows = big, .nrows = 1, .has_l2 = true };
	const struct dump_counts *columns[] = { &ca, &cb }, *bigs[] = { &ca, &cbig };
	struct tally tally;
	char *error;

	(void)state;
	assert_null(tally_init(&tally, DUMP_ISA_VMX, columns, 2, 2, true));
	assert_true(tally.has_l2);
	assert_int_equal(tally.l2_key, 4);
	assert_int_equal(tally.l2_sum[0], 3);
	assert_int_equal(tally.l2_sum[1], 1);
	assert_int_equal(tally.rows[0].l2_key, 3);
	tally_drop_zero(&tally);
	assert_int_equal(tally.nrows, 3);
	tally_top(&tally, 1);
	assert_int_equal(tally.rows[1].l2[0], 1);
	assert_int_equal(tally.rows[1].l2_key, 1);
	tally_free(&tally);

	assert_null(tally_init(&tally, DUMP_ISA_VMX, columns, 2, 2, false));
	assert_false(tally.has_l2);
	assert_int_equal(tally.l2_key, 0);
	tally_drop_zero(&tally);
	assert_int_equal(tally.nrows, 2);
	tally_free(&tally);

	error = tally_init(&tally, DUMP_ISA_VMX, bigs, 2, 2, true);
	assert_string_equal(error, "sum of a exceeds 64 bits");
	free(error);
	tally_free(&tally);
	assert_null(tally_init(&tally, DUMP_ISA_VMX, bigs, 2, 2, false));
	tally_free(&tally);
}

static void sorts_and_sums(void **state)
{
	struct dump_row rows[] = { row(1, "a", 5), row(2, "b", 0), row(3, "c", 9), row(4, "d", 5) };
	struct dump_counts counts = { .rows = rows, .nrows = 4 };
	const struct dump_counts *columns[] = { &counts };
	struct tally tally;

	(void)state;
	assert_null(tally_init(&tally, DUMP_ISA_VMX, columns, 1, 1, true));
	assert_int_equal(tally.key, 19);
	tally_drop_zero(&tally);
	assert_int_equal(tally.nrows, 3);
	tally_sort_by_count(&tally);
	assert_string_equal(tally.rows[0].name, "c");
	assert_string_equal(tally.rows[1].name, "a");
	assert_string_equal(tally.rows[2].name, "d");
	tally_top(&tally, 3);
	assert_int_equal(tally.nrows, 3);
	tally_top(&tally, 2);
	assert_int_equal(tally.nrows, 3);
	assert_string_equal(tally.rows[2].name, "(1 other)");
	assert_int_equal(tally.rows[2].n[0], 5);
	tally_top(&tally, 1);
	assert_int_equal(tally.nrows, 2);
	assert_string_equal(tally.rows[1].name, "(2 others)");
	assert_string_equal(tally.rows[1].code, "");
	assert_int_equal(tally.rows[1].n[0], 10);
	assert_int_equal(tally.key, 19);
	tally_free(&tally);
}

static void sees_overflow(void **state)
{
	struct dump_row a[] = { row(1, "a", UINT64_MAX) }, b[] = { row(1, "a", 1) };
	struct dump_row c[] = { row(2, "c", 1) }, d[] = { row(1, "z", 1) };
	struct dump_counts ca = { .rows = a, .nrows = 1 }, cb = { .rows = b, .nrows = 1 };
	struct dump_counts cc = { .rows = c, .nrows = 1 }, cd = { .rows = d, .nrows = 1 };
	const struct dump_counts *in_a_row[] = { &ca, &cb }, *in_all[] = { &ca, &cc };
	const struct dump_counts *names[] = { &cb, &cd };
	struct tally tally;
	char *error;

	(void)state;
	error = tally_init(&tally, DUMP_ISA_VMX, in_a_row, 2, 2, true);
	assert_string_equal(error, "sum of a exceeds 64 bits");
	free(error);
	tally_free(&tally);
	error = tally_init(&tally, DUMP_ISA_VMX, in_all, 2, 2, true);
	assert_string_equal(error, "sum of all rows exceeds 64 bits");
	free(error);
	tally_free(&tally);
	error = tally_init(&tally, DUMP_ISA_VMX, names, 2, 2, true);
	assert_string_equal(error, "one code has the names a and z: the log is of two kernels");
	free(error);
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diffs),
		cmocka_unit_test(diffs_l2),
		cmocka_unit_test(sees_lives),
		cmocka_unit_test(diffs_among_lives),
		cmocka_unit_test(sees_contradictions),
		cmocka_unit_test(finds_steps),
		cmocka_unit_test(refuses_marks),
		cmocka_unit_test(refuses_steps),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(sorts_and_sums),
		cmocka_unit_test(sums_l2),
		cmocka_unit_test(sees_overflow),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
