// SPDX-License-Identifier: GPL-2.0
/* Differences, steps and sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "sample.h"
#include "tally.h"

static const char *const none[] = { 0 };

/* A dump of up to three rows: a total of 0 leaves the row out. */
static void put(struct sample *sample, unsigned int number, const char *uptime, uint64_t cpuid,
		uint64_t since, uint64_t other, uint64_t also)
{
	struct sample_row rows[4] = { 0 };
	size_t n = 0;

	if (cpuid)
		rows[n++] = (struct sample_row){ "0x072", "cpuid", cpuid, since };
	if (other)
		rows[n++] = (struct sample_row){ "0x001", "other", other, 0 };
	if (also)
		rows[n++] = (struct sample_row){ "also", "failed", also, 0 };
	sample_dump(sample, number, "svm", uptime, rows, none);
}

static void mark(struct sample *sample, const char *mark)
{
	sample_line(sample, "kvm_exits_step: %s", mark);
}

/* dump_log_diff() from the first to the last dump: expect @want in the error. */
static void no_diff(struct sample *sample, const char *want)
{
	struct dump_log *log = sample_log(sample);
	struct dump_counts exits;
	char *error = dump_log_diff(log, 0, log->ndumps - 1, &exits);

	assert_non_null(error);
	if (!strstr(error, want) || !strstr(error, "reloaded or the machine rebooted"))
		fail_msg("%s", error);
	assert_null(exits.rows);
	free(error);
	dump_log_free(log);
	sample_free(sample);
}

/* dump_log_steps(): expect exactly @want, or a table if it is NULL. */
static void steps_say(struct sample *sample, const char *want)
{
	struct dump_log *log = sample_log(sample);
	struct step *steps;
	size_t n;
	char *error = dump_log_steps(log, &steps, &n);

	if (want) {
		assert_non_null(error);
		assert_string_equal(error, want);
	} else {
		assert_null(error);
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

static void sees_restarts(void **state)
{
	static const struct sample_row vmx[] = { { "10", "CPUID", 90, 0 }, { 0 } };
	static const struct sample_row name[] = { { "0x072", "dipuc", 90, 0 }, { 0 } };
	struct sample sample = { 0 };

	(void)state;
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 2, "2.000", 9, 0, 0, 0);
	no_diff(&sample, "cpuid went down from 10 to 9");

	put(&sample, 1, "1.000", 10, 0, 3, 0);
	put(&sample, 2, "2.000", 10, 0, 0, 0);
	no_diff(&sample, "other went down from 3 to no row");

	put(&sample, 1, "1.000", 10, 0, 3, 0);
	put(&sample, 2, "2.000", 0, 0, 3, 0);
	no_diff(&sample, "cpuid went down from 10 to no row");

	put(&sample, 1, "1.000", 10, 0, 0, 2);
	put(&sample, 2, "2.000", 10, 0, 0, 0);
	no_diff(&sample, "failed went down from 2 to no row");

	put(&sample, 1, "2.000", 10, 0, 0, 0);
	put(&sample, 2, "1.999", 20, 0, 0, 0);
	no_diff(&sample, "uptime went down");

	put(&sample, 2, "1.000", 10, 0, 0, 0);
	put(&sample, 1, "2.000", 20, 0, 0, 0);
	no_diff(&sample, "numbers of dumps went down");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 1, "2.000", 20, 0, 0, 0);
	no_diff(&sample, "both have the same number");

	/* a restart between, though the first and the last dump do not show it */
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	put(&sample, 2, "2.000", 20, 10, 0, 0);
	put(&sample, 1, "3.000", 30, 30, 0, 0);
	put(&sample, 2, "4.000", 40, 10, 0, 0);
	put(&sample, 3, "5.000", 50, 10, 0, 0);
	no_diff(&sample, "dump 2.1 (log:5) and dump 1.2 (log:9): numbers of dumps went down");

	/* and one that their numbers do not show either */
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	put(&sample, 2, "2.000", 5, 5, 0, 0);
	put(&sample, 3, "3.000", 30, 10, 0, 0);
	no_diff(&sample, "dump 1 (log:1) and dump 2 (log:5): cpuid went down from 10 to 5");

	/* the last "since" starts from 5, and so not from 10 */
	put(&sample, 1, "1.000", 10, 0, 0, 0);
	put(&sample, 2, "2.000", 20, 15, 0, 0);
	no_diff(&sample, "cpuid was 5 before its last +15 and not at least 10");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	sample_dump(&sample, 2, "vmx", "2.000", vmx, none);
	no_diff(&sample, "one is of svm, the other of vmx");

	put(&sample, 1, "1.000", 10, 0, 0, 0);
	sample_dump(&sample, 2, "svm", "2.000", name, none);
	no_diff(&sample, "code of dipuc was that of cpuid");
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
	assert_null(tally_init(&tally, DUMP_ISA_SVM, columns, 2, 2));
	assert_int_equal(tally.nrows, 2);
	assert_string_equal(tally.rows[0].code, "0x072");
	assert_string_equal(tally.rows[0].name, "cpuid");
	assert_int_equal(tally.rows[0].n[0], 25);
	assert_int_equal(tally.rows[0].n[1], 0);
	assert_int_equal(tally.rows[0].key, 25);
	assert_string_equal(tally.rows[1].code, "0x001");
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
	steps_say(&sample, "log:1: step a begins and never ends");

	mark(&sample, "end a");
	steps_say(&sample, "log:1: step a ends and never began");

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
	steps_say(&sample, "log:3: second step a");

	mark(&sample, "begin a");
	mark(&sample, "end a");
	mark(&sample, "end a");
	steps_say(&sample, "log:3: step a ends and never began");

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
	steps_say(&sample, "log:1: step a has 0 of the two dumps that it needs");

	mark(&sample, "begin a");
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:1: step a has 1 of the two dumps that it needs");

	mark(&sample, "begin a");
	put(&sample, 1, "1.000", 10, 10, 0, 0);
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:6: dump 3 follows dump 1, and the one that is lost may belong to step a");

	put(&sample, 1, "1.000", 10, 10, 0, 0);
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	steps_say(&sample, "log:6: dump 3 follows dump 1, and the one that is lost may belong to step a");

	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	put(&sample, 6, "1.000", 10, 0, 0, 0);
	steps_say(&sample, "log:11: dump 6 follows dump 4, and the one that is lost may belong to step a");

	/* kvm.ko loaded anew between two steps is no harm */
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	mark(&sample, "begin b");
	put(&sample, 1, "2.000", 1, 1, 0, 0);
	put(&sample, 2, "3.000", 2, 1, 0, 0);
	mark(&sample, "end b");
	steps_say(&sample, NULL);

	/* in a step it is */
	mark(&sample, "begin b");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 1, "2.000", 11, 1, 0, 0);
	mark(&sample, "end b");
	steps_say(&sample, "no difference between dump 3 (log:2) and dump 1 (log:6): numbers of "
		  "dumps went down, so kvm was reloaded or the machine rebooted between them "
		  "(the counters restart with kvm.ko)");
}

/* A whole log of steps with one line of it moved away: before, inside, after. */
static void refuses_damage(void **state)
{
	static const char whole[] = "kvm_exits: 9 begin format=1 isa=svm cpus=2 uptime=1.000";
	struct sample sample = { 0 };

	(void)state;
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

	/* its begin line may be lost from inside the step */
	mark(&sample, "begin a");
	put(&sample, 3, "1.000", 10, 0, 0, 0);
	put(&sample, 4, "1.000", 10, 0, 0, 0);
	mark(&sample, "end a");
	sample_line(&sample, "kvm_exits: 9 end rows=1 exits=1 since=+1 bytes=1");
	steps_say(&sample, "log:11: dump 9 is damaged among the steps: no begin line before this line");

	/* a dump that a mark cuts */
	sample_line(&sample, "%s", whole);
	mark(&sample, "begin a");
	sample_line(&sample, "kvm_exits: 9 %7s  %-26s %12s %13s", "code", "reason", "total", "since");
	sample_line(&sample, "kvm_exits: 9 end rows=0 exits=0 since=+0 bytes=130");
	mark(&sample, "end a");
	steps_say(&sample, "log:2: begin of step a stands inside dump 9");

	mark(&sample, "begin a");
	sample_line(&sample, "%s", whole);
	mark(&sample, "end a");
	sample_line(&sample, "kvm_exits: 9 %7s  %-26s %12s %13s", "code", "reason", "total", "since");
	sample_line(&sample, "kvm_exits: 9 end rows=0 exits=0 since=+0 bytes=130");
	steps_say(&sample, "log:3: end of step a stands inside dump 9");
}

static struct dump_row row(uint64_t code, const char *name, uint64_t total)
{
	return (struct dump_row){ .code = code, .name = (char *)name, .total = total };
}

static void sorts_and_sums(void **state)
{
	struct dump_row rows[] = { row(1, "a", 5), row(2, "b", 0), row(3, "c", 9), row(4, "d", 5) };
	struct dump_counts counts = { .rows = rows, .nrows = 4 };
	const struct dump_counts *columns[] = { &counts };
	struct tally tally;

	(void)state;
	assert_null(tally_init(&tally, DUMP_ISA_VMX, columns, 1, 1));
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
	error = tally_init(&tally, DUMP_ISA_VMX, in_a_row, 2, 2);
	assert_string_equal(error, "sum of a exceeds 64 bits");
	free(error);
	tally_free(&tally);
	error = tally_init(&tally, DUMP_ISA_VMX, in_all, 2, 2);
	assert_string_equal(error, "sum of all rows exceeds 64 bits");
	free(error);
	tally_free(&tally);
	error = tally_init(&tally, DUMP_ISA_VMX, names, 2, 2);
	assert_string_equal(error, "one code has the names a and z: a log of two kernels");
	free(error);
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diffs),
		cmocka_unit_test(sees_restarts),
		cmocka_unit_test(finds_steps),
		cmocka_unit_test(refuses_marks),
		cmocka_unit_test(refuses_steps),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(sorts_and_sums),
		cmocka_unit_test(sees_overflow),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
