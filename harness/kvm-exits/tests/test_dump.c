// SPDX-License-Identifier: GPL-2.0
/* The parser: what it reads, what it accepts before a message, what it refuses. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "sample.h"

static const struct sample_row svm_rows[] = {
	{ "0x060", "interrupt", 14203, 1204 },
	{ "0x072", "cpuid", 1048990, 0 },
	{ "0x07b", "unnamed", 7, 7 },
	{ "-1", "invalid_guest_state", 1, 0 },
	{ "0x5000", "other", 2, 0 },
	{ "also", "failed_vmentry", 2, 0 },
	{ 0 },
};

static const struct sample_row vmx_rows[] = {
	{ "0", "EXCEPTION_NMI", 3, 3 },
	{ "1", "EXTERNAL_INTERRUPT", 40, 2 },
	{ "30", "IO_INSTRUCTION", 123456, 0 },
	{ "9", "other", 1, 1 },
	{ 0 },
};

static const char *const none[] = { "read_cr2 read_cr8 write_cr2 write_cr8", "DB_excp BP_excp", 0 };
static const char *const no_none[] = { 0 };

/* Parse @text, expect one damaged dump, first of all for @problem at @line. */
static void refuse(const char *text, uint64_t line, const char *problem)
{
	struct sample sample = { (char *)text, strlen(text) };
	struct dump_log *log = sample_log(&sample);

	assert_int_equal(log->ndumps, 1);
	assert_non_null(log->dumps[0]->problem);
	assert_string_equal(log->dumps[0]->problem, problem);
	assert_int_equal(log->dumps[0]->problem_at.line, line);
	assert_string_equal(log->dumps[0]->problem_at.file, "log");
	dump_log_free(log);
}

static void reads_svm(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;
	const struct dump *dump;
	char code[DUMP_CODE_SIZE];

	(void)state;
	sample_line(&sample, "kvm: something else");
	sample_dump(&sample, 3, "svm", "41.207", svm_rows, none);
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 1);
	dump = log->dumps[0];
	assert_null(dump->problem);
	assert_int_equal(dump->number, 3);
	assert_int_equal(dump->isa, DUMP_ISA_SVM);
	assert_int_equal(dump->cpus, 2);
	assert_int_equal(dump->uptime_ms, 41207);
	assert_int_equal(dump->first.line, 2);
	assert_int_equal(dump->last.line, 12);
	assert_int_equal(dump->exits, 14203 + 1048990 + 7 + 1 + 2);
	assert_int_equal(dump->since, 1211);
	assert_int_equal(dump->counts.nrows, 5);
	assert_int_equal(dump->counts.nalso, 1);
	for (size_t i = 0; i < 5; i++) {
		const struct dump_row *row = &dump->counts.rows[i];

		dump_code_text(dump->isa, row->code, code);
		assert_string_equal(code, svm_rows[i].code);
		assert_string_equal(row->name, svm_rows[i].name);
		assert_int_equal(row->total, svm_rows[i].total);
		assert_int_equal(row->since, svm_rows[i].since);
		assert_int_equal(row->other, i == 4);
	}
	assert_string_equal(dump->counts.also[0].name, "failed_vmentry");
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_vmx(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	sample_dump(&sample, 1, "vmx", "0.000", vmx_rows, no_none);
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 0);
	assert_int_equal(log->dumps[0]->isa, DUMP_ISA_VMX);
	assert_int_equal(log->dumps[0]->counts.rows[2].code, 30);
	assert_int_equal(log->dumps[0]->counts.rows[3].code, 9);
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_no_exits_and_big_ones(void **state)
{
	struct sample_row big[] = {
		{ "0", "a_name_that_is_longer_than_its_column", 0, 0 },
		{ "65535", "B", UINT64_MAX, INT64_MAX },
		{ 0 },
	};
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	sample_dump(&sample, 1, "vmx", "1.000", &big[2], no_none);
	sample_dump(&sample, 4000000000, "vmx", "1.001", big, none);
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 2);
	assert_int_equal(sample_damaged(log), 0);
	assert_int_equal(log->dumps[0]->exits, 0);
	assert_true(log->dumps[1]->exits == UINT64_MAX);
	dump_log_free(log);

	sample_free(&sample);
	big[0].total = 1;
	sample_dump(&sample, 1, "vmx", "1.000", big, no_none);
	refuse(sample.text, 4, "sum of the rows exceeds 64 bits");
	sample_free(&sample);
	big[0].since = 1;
	big[1].total = UINT64_MAX - 1;
	sample_dump(&sample, 1, "vmx", "1.000", big, no_none);
	refuse(sample.text, 4, "sum of the rows exceeds 64 bits");
	sample_free(&sample);
}

/* The same dump behind each prefix that a log can have, with each line ending. */
static void reads_prefixes(void **state)
{
	static const char *const prefixes[] = {
		"",
		"[   12.345678] ",
		"[   12.345678][    T1] ",
		"[Sun Nov 23 19:00:00 2025] ",
		"<6>",
		"<6>[   12.345678] ",
		"Nov 23 19:00:00 host kernel: ",
		"2025-11-23T19:00:00+0100 host kernel: ",
		"Nov 23 19:00:00.123456 host kernel: ",
		"Nov 23 19:00:00 host kernel: [   12.345678] ",
		"6,339,5140900,-;",
		"\r",
		"login: \033[0m",
		"half a li[   12.345678] ",
		"kvm_exits kvm_exits: none ",
	};
	static const char *const ends[] = { "\n", "\r\n", "\r\r\n", "\r\n\r\n" };
	struct sample plain = { 0 };

	(void)state;
	sample_dump(&plain, 3, "svm", "41.207", svm_rows, none);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++) {
			struct sample sample = { must(calloc(plain.len, 64)), 0 };
			struct dump_log *log;
			char *p = sample.text;

			for (char *s = plain.text; *s; s = strchr(s, '\n') + 1)
				p += sprintf(p, "%s%.*s%s", prefixes[i], (int)strcspn(s, "\n"), s,
					     ends[k]);
			sample.len = p - sample.text;
			log = sample_log(&sample);
			assert_int_equal(log->ndumps, 1);
			if (log->dumps[0]->problem)
				fail_msg("%s: %s", prefixes[i], log->dumps[0]->problem);
			dump_log_free(log);
			sample_free(&sample);
		}
	}
	sample_free(&plain);
}

static void reads_numbers_again(void **state)
{
	struct sample sample = { 0 };
	char label[DUMP_LABEL_SIZE];
	struct dump_log *log;

	(void)state;
	sample_dump(&sample, 1, "svm", "1.000", svm_rows, none);
	sample_dump(&sample, 2, "svm", "2.000", svm_rows, none);
	sample_dump(&sample, 1, "svm", "1.000", svm_rows, none);
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 3);
	assert_int_equal(sample_damaged(log), 0);
	assert_string_equal(dump_label(log->dumps[0], label), "1.1");
	assert_string_equal(dump_label(log->dumps[1], label), "2");
	assert_string_equal(dump_label(log->dumps[2], label), "1.2");
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_over_files(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log = dump_log_new();
	char *half;

	(void)state;
	sample_dump(&sample, 1, "svm", "1.000", svm_rows, none);
	sample.len--;		/* the last line needs no newline */
	half = strchr(strchr(sample.text, '\n') + 1, '\n') + 1;
	dump_log_add(log, "a", sample.text, half - sample.text);
	dump_log_add(log, "b", half, sample.len - (half - sample.text));
	dump_log_finish(log);
	assert_int_equal(log->ndumps, 1);
	assert_null(log->dumps[0]->problem);
	assert_string_equal(log->dumps[0]->first.file, "a");
	assert_string_equal(log->dumps[0]->last.file, "b");
	assert_int_equal(log->dumps[0]->last.line, 9);
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_marks(void **state)
{
	static const char text[] =
		"[    1.000000] kvm_exits_step: begin cpuid.1-a_B+\r\n"
		"Nov 23 19:00:00 host kvm_exits_step: end cpuid.1-a_B+\n"
		"kvm_exits_step: begin \n"
		"kvm_exits_step: begin a b\n"
		"kvm_exits_step: beg\n"
		"kvm_exits_step:\n"
		"kvm_exits_step: begin a\0b\n"
		"kvm_exits_ste\n";
	struct sample sample = { (char *)text, sizeof(text) - 1 };
	struct dump_log *log = sample_log(&sample);

	(void)state;
	assert_int_equal(log->nmarks, 7);
	assert_int_equal(log->marks[0].kind, DUMP_MARK_BEGIN);
	assert_string_equal(log->marks[0].name, "cpuid.1-a_B+");
	assert_int_equal(log->marks[1].kind, DUMP_MARK_END);
	assert_string_equal(log->marks[1].name, "cpuid.1-a_B+");
	assert_int_equal(log->marks[1].at.line, 2);
	for (size_t i = 2; i < 7; i++)
		assert_int_equal(log->marks[i].kind, DUMP_MARK_TORN);
	dump_log_free(log);
}

#define BEGIN "kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=1.000\n"
#define HEADER "kvm_exits: 1    code  reason                            total         since\n"
#define CPUID "kvm_exits: 1   0x072  cpuid                                10           +10\n"
#define IO "kvm_exits: 1   0x07b  io                                    5            +0\n"
#define OTHER "kvm_exits: 1   0x001  other                                 1            +0\n"
#define ALSO "kvm_exits: 1    also  failed_vmentry                        2            +0\n"
#define NONE "kvm_exits: 1    none  DB_excp\n"

static void refuses(void **state)
{
	(void)state;
	refuse(BEGIN HEADER CPUID "kvm_exits: 1 end rows=2 exits=10 since=+10 bytes=205\n", 4,
	       "row lines: 1, the end line says 2");
	refuse(BEGIN HEADER CPUID "kvm_exits: 1 end rows=1 exits=11 since=+10 bytes=205\n", 4,
	       "rows sum to 10 exits, the end line says 11");
	refuse(BEGIN HEADER CPUID "kvm_exits: 1 end rows=1 exits=10 since=+9 bytes=205\n", 4,
	       "changes sum to +10, the end line says +9");
	refuse(BEGIN HEADER CPUID "kvm_exits: 1 end rows=1 exits=10 since=+10 bytes=206\n", 4,
	       "lines have 205 bytes, the end line says 206");
	refuse(BEGIN HEADER CPUID "kvm_exits: 1 end rows=1 exits=10 since=+10\n", 4,
	       "torn end line");
	refuse(BEGIN HEADER CPUID, 3, "no end line after this line");
	refuse(HEADER CPUID, 1, "no begin line before this line");
	refuse(BEGIN CPUID, 2, "no header line before the first row");
	refuse(BEGIN NONE, 2, "no header line before the none line");
	refuse(BEGIN "kvm_exits: 1 end rows=0 exits=0 since=+0 bytes=55\n", 2, "no header line");
	refuse(BEGIN HEADER HEADER, 3, "second header line");
	refuse(BEGIN HEADER CPUID CPUID, 4, "row 0x072 cpuid does not come after the row before it");
	refuse(BEGIN HEADER IO CPUID, 4, "row 0x072 cpuid does not come after the row before it");
	refuse(BEGIN HEADER OTHER CPUID, 4, "row 0x072 cpuid does not come after the row before it");
	refuse(BEGIN HEADER OTHER OTHER, 4, "row 0x001 other does not come after the row before it");
	refuse(BEGIN HEADER ALSO CPUID, 4, "row 0x072 cpuid after a line that closes the rows");
	refuse(BEGIN HEADER NONE ALSO, 4, "row also failed_vmentry after a line that closes the rows");
	refuse(BEGIN HEADER ALSO ALSO "kvm_exits: 1 end rows=0 exits=0 since=+0 bytes=280\n", 5,
	       "row also failed_vmentry stands twice");
	refuse("kvm_exits: 1 begin format=2 isa=svm cpus=2 uptime=1.000\n", 1,
	       "format 2 is not known here, only format 1");
	refuse("kvm_exits: 1 begin format=2 isa=svm\n", 1,
	       "format 2 is not known here, only format 1");
	refuse("kvm_exits: 1 begin format=1 isa=arm cpus=2 uptime=1.000\n", 1, "torn begin line");
	refuse("kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=1.00\n", 1, "torn begin line");
	refuse("kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=1.7704\n", 1, "torn begin line");
	refuse("kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=99999999999999999.000\n", 1,
	       "torn begin line");
	refuse("kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=1.000 more\n", 1,
	       "torn begin line");
	/* what a printf of the kernel's would not print */
	refuse(BEGIN HEADER "kvm_exits: 1    0x72  cpuid                                10           +10\n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpuid                                10           -10\n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpuid                                10            10\n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpuid                                10           +10 \n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1     114  cpuid                                10           +10\n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpuid                                10           +11\n",
	       3, "row 0x072 cpuid changed by more than its total");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpuid                      99999999999999999999            +0\n",
	       3, "torn row line");
	refuse(BEGIN HEADER "kvm_exits: 1    none  a  b\n", 3, "torn none line");
	refuse(BEGIN HEADER "kvm_exits: 1    none\n", 3, "torn none line");
	refuse(BEGIN HEADER "kvm_exits: 1\n", 3, "torn dump line");
	refuse(BEGIN HEADER "kvm_exits: 1   0x072  cpkvm_exits: 1   0x073  rsm\n", 3,
	       "torn row line");
}

static void refuses_begin_inside(void **state)
{
	static const char text[] = BEGIN HEADER BEGIN HEADER
		"kvm_exits: 1 end rows=0 exits=0 since=+0 bytes=130\n";
	struct sample sample = { (char *)text, strlen(text) };
	struct dump_log *log = sample_log(&sample);

	(void)state;
	assert_int_equal(log->ndumps, 2);
	assert_string_equal(log->dumps[0]->problem,
			    "no end line between this line and the next begin line of that number");
	assert_int_equal(log->dumps[0]->problem_at.line, 2);
	assert_null(log->dumps[1]->problem);
	dump_log_free(log);
}

static void refuses_interleaved(void **state)
{
	struct sample a = { 0 }, b = { 0 }, both = { 0 };
	struct dump_log *log;
	char *p, *q;

	(void)state;
	sample_dump(&a, 3, "svm", "41.207", svm_rows, none);
	sample_dump(&b, 4, "vmx", "41.208", vmx_rows, none);
	for (p = a.text, q = b.text; *p || *q;) {
		if (*p)
			sample_line(&both, "%.*s", (int)strcspn(p, "\n"), p);
		if (*q)
			sample_line(&both, "%.*s", (int)strcspn(q, "\n"), q);
		p += *p ? strcspn(p, "\n") + 1 : 0;
		q += *q ? strcspn(q, "\n") + 1 : 0;
	}
	log = sample_log(&both);
	assert_int_equal(log->ndumps, 2);
	assert_string_equal(log->dumps[0]->problem,
			    "no end line between this line and the next line of dump 4");
	assert_int_equal(log->dumps[0]->problem_at.line, 1);
	assert_string_equal(log->dumps[1]->problem,
			    "no end line between this line and the next line of dump 3");
	assert_int_equal(log->dumps[1]->problem_at.line, 2);
	dump_log_free(log);
	sample_free(&a);
	sample_free(&b);
	sample_free(&both);
}

/* A log of one dump with prefixes, to be mutated. */
static struct sample mutable(void)
{
	struct sample plain = { 0 }, sample = { 0 };

	sample_dump(&plain, 12, "svm", "41.207", svm_rows, none);
	for (char *s = plain.text; *s; s = strchr(s, '\n') + 1)
		sample_line(&sample, "[   41.207000] %.*s", (int)strcspn(s, "\n"), s);
	sample_free(&plain);
	return sample;
}

/* The log without the bytes from @from to @to, and with those @again before. */
static void mutated(const struct sample *good, size_t from, size_t to, size_t again)
{
	struct sample bad = { must(malloc(2 * good->len)), 0 };
	struct dump_log *log;

	memcpy(bad.text, good->text, from);
	memcpy(bad.text + from, good->text + from - again, again);
	memcpy(bad.text + from + again, good->text + to, good->len - to);
	bad.len = from + again + good->len - to;
	log = sample_log(&bad);
	if (!sample_damaged(log))
		fail_msg("not found: bytes %zu to %zu are lost, %zu stand twice", from, to, again);
	dump_log_free(log);
	sample_free(&bad);
}

static void finds_each_mutation(void **state)
{
	struct sample good = mutable();
	size_t cases = 0;

	(void)state;
	for (size_t begin = 0, end; begin < good.len; begin = end) {
		end = strchr(good.text + begin, '\n') + 1 - good.text;
		mutated(&good, begin, end, 0);			/* the line is lost */
		mutated(&good, end, end, end - begin);		/* it stands twice */
		if (end < good.len)
			mutated(&good, end - 1, end, 0);	/* it runs into the next */
		for (size_t cut = begin; cut < end - 1; cut++)	/* its tail is lost */
			mutated(&good, cut, end - 1, 0);
		/* a byte of the message is lost, or all but the first stand twice */
		for (size_t i = begin + strlen("[   41.207000] "); i < end - 1; i++) {
			mutated(&good, i, i + 1, 0);
			if (good.text[i - 1] != ' ' || good.text[i] != 'k')
				mutated(&good, i + 1, i + 1, 1);
		}
		cases++;
	}
	assert_int_equal(cases, 11);
	sample_free(&good);
}

static void finds_each_cut(void **state)
{
	struct sample good = mutable();
	size_t number = strlen("[   41.207000] kvm_exits: 1"), message = strlen("[   41.207000] ");

	(void)state;
	for (size_t len = 0; len < good.len - 1; len++) {
		struct sample head = { good.text, len };
		struct dump_log *log = sample_log(&head);

		assert_int_equal(sample_damaged(log) > 0, len >= number);
		assert_int_equal(sample_damaged(log), log->ndumps);
		dump_log_free(log);
	}
	for (size_t from = 0; from < good.len; from++) {
		struct sample tail = { good.text + from, good.len - from };
		struct dump_log *log = sample_log(&tail);

		/* nothing is to be seen only if nothing is left but a piece of a line */
		if (from <= message)
			assert_int_equal(sample_damaged(log), 0);
		else if (log->ndumps)
			assert_int_equal(sample_damaged(log), 1);
		else
			assert_null(memchr(tail.text, '\n', tail.len - 1));
		dump_log_free(log);
	}
	sample_free(&good);
}

/* Whatever it is given, the parser comes to an end and stays in its memory. */
static void survives_rubbish(void **state)
{
	struct sample good = mutable();
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct sample bad = { must(malloc(good.len)), good.len };
		struct dump_log *log;

		memcpy(bad.text, good.text, good.len);
		for (int i = 0; i < 1 + round % 20; i++) {
			seed = seed * 1664525 + 1013904223;
			bad.text[(seed >> 8) % bad.len] = round % 2 ? seed >> 24 : '\n';
		}
		log = sample_log(&bad);
		dump_log_free(log);
		sample_free(&bad);
	}
	sample_free(&good);
}

/* Many dumps at once, none of which ends, on lines of all lengths. */
static void survives_many(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	sample.text = must(malloc(40 * 200000 + 1000000));
	for (unsigned int i = 0; i < 200000; i++)
		sample.len += sprintf(sample.text + sample.len, "kvm_exits: %u also\n", i);
	memset(sample.text + sample.len, 'x', 1000000);
	sample.len += 1000000;
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 200000);
	dump_log_free(log);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_svm),
		cmocka_unit_test(reads_vmx),
		cmocka_unit_test(reads_no_exits_and_big_ones),
		cmocka_unit_test(reads_prefixes),
		cmocka_unit_test(reads_numbers_again),
		cmocka_unit_test(reads_over_files),
		cmocka_unit_test(reads_marks),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_begin_inside),
		cmocka_unit_test(refuses_interleaved),
		cmocka_unit_test(finds_each_mutation),
		cmocka_unit_test(finds_each_cut),
		cmocka_unit_test(survives_rubbish),
		cmocka_unit_test(survives_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
