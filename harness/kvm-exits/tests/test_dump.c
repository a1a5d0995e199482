// SPDX-License-Identifier: GPL-2.0
/* Test the parser: what it reads, which text around a message it ignores, what it refuses. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "sample.h"
#include "view.h"

static const struct sample_row svm_rows[] = {
	{ "0x060", "interrupt", 14203, 1204, NULL },
	{ "0x072", "cpuid", 1048990, 0, "1200" },
	{ "0x07b", "unnamed", 7, 7, "0" },
	{ "-4", "unnamed", 1, 0, NULL },
	{ "-1", "invalid_guest_state", 1, 0, NULL },
	{ "0x100000072", "other", 2, 0, NULL },
	{ 0 },
};

static const struct sample_row vmx_rows[] = {
	{ "0", "EXCEPTION_NMI", 3, 3, NULL },
	{ "1", "EXTERNAL_INTERRUPT", 40, 2, NULL },
	{ "30", "IO_INSTRUCTION", 123456, 0, NULL },
	{ "9", "other", 1, 1, NULL },
	{ "also", "failed_vmentry", 2, 0, NULL },
	{ 0 },
};

static const struct sample_row vmx_l2_rows[] = {
	{ "0", "EXCEPTION_NMI", 3, 3, "3" },
	{ "1", "EXTERNAL_INTERRUPT", 40, 2, NULL },
	{ "33", "INVALID_STATE", 2, 1, "1" },
	{ "9", "other", 1, 1, "0" },
	{ "also", "failed_vmentry", 2, 1, "1" },
	{ 0 },
};

static const char *const vms[] = {
	"pid=812 name=qemu-system-x86 vcpus=4 total=9112 since=+1100 top=interrupt",
	"pid=811 name=my_vmm.1-a vcpus=1 total=2711 since=+104 top=UD_excp",
	"pid=9 name=_ vcpus=0 total=0 since=+0 top=-",
	NULL,
};

#define VM "pid=1 name=a vcpus=1 total=1 since=+0 top=-"

static const char *const vms_more[] = {
	"pid=812 name=qemu-system-x86 vcpus=4 total=9112 since=+1100 top=interrupt",
	VM, VM, VM, VM, VM, VM, VM, "more=12", NULL,
};

static const char *const vms_busy[] = { "busy", NULL };

/* Parse @text, expect one damaged dump, with @problem at @line. */
static void refuse(const char *text, uint64_t line, const char *problem)
{
	struct sample sample = { .text = (char *)text, .len = strlen(text) };
	struct dump_log *log = sample_log(&sample);

	assert_int_equal(log->ndumps, 1);
	assert_non_null(log->dumps[0]->problem);
	assert_string_equal(log->dumps[0]->problem, problem);
	assert_int_equal(log->dumps[0]->problem_at.line, line);
	assert_string_equal(log->dumps[0]->problem_at.file, "log");
	dump_log_free(log);
}

/* Return @text_, which ends in "since=+N ", with the CRC after it. The caller frees it. */
static char *with_crc(const char *text_)
{
	return text("%scrc=%08" PRIx32 "\n", text_, sample_crc(0, text_, strlen(text_)));
}

static void refuse_whole(const char *body, uint64_t line, const char *problem)
{
	char *whole = with_crc(body);

	refuse(whole, line, problem);
	free(whole);
}

static void accept_whole(const char *body)
{
	char *whole = with_crc(body);
	struct sample sample = { .text = whole, .len = strlen(whole) };
	struct dump_log *log = sample_log(&sample);

	assert_int_equal(log->ndumps, 1);
	if (log->dumps[0]->problem)
		fail_msg("%s: %s", body, log->dumps[0]->problem);
	dump_log_free(log);
	free(whole);
}

static void reads_svm(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;
	const struct dump *dump;
	char code[DUMP_CODE_SIZE];

	(void)state;
	sample_line(&sample, "kvm: something else");
	sample_dump(&sample, &(struct sample_dump){
		.number = 3, .uptime = "41.207", .rows = svm_rows, .vms = vms,
		.scope = "cpus=2/256 vms=3",
	});
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 1);
	dump = log->dumps[0];
	assert_null(dump->problem);
	assert_int_equal(dump->number, 3);
	assert_int_equal(dump->isa, DUMP_ISA_SVM);
	assert_string_equal(dump->host, "web1");
	assert_string_equal(dump->loaded, SAMPLE_LOADED);
	assert_int_equal(dump->scope, DUMP_SCOPE_HOST);
	assert_int_equal(dump->cpus_online, 2);
	assert_int_equal(dump->cpus_possible, 256);
	assert_int_equal(dump->nvms, 3);
	assert_int_equal(dump->uptime_ms, 41207);
	assert_int_equal(dump->first.line, 2);
	assert_int_equal(dump->last.line, 13);
	assert_int_equal(dump->exits, 14203 + 1048990 + 7 + 1 + 1 + 2);
	assert_int_equal(dump->since, 1211);
	assert_int_equal(dump->counts.nrows, 6);
	assert_int_equal(dump->counts.nalso, 0);
	assert_true(dump->counts.has_l2);
	for (size_t i = 0; i < 6; i++) {
		const struct dump_row *row = &dump->counts.rows[i];

		dump_code_text(dump->isa, row->code, code);
		assert_string_equal(code, svm_rows[i].code);
		assert_string_equal(row->name, svm_rows[i].name);
		assert_int_equal(row->total, svm_rows[i].total);
		assert_int_equal(row->since, svm_rows[i].since);
		assert_int_equal(row->other, i == 5);
		assert_int_equal(row->l2, i == 1 ? 1200 : 0);
	}
	assert_int_equal(dump->nlisted, 3);
	assert_int_equal(dump->vms[0].pid, 812);
	assert_string_equal(dump->vms[0].name, "qemu-system-x86");
	assert_int_equal(dump->vms[0].vcpus, 4);
	assert_int_equal(dump->vms[0].total, 9112);
	assert_int_equal(dump->vms[0].since, 1100);
	assert_string_equal(dump->vms[0].top, "interrupt");
	assert_string_equal(dump->vms[2].top, "-");
	assert_int_equal(dump->vms_more, 0);
	assert_false(dump->vms_busy);
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_vmx(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	sample_dump(&sample, &(struct sample_dump){
		.number = 1, .isa = "vmx", .uptime = "0.000", .rows = vmx_rows, .vms = vms_more,
	});
	sample_dump(&sample, &(struct sample_dump){
		.number = 2, .isa = "vmx", .rows = vmx_l2_rows, .vms = vms_busy,
	});
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 0);
	assert_int_equal(log->dumps[0]->isa, DUMP_ISA_VMX);
	assert_int_equal(log->dumps[0]->counts.rows[2].code, 30);
	assert_int_equal(log->dumps[0]->counts.rows[3].code, 9);
	assert_int_equal(log->dumps[0]->counts.nalso, 1);
	assert_string_equal(log->dumps[0]->counts.also[0].name, "failed_vmentry");
	assert_false(log->dumps[0]->counts.has_l2);
	assert_int_equal(log->dumps[0]->nlisted, 8);
	assert_int_equal(log->dumps[0]->vms_more, 12);
	assert_int_equal(log->dumps[1]->counts.also[0].l2, 1);
	assert_int_equal(log->dumps[1]->nlisted, 0);
	assert_true(log->dumps[1]->vms_busy);
	dump_log_free(log);
	sample_free(&sample);
}

/* The counters of a host, of its VMs and of its vCPUs have different lives. */
static void reads_lives(void **state)
{
	static const struct sample_dump dumps[] = {
		{ .number = 0 },
		{ .number = 0, .host = "web2" },
		{ .number = 0, .loaded = "2026-11-26T03:10:22.119Z" },
		{ .number = 0, .scope = "vm=812-11 vcpus=2" },
		{ .number = 0, .scope = "vm=812-12 vcpus=2" },
		{ .number = 0, .scope = "vm=812-11 vcpu=0" },
		{ .number = 0, .scope = "vm=812-11 vcpu=1" },
		{ .number = 0, .scope = "vm=812-12 vcpu=1" },
	};
	static const char *const scopes[] = {
		"host", "host", "host", "812-11", "812-12", "812-11/vcpu0", "812-11/vcpu1",
		"812-12/vcpu1",
	};
	size_t n = sizeof(dumps) / sizeof(*dumps);
	struct sample sample = { 0 };
	char label[DUMP_LABEL_SIZE];
	struct dump_log *log;

	(void)state;
	for (size_t i = 0; i < n; i++)
		sample_dump(&sample, &dumps[i]);
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, n);
	assert_int_equal(sample_damaged(log), 0);
	for (size_t i = 0; i < n; i++) {
		char *scope = dump_scope_text(log->dumps[i]);

		assert_string_equal(scope, scopes[i]);
		free(scope);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(dump_same_life(log->dumps[i], log->dumps[k]), i == k);
	}
	assert_int_equal(log->dumps[3]->vcpus, 2);
	assert_int_equal(log->dumps[6]->vcpu, 1);
	/* copies from debugfs have number 0 */
	assert_string_equal(dump_label(log->dumps[7], label), "0.8");
	dump_log_free(log);
	sample_free(&sample);

	/* what can change in a life */
	sample_dump(&sample, &(struct sample_dump){ .number = 1, .scope = "cpus=2/2 vms=1" });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .scope = "cpus=1/2 vms=0" });
	sample_dump(&sample, &(struct sample_dump){ .number = 0, .scope = "vm=1-2 vcpus=1" });
	sample_dump(&sample, &(struct sample_dump){ .number = 0, .scope = "vm=1-2 vcpus=2" });
	log = sample_log(&sample);
	assert_int_equal(sample_damaged(log), 0);
	assert_true(dump_same_life(log->dumps[0], log->dumps[1]));
	assert_true(dump_same_life(log->dumps[2], log->dumps[3]));
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_no_exits_and_big_ones(void **state)
{
	struct sample_row big[] = {
		{ "0", "a_name_that_is_longer_than_its_column", 1, 0, NULL },
		{ "65535", "B", UINT64_MAX - 1, UINT64_MAX - 1, "18446744073709551615" },
		{ 0 },
	};
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	sample_dump(&sample, &(struct sample_dump){ .number = 1 });
	sample_dump(&sample, &(struct sample_dump){
		.number = 4000000000, .isa = "vmx", .rows = big,
	});
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 2);
	assert_int_equal(sample_damaged(log), 0);
	assert_int_equal(log->dumps[0]->exits, 0);
	assert_true(log->dumps[1]->exits == UINT64_MAX);
	assert_true(log->dumps[1]->counts.rows[1].l2 == UINT64_MAX);
	dump_log_free(log);

	sample_free(&sample);
	big[0].total = 2;
	sample_dump(&sample, &(struct sample_dump){ .number = 1, .isa = "vmx", .rows = big });
	refuse(sample.text, 4, "sum of the rows exceeds 64 bits");
	sample_free(&sample);
}

/* A dump reads the same with each prefix and each line ending that a log can have. */
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
		"half a word",
		"kvm_exits kvm_exits: none ",
		"{\"PRIORITY\":\"6\",\"MESSAGE\":\"",
		"\033[32m[   12.345678] \033[0m\033[33m",
		"\033[01;31m\033[K",
	};
	static const char *const ends[] = {
		"\n", "\r\n", "\r\r\n", "\r\n\r\n", "   \n", "\t\n", " and more\n", "\033[0m\n",
		"\033[m\033[K\n", "\",\"_TRANSPORT\":\"kernel\"}\n", "<br>\n", "&quot;\n", ";\n", "^M\n",
		"#015\n", "$\n", "\\n\n", ",\n", "\0\n", "\xff\n", " 12\n", "=1\n", " l2\n",
	};
	struct sample plain = { 0 };

	(void)state;
	sample_dump(&plain, &(struct sample_dump){
		.number = 3, .uptime = "41.207", .rows = svm_rows, .vms = vms_more,
	});
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++) {
			struct sample sample = { .text = must(calloc(plain.len, 64)) };
			struct dump_log *log;
			char *p = sample.text;

			for (char *s = plain.text; *s; s = strchr(s, '\n') + 1) {
				p += sprintf(p, "%s%.*s", prefixes[i], (int)strcspn(s, "\n"), s);
				/* one of the endings is a NUL */
				memcpy(p, ends[k], strlen(ends[k] + 1) + 1);
				p += strlen(ends[k] + 1) + 1;
			}
			sample.len = p - sample.text;
			log = sample_log(&sample);
			assert_int_equal(log->ndumps, 1);
			if (log->dumps[0]->problem)
				fail_msg("%s...%s: %s", prefixes[i], ends[k], log->dumps[0]->problem);
			assert_int_equal(log->dumps[0]->nlisted, 8);
			dump_log_free(log);
			sample_free(&sample);
		}
	}
	sample_free(&plain);
}

/* dmesg --color=always also puts colours into the text. */
static void reads_colours(void **state)
{
	struct sample plain = { 0 }, sample = { 0 };
	size_t len = strlen("kvm_exits: ");
	struct dump_log *log;

	(void)state;
	sample_dump(&plain, &(struct sample_dump){ .number = 3, .rows = svm_rows, .vms = vms });
	for (char *s = plain.text; *s; s = strchr(s, '\n') + 1)
		sample_line(&sample, "\033[32m[   41.207000] \033[0m\033[33m%.*s\033[0m\033[1m%.*s"
			    "\033[0m", (int)len, s, (int)(strcspn(s, "\n") - len), s + len);
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 1);
	assert_null(log->dumps[0]->problem);
	dump_log_free(log);
	sample_free(&sample);
	sample_free(&plain);
}

/* A byte after the text that could belong to the last field is damage. */
static void refuses_text_behind(void **state)
{
	static const char *const behind[] = { "0", "a", "Z", "_" };
	struct sample plain = { 0 };

	(void)state;
	sample_dump(&plain, &(struct sample_dump){
		.number = 3, .rows = svm_rows, .vms = vms_more,
	});
	for (char *at = plain.text; (at = strchr(at, '\n')); at++) {
		for (size_t i = 0; i < sizeof(behind) / sizeof(*behind); i++) {
			struct sample sample = { 0 };
			struct dump_log *log;

			sample_line(&sample, "%.*s%s%s", (int)(at - plain.text), plain.text,
				    behind[i], at);
			log = sample_log(&sample);
			assert_int_equal(sample_damaged(log), 1);
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
	sample_dump(&sample, &(struct sample_dump){ .number = 1, .rows = svm_rows });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .rows = svm_rows });
	sample_dump(&sample, &(struct sample_dump){ .number = 1, .rows = svm_rows, .uptime = "2.000" });
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 3);
	assert_int_equal(sample_damaged(log), 0);
	assert_string_equal(dump_label(log->dumps[0], label), "1.1");
	assert_string_equal(dump_label(log->dumps[1], label), "2");
	assert_string_equal(dump_label(log->dumps[2], label), "1.2");
	dump_log_free(log);
	sample_free(&sample);
}

/* A dump that comes again unchanged is one dump, also if others are between the two. */
static void reads_repeats(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log;

	(void)state;
	for (int i = 0; i < 2; i++) {
		sample_dump(&sample, &(struct sample_dump){ .number = 1, .rows = svm_rows });
		sample_dump(&sample, &(struct sample_dump){ .number = 2, .rows = svm_rows, .vms = vms });
		sample_dump(&sample, &(struct sample_dump){ .number = 0, .rows = svm_rows });
	}
	/* these differ in their life, uptime, rows and VMs */
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .rows = svm_rows, .vms = vms, .host = "a" });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .rows = svm_rows, .vms = vms,
						    .uptime = "1.001" });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .vms = vms });
	sample_dump(&sample, &(struct sample_dump){ .number = 2, .rows = svm_rows });
	log = sample_log(&sample);
	assert_int_equal(log->ndumps, 7);
	assert_int_equal(log->repeats, 3);
	assert_int_equal(sample_damaged(log), 0);
	dump_log_free(log);
	sample_free(&sample);
}

/* Expect @nstrays stray lines and @ndumps damaged dumps in @text_. */
static void strays(const char *text_, size_t nstrays, size_t ndumps)
{
	struct sample sample = { .text = (char *)text_, .len = strlen(text_) };
	struct dump_log *log = sample_log(&sample);

	if (log->nstrays != nstrays || log->ndumps != ndumps)
		fail_msg("%zu strays, %zu dumps in %s", log->nstrays, log->ndumps, text_);
	assert_int_equal(sample_damaged(log), ndumps);
	dump_log_free(log);
}

/* A line that belongs to no dump is stray, unless it can be a line of one, or a part. */
static void sees_strays(void **state)
{
	static const char *const stray[] = {
		"kvm_exits: 20 /var/log/kern.log", "kvm_exits: 99 hello", "kvm_exits: 20 end of story",
		"kvm_exits: 20 begin /var/log", "kvm_exits: 20 code path", "kvm_exits: 20 vm foo",
		"kvm_exits: 20 also a", "kvm_exits: 20 0x072 /var", "kvm_exits: 20 0x072 cpuid x",
		"kvm_exits: 20 ender", "kvm_exits: 20 beginning", "kvm_exits: 20 Hello",
		"message repeated 2 times: [kvm_exits: 20 0x072 cpuid 10 +10]",
	};
	static const char *const torn[] = {
		"kvm_exits: 20", "kvm_exits: 20 ", "kvm_exits: 20 b", "kvm_exits: 20 begin",
		"kvm_exits: 20 begin f", "kvm_exits: 20 begin format=", "kvm_exits: 20 code",
		"kvm_exits: 20 code re", "kvm_exits: 20 vm", "kvm_exits: 20 vm more=1",
		"kvm_exits: 20 vm pid", "kvm_exits: 20 also failed", "kvm_exits: 20 end r",
		"kvm_exits: 20 0x0", "kvm_exits: 20 0x072 cp", "kvm_exits: 20 0x072 cpuid 1",
		"kvm_exits: 20 -1 invalid_guest_state 1 +", "kvm_exits: 20 10 CPUID",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(stray) / sizeof(*stray); i++)
		strays(stray[i], 1, 0);
	for (size_t i = 0; i < sizeof(torn) / sizeof(*torn); i++)
		strays(torn[i], 0, 1);
}

/* Pass @text_ through the colours and blanks that logs have, and expect one good dump. */
static void reads_odd_text(void **state)
{
	static const char *const changes[][2] = {
		{ "\n", "\r" }, { "\n", "<br>" }, { "\n", "<br />\r\n" },
		{ "\n", "</p><p>" }, { "\n", "\\n" }, { " ", "\xc2\xa0" },
		{ " ", "&nbsp;" }, { "kvm_exits", "#033[33mkvm_exits" },
		{ ": ", "#033[0m: " }, { ": ", "^[[0m: " }, { ": ", "\\x1b[0m: " },
		{ "kvm_exits", "kvm_\033[31mexits" }, { "\n", "\\n\", \"" },
	};
	struct sample plain = { 0 };

	(void)state;
	sample_dump(&plain, &(struct sample_dump){ .number = 3, .rows = svm_rows, .vms = vms });
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct sample sample = { 0 };
		struct dump_log *log;

		for (const char *p = plain.text; *p;) {
			bool here = !strncmp(p, changes[i][0], strlen(changes[i][0]));
			char *line = text("%s%.*s", sample.text ? sample.text : "",
					  here ? (int)strlen(changes[i][1]) : 1,
					  here ? changes[i][1] : p);

			free(sample.text);
			sample.text = line;
			sample.len = strlen(line);
			p += here ? strlen(changes[i][0]) : 1;
		}
		log = sample_log(&sample);
		if (log->ndumps != 1 || log->dumps[0]->problem)
			fail_msg("%s\n%s", sample.text, log->ndumps ? log->dumps[0]->problem : "none");
		dump_log_free(log);
		sample_free(&sample);
	}
	sample_free(&plain);
}

/* Return a log of two hosts, of which the first booted twice, each with three dumps. */
static struct sample lives_sample(void)
{
	static const struct sample_dump lives[] = {
		{ .host = "a" }, { .host = "b" }, { .host = "a", .loaded = "2026-11-27T08:00:01.500Z" },
	};
	static const char *const uptimes[] = { "1.000", "2.000", "3.000" };
	struct sample sample = { 0 };

	for (size_t l = 0; l < 3; l++)
		for (unsigned int i = 0; i < 3; i++) {
			struct sample_row rows[] = {
				{ "0x072", "cpuid", 10 * (i + 1), 10, NULL }, { 0 },
			};
			struct sample_dump dump = lives[l];

			dump.number = i + 1;
			dump.uptime = uptimes[i];
			dump.rows = rows;
			sample_dump(&sample, &dump);
		}
	return sample;
}

/* Parse @sample with the options; expect the error @want, or dumps that @labels names. */
static void filters(const struct sample *sample, enum dump_keep keep, struct dump_filter filter,
		    const char *want, const char *labels)
{
	struct dump_log *log = dump_log_new();
	char *error, *found = text("%s", "");

	log->keep = keep;
	log->filter = filter;
	dump_log_add(log, "log", sample->text, sample->len);
	error = dump_log_finish(log);
	if (want) {
		if (!error || !strstr(error, want))
			fail_msg("%s, not %s", error, want);
	} else {
		assert_null(error);
		for (size_t i = 0; i < log->ndumps; i++) {
			char label[DUMP_LABEL_SIZE], *longer;

			longer = text("%s%s ", found, dump_label(log->dumps[i], label));
			free(found);
			found = longer;
		}
		assert_string_equal(found, labels);
	}
	free(found);
	free(error);
	dump_log_free(log);
}

/* What stays in memory has the labels that it has in the whole log. */
static void keeps_and_filters(void **state)
{
	struct sample sample = lives_sample();

	(void)state;
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ 0 }, NULL,
		"1.1 2.1 3.1 1.2 2.2 3.2 1.3 2.3 3.3 ");
	filters(&sample, DUMP_KEEP_LAST, (struct dump_filter){ 0 }, NULL, "3.1 3.2 3.3 ");
	filters(&sample, DUMP_KEEP_ENDS, (struct dump_filter){ 0 }, NULL, "1.1 3.1 1.2 3.2 1.3 3.3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "b" }, NULL, "1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "c" }, NULL, "");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "0" }, NULL, "1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "-1" }, NULL, "1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "2" }, NULL, "1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "2026-11-27" }, NULL,
		"1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "-2" },
		"no boot -2: the log has dumps of 2 boots", NULL);
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .host = "a", .boot = "2026" },
		"more than one boot 2026", NULL);
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .boot = "0" },
		"the log has dumps of the hosts a and b: choose one with --host", NULL);
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .since = true, .when = { 2500, true } }, NULL,
		"3.1 3.2 3.3 ");
	/* kvm.ko was loaded at 1795662622.118 and 1795766401.5 s */
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .since = true,
							      .when = { 1795700000000000, false } },
		NULL, "1 2 3 ");
	filters(&sample, DUMP_KEEP_ALL, (struct dump_filter){ .since = true,
							      .when = { 1795662624000000, false } },
		"log:5: dump 2 has no time of day, which --since needs", NULL);
	sample_free(&sample);
}

/* Two dumps that contradict each other stay, with the earliest and the latest. */
static void keeps_contradictions(void **state)
{
	static const uint64_t totals[] = { 10, 20, 30, 25, 40, 50, 45, 60 };
	struct sample sample = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 8; i++) {
		struct sample_row rows[] = { { "0x072", "cpuid", totals[i], 0, NULL }, { 0 } };
		char uptime[16];

		rows[0].since = i && totals[i] > totals[i - 1] ? totals[i] - totals[i - 1] : 0;
		snprintf(uptime, sizeof(uptime), "%u.000", i);
		sample_dump(&sample, &(struct sample_dump){ .number = i + 1, .uptime = uptime, .rows = rows });
	}
	filters(&sample, DUMP_KEEP_ENDS, (struct dump_filter){ 0 }, NULL, "1 3 4 8 ");
	sample_free(&sample);
}

static void sees_newest_first(void **state)
{
	struct sample good = { 0 }, bad = { 0 };
	struct dump_log *log;

	(void)state;
	sample_dump(&good, &(struct sample_dump){ .number = 1, .rows = svm_rows, .vms = vms });
	sample_dump(&good, &(struct sample_dump){ .number = 2, .rows = svm_rows, .vms = vms });
	for (char *end = good.text + good.len - 1; end > good.text;) {
		char *begin = memrchr(good.text, '\n', end - good.text);

		begin = begin ? begin + 1 : good.text;
		sample_line(&bad, "%.*s", (int)(end - begin), begin);
		end = begin - 1;
	}
	log = sample_log(&bad);
	assert_true(log->newest_first);
	dump_log_free(log);
	log = sample_log(&good);
	assert_false(log->newest_first);
	dump_log_free(log);
	sample_free(&good);
	sample_free(&bad);
}

static void reads_over_files(void **state)
{
	struct sample sample = { 0 };
	struct dump_log *log = dump_log_new();
	char *half;

	(void)state;
	sample_dump(&sample, &(struct sample_dump){ .number = 1, .rows = svm_rows });
	sample.len--;		/* the last line needs no newline */
	half = strchr(strchr(sample.text, '\n') + 1, '\n') + 1;
	dump_log_add(log, "a", sample.text, half - sample.text);
	dump_log_add(log, "b", half, sample.len - (half - sample.text));
	assert_null(dump_log_finish(log));
	assert_int_equal(log->ndumps, 1);
	assert_null(log->dumps[0]->problem);
	assert_string_equal(log->dumps[0]->first.file, "a");
	assert_string_equal(log->dumps[0]->last.file, "b");
	assert_int_equal(log->dumps[0]->last.line, 7);
	dump_log_free(log);
	sample_free(&sample);
}

static void reads_marks(void **state)
{
	static const char text[] =
		"[    1.000000] kvm_exits_step: begin cpuid.1-a_B+\r\n"
		"Nov 23 19:00:00 host kvm_exits_step: end cpuid.1-a_B+\n"
		"\033[33mkvm_exits_step: \033[0mbegin json\",\"_PID\":\"1\"\n"
		"kvm_exits_step: end json  \033[0m\n"
		"kvm_exits_step: begin nul\0b\n"
		"kvm_exits_step: begin \n"
		"kvm_exits_step: begin a b\n"
		"kvm_exits_step: beg\n"
		"kvm_exits_step:\n"
		"kvm_exits_ste\n";
	struct sample sample = { .text = (char *)text, .len = sizeof(text) - 1 };
	struct dump_log *log = sample_log(&sample);

	(void)state;
	assert_int_equal(log->nmarks, 9);
	assert_int_equal(log->marks[0].kind, DUMP_MARK_BEGIN);
	assert_string_equal(log->marks[0].name, "cpuid.1-a_B+");
	assert_int_equal(log->marks[1].kind, DUMP_MARK_END);
	assert_string_equal(log->marks[1].name, "cpuid.1-a_B+");
	assert_int_equal(log->marks[1].at.line, 2);
	assert_string_equal(log->marks[2].name, "json");
	assert_string_equal(log->marks[3].name, "json");
	assert_string_equal(log->marks[4].name, "nul");
	assert_int_equal(log->marks[4].kind, DUMP_MARK_BEGIN);
	for (size_t i = 5; i < 9; i++)
		assert_int_equal(log->marks[i].kind, DUMP_MARK_TORN);
	dump_log_free(log);
}

#define LIFE "host=web1 loaded=2026-11-26T03:10:22.118Z"
#define BEGIN "kvm_exits: 1 begin format=2 isa=svm " LIFE " cpus=2/2 vms=1 uptime=1.000\n"
#define VMX "kvm_exits: 1 begin format=2 isa=vmx " LIFE " cpus=2/2 vms=1 uptime=1.000\n"
#define CODE "kvm_exits: 1  code  reason          total  since\n"
#define CODE_L2 "kvm_exits: 1  code  reason          total  since  l2\n"
#define CPUID "kvm_exits: 1 0x072  cpuid              10    +10\n"
#define IO "kvm_exits: 1 0x07b  io                  5     +0\n"
#define OTHER "kvm_exits: 1 0x001  other               1     +0\n"
#define ALSO "kvm_exits: 1  also  failed_vmentry      2     +0\n"
#define VM_LINE "kvm_exits: 1    vm  " VM "\n"
#define NO_ROWS "kvm_exits: 1 end rows=0 exits=0 since=+0 "
#define END "kvm_exits: 1 end rows=1 exits=10 since=+10 "

static void refuses(void **state)
{
	(void)state;
	accept_whole(BEGIN CODE CPUID END);
	refuse_whole(BEGIN CODE CPUID "kvm_exits: 1 end rows=2 exits=10 since=+10 ", 4,
		     "row lines: 1, the end line says 2");
	refuse_whole(BEGIN CODE CPUID "kvm_exits: 1 end rows=1 exits=11 since=+10 ", 4,
		     "rows sum to 10 exits, the end line says 11");
	refuse_whole(BEGIN CODE CPUID "kvm_exits: 1 end rows=1 exits=10 since=+9 ", 4,
		     "changes sum to +10, the end line says +9");
	refuse("kvm_exits: 1 begin format=2 isa=svm " LIFE " cpus=2/2 vms=1 uptime=1.000\n"
	       CODE NO_ROWS "crc=00000000\n", 3,
	       "the CRC of its lines is dd902246, the end line says 00000000");
	refuse(BEGIN CODE CPUID END "\n", 4, "torn end line");
	refuse(BEGIN CODE CPUID END "crc=1234567\n", 4, "torn end line");
	refuse(BEGIN CODE CPUID END "crc=123456789\n", 4, "torn end line");
	refuse(BEGIN CODE CPUID END "crc=1234567A\n", 4, "torn end line");
	refuse(BEGIN CODE CPUID, 3, "no end line after this line");
	refuse(CODE CPUID, 1, "no begin line before this line");
	refuse(BEGIN CPUID, 2, "no code line before this line");
	refuse(BEGIN VM_LINE, 2, "no code line before this line");
	refuse_whole(BEGIN NO_ROWS, 2, "no code line before this line");
	refuse(BEGIN CODE CODE, 3, "code line out of order");
	refuse(BEGIN CODE CPUID CODE, 4, "code line out of order");
	refuse(BEGIN CODE CPUID CPUID, 4, "row 0x072 cpuid is out of order");
	refuse(BEGIN CODE IO CPUID, 4, "row 0x072 cpuid is out of order");
	refuse(BEGIN CODE OTHER CPUID, 4, "row 0x072 cpuid is out of order");
	refuse(BEGIN CODE OTHER OTHER, 4, "row 0x001 other is out of order");
	refuse(VMX CODE ALSO CPUID, 4, "row line out of order");
	refuse(VMX CODE ALSO ALSO, 4, "also line out of order");
	refuse(VMX CODE VM_LINE ALSO, 4, "also line out of order");
	refuse(BEGIN CODE VM_LINE CPUID, 4, "row line out of order");
	/* format 1 listed reasons that were never taken */
	refuse(BEGIN CODE "kvm_exits: 1  none  DB_excp\n", 3, "torn row line");
	refuse("kvm_exits: 1 begin format=1 isa=svm cpus=2 uptime=1.000\n", 1,
	       "format 1 was never released, kvm-exits reads format 2 only");
	refuse("kvm_exits: 1 begin format=3 isa=svm\n", 1,
	       "format 3 is unknown, kvm-exits reads format 2 only");
	refuse(BEGIN CODE "kvm_exits: 1\n", 3, "torn row line");
	refuse(BEGIN CODE "kvm_exits: 1   0x072  cpkvm_exits: 1   0x073  rsm\n", 3,
	       "torn row line");
}

/* Lines that violate the grammar are refused even if the CRC is right. */
static void refuses_begin_lines(void **state)
{
	static const char *const bad[] = {
		"isa=arm " LIFE " cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host= loaded=2026-11-26T03:10:22.118Z cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host=we/b loaded=2026-11-26T03:10:22.118Z cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host=web1 loaded=2026-11-26 03:10:22.118Z cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host=web1 loaded=2026-11-26T03:10:22.118 cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host=web1 loaded=2026-11-26T03:10:22.11Z cpus=2/2 vms=1 uptime=1.000",
		"isa=svm host=web1 loaded=2026-1a-26T03:10:22.118Z cpus=2/2 vms=1 uptime=1.000",
		"isa=svm loaded=2026-11-26T03:10:22.118Z host=web1 cpus=2/2 vms=1 uptime=1.000",
		"isa=svm " LIFE " cpus=2 vms=1 uptime=1.000",
		"isa=svm " LIFE " cpus=2/ vms=1 uptime=1.000",
		"isa=svm " LIFE " cpus=02/2 vms=1 uptime=1.000",
		"isa=svm " LIFE " cpus=2/2 vms=01 uptime=1.000",
		"isa=svm " LIFE " cpus=2/2 vcpus=1 uptime=1.000",
		"isa=svm " LIFE " cpus=2/2 uptime=1.000",
		"isa=svm " LIFE " vm=812-11 vms=1 uptime=1.000",
		"isa=svm " LIFE " vm=812 vcpus=1 uptime=1.000",
		"isa=svm " LIFE " vm=812-11-1 vcpus=1 uptime=1.000",
		"isa=svm " LIFE " vm=812- vcpu=1 uptime=1.000",
		"isa=svm " LIFE " vm=-11 vcpu=1 uptime=1.000",
		"isa=svm " LIFE " vm=812-11 vcpu=-1 uptime=1.000",
		"isa=svm " LIFE " cpus=2/2 vms=1 uptime=1.00",
		"isa=svm " LIFE " cpus=2/2 vms=1 uptime=1.0000",
		"isa=svm " LIFE " cpus=2/2 vms=1 uptime=01.000",
		"isa=svm " LIFE " cpus=2/2 vms=1 uptime=1",
		"isa=svm " LIFE " cpus=2/2 vms=1 uptime=99999999999999999.000",
		"isa=svm " LIFE " cpus=2/2 vms=1 more uptime=1.000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *begin = text("kvm_exits: 1 begin format=2 %s\n" CODE NO_ROWS, bad[i]);

		refuse_whole(begin, 1, "torn begin line");
		free(begin);
	}
	accept_whole("kvm_exits: 1 begin   format=2 isa=svm " LIFE "  vm=812-11   vcpu=1  uptime=0.000\n"
		     CODE NO_ROWS);
}

/* Expect @problem at @line, the third line of a dump. */
static void refuse_line(const char *begin, const char *code, const char *line, const char *problem)
{
	char *body = text("%s%skvm_exits: 1 %s\n%s", begin, code, line, NO_ROWS);

	refuse_whole(body, 3, problem);
	free(body);
}

static void refuses_rows(void **state)
{
	static const char *const svm[] = {
		"0x72 cpuid 10 +10", "0x0072 cpuid 10 +10", "0x07B io 10 +10", "114 cpuid 10 +10",
		"0xfffffffc a 10 +10", "0xffffffff a 10 +10",
		"0xfffffffffffffffc a 10 +10", "0x10000000000000000 a 10 +10", "-5 a 10 +10", "-0 a 10 +10",
		"-01 a 10 +10", "0x a 10 +10",
		"0x072 cpuid 10 -10", "0x072 cpuid 10 10", "0x072 cpuid +10 +10",
		"0x072 cpuid 010 +10", "0x072 cpuid 10 +010", "0x072 cpuid 0 +0",
		"0x072 cp-uid 10 +10", "0x072 cp,uid 10 +10", "0x072 10 +10", "0x072 cpuid 10",
		"0x072 cpuid 99999999999999999999 +0", "0x072\tcpuid 10 +10",
		"0x072 cpuid 10 +10a", "0x072 cpuid 10 +10_",
		"also failed_vmentry 2 +0",
	};
	static const char *const vmx[] = {
		"0x072 cpuid 10 +10", "-1 cpuid 10 +10", "010 CPUID 10 +10",
		"4294967296 A 10 +10", "also failed 2 +0", "also failed_vmentry 0 +0",
	};
	static const char *const l2[] = {
		"0x072 cpuid 10 +10", "0x072 cpuid 10 +10 ..", "0x072 cpuid 10 +10 .5", "0x072 cpuid 10 +10 ._",
		"0x072 cpuid 10 +10 +5", "0x072 cpuid 10 +10 05", "0x072 cpuid 10 +10 5a",
		"0x072 cpuid 10 +10 -", "0x072 cpuid 10 +10x 5",
	};
	static const char *const vm[] = {
		"vm", "vm pid=1 name=a vcpus=1 total=1 since=+0", "vm busyx", "vm more=0",
		"vm more=01", "vm " VM "x", "vm pid=01 name=a vcpus=1 total=1 since=+0 top=-",
		"vm pid=1 name= vcpus=1 total=1 since=+0 top=-",
		"vm pid=1 name=a/b vcpus=1 total=1 since=+0 top=-",
		"vm pid=1 name=a vcpus=+1 total=1 since=+0 top=-",
		"vm pid=1 name=a vcpus=1 total=-1 since=+0 top=-",
		"vm pid=1 name=a vcpus=1 total=1 since=0 top=-",
		"vm pid=1 name=a vcpus=1 total=1 since=+0 top=",
		"vm pid=1 name=a vcpus=1 total=1 since=+0 top=--",
		"vm pid=1 name=a vcpus=1 total=1 since=+0 top=a-b",
		"vm pid=1 name=a total=1 vcpus=1 since=+0 top=-",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(svm) / sizeof(*svm); i++)
		refuse_line(BEGIN, CODE, svm[i], strncmp(svm[i], "also", 4) ? "torn row line" :
									    "torn also line");
	for (size_t i = 0; i < sizeof(vmx) / sizeof(*vmx); i++)
		refuse_line(VMX, CODE, vmx[i], strncmp(vmx[i], "also", 4) ? "torn row line" :
									  "torn also line");
	for (size_t i = 0; i < sizeof(l2) / sizeof(*l2); i++)
		refuse_line(BEGIN, CODE_L2, l2[i], "torn row line");
	for (size_t i = 0; i < sizeof(vm) / sizeof(*vm); i++)
		refuse_line(BEGIN, CODE, vm[i], "torn vm line");
	refuse_line("kvm_exits: 1 begin format=2 isa=svm " LIFE " vm=1-2 vcpus=1 uptime=1.000\n",
		    CODE, "vm " VM, "torn vm line");
	refuse_line("kvm_exits: 1 begin format=2 isa=svm " LIFE " vm=1-2 vcpu=1 uptime=1.000\n",
		    CODE, "vm busy", "torn vm line");
	refuse_line(BEGIN, CODE, "0x072 cpuid 10 +11",
		    "row 0x072 cpuid changed by more than its total");

	/* lists of VMs */
	accept_whole(BEGIN CODE "kvm_exits: 1 vm busy\n" NO_ROWS);
	refuse_whole(BEGIN CODE "kvm_exits: 1 vm busy\n" VM_LINE NO_ROWS, 4, "torn vm line");
	refuse_whole(BEGIN CODE VM_LINE "kvm_exits: 1 vm busy\n" NO_ROWS, 4, "torn vm line");
	refuse_whole(BEGIN CODE "kvm_exits: 1 vm busy\nkvm_exits: 1 vm busy\n" NO_ROWS, 4,
		     "torn vm line");
#define EIGHT VM_LINE VM_LINE VM_LINE VM_LINE VM_LINE VM_LINE VM_LINE VM_LINE
	accept_whole(BEGIN CODE EIGHT NO_ROWS);
	accept_whole(BEGIN CODE EIGHT "kvm_exits: 1 vm more=1\n" NO_ROWS);
	/* VMs can be destroyed while the dump is made */
	accept_whole(BEGIN CODE VM_LINE "kvm_exits: 1 vm more=1\n" NO_ROWS);
	accept_whole(BEGIN CODE "kvm_exits: 1 vm more=1\n" NO_ROWS);
	/* copies from debugfs list no VMs */
	refuse_whole("kvm_exits: 0 begin format=2 isa=svm " LIFE " cpus=2/2 vms=1 uptime=1.000\n"
		     "kvm_exits: 0 code reason total since\nkvm_exits: 0 vm " VM "\n"
		     "kvm_exits: 0 end rows=0 exits=0 since=+0 ", 3, "torn vm line");
	refuse_whole(BEGIN CODE EIGHT VM_LINE NO_ROWS, 11, "torn vm line");
	refuse_whole(BEGIN CODE EIGHT "kvm_exits: 1 vm more=1\nkvm_exits: 1 vm more=1\n" NO_ROWS,
		     12, "torn vm line");
	refuse_whole(BEGIN CODE EIGHT "kvm_exits: 1 vm more=1\n" VM_LINE NO_ROWS, 12,
		     "torn vm line");
}

static void refuses_begin_inside(void **state)
{
	char *second = with_crc(BEGIN CODE NO_ROWS), *both = text("%s%s", BEGIN CODE, second);
	struct sample sample = { .text = both, .len = strlen(both) };
	struct dump_log *log = sample_log(&sample);

	(void)state;
	free(second);
	assert_int_equal(log->ndumps, 2);
	assert_string_equal(log->dumps[0]->problem,
			    "no end line between this line and the next begin line of that number");
	assert_int_equal(log->dumps[0]->problem_at.line, 2);
	assert_null(log->dumps[1]->problem);
	dump_log_free(log);
	free(both);
}

static void refuses_interleaved(void **state)
{
	struct sample a = { 0 }, b = { 0 }, both = { 0 };
	struct dump_log *log;
	char *p, *q;

	(void)state;
	sample_dump(&a, &(struct sample_dump){ .number = 3, .rows = svm_rows });
	sample_dump(&b, &(struct sample_dump){ .number = 4, .isa = "vmx", .rows = vmx_rows });
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

/* Return a log of one dump with prefixes, for mutation. */
static struct sample mutable(void)
{
	struct sample plain = { 0 }, sample = { 0 };

	sample_dump(&plain, &(struct sample_dump){ .number = 12, .rows = svm_rows });
	for (char *s = plain.text; *s; s = strchr(s, '\n') + 1)
		sample_line(&sample, "[   41.207000] %.*s", (int)strcspn(s, "\n"), s);
	sample_free(&plain);
	return sample;
}

/*
 * Remove the bytes from @from to @to of the log, and duplicate the @again bytes before
 * @from. Expect damage.
 */
static void mutated(const struct sample *good, size_t from, size_t to, size_t again)
{
	struct sample bad = { .text = must(malloc(2 * good->len)) };
	struct dump_log *log;

	memcpy(bad.text, good->text, from);
	memcpy(bad.text + from, good->text + from - again, again);
	memcpy(bad.text + from + again, good->text + to, good->len - to);
	bad.len = from + again + good->len - to;
	log = sample_log(&bad);
	if (!sample_damaged(log))
		fail_msg("not detected: bytes %zu to %zu removed, %zu duplicated", from, to, again);
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
		mutated(&good, end, end, end - begin);		/* it is duplicated */
		if (end < good.len)
			mutated(&good, end - 1, end, 0);	/* its newline is lost */
		for (size_t cut = begin; cut < end - 1; cut++)	/* its tail is lost */
			mutated(&good, cut, end - 1, 0);
		cases++;
	}
	assert_int_equal(cases, 9);
	sample_free(&good);
}

/* Return the dump's table as JSON, which shows all of its fields; the caller frees it. */
static char *rendered(const struct dump *dump)
{
	struct view_options options = { 0 };
	char *json = NULL, *error;
	struct table *table = view_dump(dump, &options, &error);
	size_t len;
	FILE *out = open_memstream(&json, &len);

	assert_null(error);
	assert_non_null(out);
	assert_null(table_write(table, TABLE_JSON, out));
	fclose(out);
	table_free(table);
	return json;
}

/* How many mutated logs were refused, and how many gave the same table. */
struct verdicts {
	size_t refused;
	size_t same;
};

/*
 * Parse @len bytes of @log_, in which the byte at @at was changed. The dump must be
 * refused or have the table @want. Count the verdict.
 */
static void judge(struct verdicts *verdicts, const char *log_, size_t len, size_t at,
		  const char *want)
{
	struct sample sample = { .text = (char *)log_, .len = len };
	struct dump_log *log = sample_log(&sample);
	size_t sound = 0;

	for (size_t i = 0; i < log->ndumps; i++) {
		char *table;

		if (log->dumps[i]->problem) {
			assert_non_null(log->dumps[i]->problem_at.file);
			assert_true(log->dumps[i]->problem_at.line > 0);
			continue;
		}
		sound++;
		table = rendered(log->dumps[i]);
		if (strcmp(table, want))
			fail_msg("accepted with another table: byte %zu of\n%.*s\n%s", at, (int)len,
				 log_, table);
		free(table);
	}
	assert_in_range(sound, 0, 1);
	/* by default the last dump is shown, so it must be the only one */
	if (sound)
		assert_int_equal(log->ndumps, 1);
	if (sound)
		verdicts->same++;
	else
		verdicts->refused++;
	dump_log_free(log);
}

/*
 * Each byte from "kvm_exits" to the line's end: flip each of its bits, replace it by a
 * blank and by a digit, remove it, and duplicate it.
 */
static void finds_each_byte(void **state)
{
	static const struct sample_dump dumps[] = {
		{ .isa = "svm", .rows = svm_rows, .vms = vms },
		{ .isa = "svm", .rows = svm_rows, .vms = vms_more },
		{ .isa = "svm", .rows = svm_rows, .vms = vms_busy },
		{ .isa = "vmx", .rows = vmx_l2_rows, .vms = vms },
		{ .isa = "vmx", .rows = vmx_l2_rows, .vms = vms_more },
		{ .isa = "vmx", .rows = vmx_l2_rows, .vms = vms_busy },
	};

	(void)state;
	for (size_t d = 0; d < sizeof(dumps) / sizeof(*dumps); d++) {
		struct sample plain = { 0 }, good = { 0 };
		struct sample_dump dump = dumps[d];
		struct verdicts text = { 0 }, doubled = { 0 }, ends = { 0 };
		size_t nbytes = 0, nlines = 0;
		struct dump_log *log;
		char *want, *bad;

		dump.number = 12;
		dump.uptime = "41.207";
		dump.scope = "cpus=2/256 vms=3";
		sample_dump(&plain, &dump);
		for (char *s = plain.text; *s; s = strchr(s, '\n') + 1)
			sample_line(&good, "[   41.207000] %.*s", (int)strcspn(s, "\n"), s);
		log = sample_log(&good);
		assert_int_equal(sample_damaged(log), 0);
		want = rendered(log->dumps[0]);
		dump_log_free(log);
		bad = must(malloc(good.len + 2));

		for (size_t i = 0; i < good.len; i++) {
			bool end = good.text[i] == '\n', first;
			struct verdicts *verdicts = end ? &ends : &text;
			char byte = good.text[i];

			if (!i || good.text[i - 1] == '\n')
				i += strlen("[   41.207000] "), byte = good.text[i];
			first = byte == 'k' && !memcmp(good.text + i, "kvm_exits", 9);
			nlines += first;
			nbytes += !end;
			memcpy(bad, good.text, good.len);
			for (int bit = 0; bit < 8; bit++) {
				bad[i] = byte ^ 1 << bit;
				judge(verdicts, bad, good.len, i, want);
			}
			if (byte != ' ') {
				bad[i] = ' ';
				judge(verdicts, bad, good.len, i, want);
			}
			bad[i] = byte == '7' ? '8' : '7';
			judge(verdicts, bad, good.len, i, want);
			memmove(bad + i, good.text + i + 1, good.len - i - 1);
			judge(verdicts, bad, good.len - 1, i, want);
			bad[i] = byte;
			memcpy(bad + i + 1, good.text + i, good.len - i);
			judge(first ? &doubled : verdicts, bad, good.len + 1, i, want);
		}
		/*
		 * If the first byte is duplicated, one of the two is before the text. A
		 * changed newline is accepted if no field can contain the new byte and
		 * the line is the last one.
		 */
		print_message("# %s, %s: %zu bytes in %zu lines: %zu mutations, %zu accepted; first byte "
			      "duplicated: %zu mutations, %zu accepted; newline changed: %zu "
			      "mutations, %zu accepted\n",
			      dump.isa, dump.vms[0], nbytes, nlines, text.refused + text.same,
			      text.same, doubled.refused + doubled.same, doubled.same,
			      ends.refused + ends.same, ends.same);
		assert_int_equal(text.same, 0);
		assert_int_equal(doubled.same, nlines);
		free(want);
		free(bad);
		sample_free(&plain);
		sample_free(&good);
	}
}

static void finds_each_cut(void **state)
{
	struct sample good = mutable();
	size_t number = strlen("[   41.207000] kvm_exits: 1"), message = strlen("[   41.207000] ");

	(void)state;
	for (size_t len = 0; len < good.len - 1; len++) {
		struct sample head = { .text = good.text, .len = len };
		struct dump_log *log = sample_log(&head);

		assert_int_equal(sample_damaged(log) > 0, len >= number);
		assert_int_equal(sample_damaged(log), log->ndumps);
		dump_log_free(log);
	}
	for (size_t from = 0; from < good.len; from++) {
		struct sample tail = { .text = good.text + from, .len = good.len - from };
		struct dump_log *log = sample_log(&tail);

		/* only a part of a single line can go unnoticed */
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

/* The parser ends and makes no bad memory access on random input. */
static void survives_rubbish(void **state)
{
	struct sample good = mutable();
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct sample bad = { .text = must(malloc(good.len)), .len = good.len };
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

/* Many open dumps without an end line, with lines of all lengths. */
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
		cmocka_unit_test(reads_lives),
		cmocka_unit_test(reads_no_exits_and_big_ones),
		cmocka_unit_test(reads_prefixes),
		cmocka_unit_test(reads_colours),
		cmocka_unit_test(refuses_text_behind),
		cmocka_unit_test(reads_numbers_again),
		cmocka_unit_test(reads_repeats),
		cmocka_unit_test(sees_strays),
		cmocka_unit_test(reads_odd_text),
		cmocka_unit_test(keeps_and_filters),
		cmocka_unit_test(keeps_contradictions),
		cmocka_unit_test(sees_newest_first),
		cmocka_unit_test(reads_over_files),
		cmocka_unit_test(reads_marks),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_begin_lines),
		cmocka_unit_test(refuses_rows),
		cmocka_unit_test(refuses_begin_inside),
		cmocka_unit_test(refuses_interleaved),
		cmocka_unit_test(finds_each_mutation),
		cmocka_unit_test(finds_each_byte),
		cmocka_unit_test(finds_each_cut),
		cmocka_unit_test(survives_rubbish),
		cmocka_unit_test(survives_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
