// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the tables of exit reasons, of where codes are counted, and of
 * dumps.
 */
#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/kvm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint-defs.h>

#include <asm/processor.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "exit_counters.h"
#include "exit_dump.h"

/* The longest name that a dump has room for. */
#define NAME_SIZE	72

/* More than a dump of either vendor with all of its rows. */
#define TEXT_SIZE	SZ_64K

static const struct kvm_exit_isa *const isas[] = {
	&kvm_exit_isa_vmx,
	&kvm_exit_isa_svm,
};

static void describe_isa(const struct kvm_exit_isa *const *isa, char *desc)
{
	strscpy(desc, (*isa)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(isa, isas, describe_isa);

static const struct kvm_exit_isa *isa_of(struct kunit *test)
{
	return *(const struct kvm_exit_isa *const *)test->param_value;
}

static u32 code_of(const struct kvm_exit_isa *isa, u32 i)
{
	return isa->reasons[i].mask;
}

/* Dumps are in the order of codes because the tables are. */
static void reasons_ascend(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 i;

	for (i = 1; i < isa->nr_reasons; i++)
		KUNIT_EXPECT_LT(test, code_of(isa, i - 1), code_of(isa, i));
}

/* But for what SEV-ES guests ask for, which is no exit of the hardware. */
static void reasons_have_their_own_slots(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 i, slot;
	bool *taken;

	taken = kunit_kcalloc(test, KVM_NR_EXIT_SLOTS, sizeof(*taken), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, taken);

	for (i = 0; i < isa->nr_reasons; i++) {
		if (strstarts(isa->reasons[i].name, "vmgexit_"))
			continue;
		slot = isa->slot(code_of(isa, i));
		KUNIT_ASSERT_LT(test, slot, isa->nr_slots);
		KUNIT_EXPECT_FALSE_MSG(test, taken[slot], "slot %u, %s", slot,
				       isa->reasons[i].name);
		KUNIT_EXPECT_STREQ(test, kvm_exit_name(isa, slot), isa->reasons[i].name);
		taken[slot] = true;
	}
}

/* Dumps are in the order of codes because the slots are. */
static void slots_have_their_own_codes(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 slot;

	KUNIT_ASSERT_LE(test, isa->nr_slots, KVM_EXIT_SLOT_OTHER);
	for (slot = 0; slot < isa->nr_slots; slot++) {
		KUNIT_EXPECT_EQ(test, isa->slot(isa->code(slot)), slot);
		if (slot)
			KUNIT_EXPECT_GT(test, isa->code(slot), isa->code(slot - 1));
	}
}

static void every_code_has_a_slot(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 bit, i, slot;

	for (i = 0; i <= U16_MAX; i++) {
		slot = isa->slot(i);
		KUNIT_ASSERT_TRUE(test, slot < isa->nr_slots || slot == KVM_EXIT_SLOT_OTHER);
		slot = isa->slot(~i);
		KUNIT_ASSERT_TRUE(test, slot < isa->nr_slots || slot == KVM_EXIT_SLOT_OTHER);
	}
	for (bit = 0; bit < 32; bit++) {
		for (i = 0; i < isa->nr_reasons; i++)
			KUNIT_ASSERT_LE(test, isa->slot(code_of(isa, i) ^ BIT(bit)),
					KVM_EXIT_SLOT_OTHER);
	}
}

static void names_fit_the_dump(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	const char *name, *c;
	u32 i, j;

	for (i = 0; i < isa->nr_reasons; i++) {
		name = isa->reasons[i].name;
		KUNIT_EXPECT_GT_MSG(test, strlen(name), 0, "reason %u", i);
		KUNIT_EXPECT_LE_MSG(test, strlen(name), NAME_SIZE, "%s", name);
		for (c = name; *c; c++)
			KUNIT_EXPECT_TRUE_MSG(test, isascii(*c) &&
					      (isalnum(*c) || *c == '_' || *c == ' '),
					      "%s", name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, isa->reasons[j].name, name);

		/* Dumps have these for codes without a name. */
		KUNIT_EXPECT_STRNEQ(test, name, "unnamed");
		KUNIT_EXPECT_STRNEQ(test, name, "other");
	}
}

static void svm_blocks_have_edges(struct kunit *test)
{
	const struct kvm_exit_isa *isa = &kvm_exit_isa_svm;
	const u32 other = KVM_EXIT_SLOT_OTHER;
	const struct {
		u32 code;
		u32 slot;
	} edges[] = {
		{ SVM_EXIT_READ_CR0,			0 },
		{ 0x001,				0x001 },
		{ SVM_EXIT_INVPCID,			0x0a2 },
		{ 0x0bf,				0x0bf },
		{ 0x0c0,				other },
		{ 0x3ff,				other },
		{ SVM_EXIT_NPF,				0x0c0 },
		{ SVM_EXIT_VMGEXIT,			0x0c3 },
		{ 0x404,				other },
		{ U16_MAX,				other },
		{ 0x10000 | SVM_EXIT_CPUID,		other },
		{ 0x7fffffff,				other },
		{ 0x80000000,				other },
		{ SVM_VMGEXIT_MMIO_READ,		other },
		{ SVM_EXIT_SW,				other },
		{ 0xfffffffb,				other },
		{ 0xfffffffc,				other - 4 },
		{ SVM_EXIT_ERR,				other - 1 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		KUNIT_EXPECT_EQ_MSG(test, isa->slot(edges[i].code), edges[i].slot,
				    "%#x", edges[i].code);
}

/* Counters of the test's own, and a dump of them that goes to a buffer. */
struct fixture {
	struct kvm_exit_dump dump;
	struct seq_file text;
};

static void free_counts(void *counts)
{
	free_percpu((__force void __percpu *)counts);
}

static struct fixture *make_fixture(struct kunit *test)
{
	struct fixture *f;
	int r;

	f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f);
	f->text.buf = kunit_kzalloc(test, TEXT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->text.buf);
	f->text.size = TEXT_SIZE;

	f->dump.isa = isa_of(test);
	f->dump.number = 7;
	f->dump.to = &f->text;
	f->dump.total = kunit_kcalloc(test, 2 * KVM_NR_EXIT_COUNTS, sizeof(u64),
				      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->dump.total);
	f->dump.since = f->dump.total + KVM_NR_EXIT_COUNTS;

	f->dump.counts = __alloc_percpu(KVM_NR_EXIT_COUNTS * sizeof(u64), sizeof(u64));
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)f->dump.counts);
	r = kunit_add_action_or_reset(test, free_counts,
				      (__force void *)f->dump.counts);
	KUNIT_ASSERT_EQ(test, r, 0);
	return f;
}

static void take(struct fixture *f)
{
	kvm_exit_dump_sum(&f->dump);
	kvm_exit_dump_settle(&f->dump);
}

static u64 *count_of(struct fixture *f, int cpu, u32 slot)
{
	return per_cpu_ptr(f->dump.counts, cpu) + slot;
}

static void totals_are_sums_over_possible_cpus(struct kunit *test)
{
	struct fixture *f = make_fixture(test);
	u64 want;
	u32 slot;
	int cpu;

	for_each_possible_cpu(cpu) {
		for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++)
			*count_of(f, cpu, slot) = (u64)(slot + 1) << (5 * cpu % 40);
	}
	take(f);
	for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++) {
		want = 0;
		for_each_possible_cpu(cpu)
			want += (u64)(slot + 1) << (5 * cpu % 40);
		KUNIT_ASSERT_EQ(test, f->dump.total[slot], want);
		KUNIT_ASSERT_EQ(test, f->dump.since[slot], want);
	}

	/* One more on the last CPU, which need not be online. */
	cpu = cpumask_last(cpu_possible_mask);
	++*count_of(f, cpu, 3);
	take(f);
	for (slot = 0; slot < KVM_NR_EXIT_COUNTS; slot++)
		KUNIT_ASSERT_EQ(test, f->dump.since[slot], slot == 3);
}

/* A CPU's counter that passes 2^64 makes no other difference than one that doesn't. */
static void counters_wrap(struct kunit *test)
{
	struct fixture *f = make_fixture(test);
	int cpu = cpumask_first(cpu_possible_mask);

	*count_of(f, cpu, 1) = U64_MAX - 1;
	take(f);
	KUNIT_EXPECT_EQ(test, f->dump.total[1], U64_MAX - 1);

	*count_of(f, cpu, 1) += 5;
	take(f);
	KUNIT_EXPECT_EQ(test, f->dump.total[1], 3);
	KUNIT_EXPECT_EQ(test, f->dump.since[1], 5);
}

/* Read @line as a row.  Return whether it is one. */
static bool read_row(const char *line, char *code, char *name, u64 *total, u64 *since)
{
	char rest;

	return sscanf(line, "kvm_exits: 7 %11s %72s %llu +%llu%c", code, name,
		      total, since, &rest) == 4;
}

/* Find @name among the names of lines that are no rows. */
static bool named_as_none(char *const *lines, u32 nr_lines, const char *name)
{
	size_t len = strlen(name);
	const char *at;
	u32 i;

	for (i = 0; i < nr_lines; i++) {
		if (!strstarts(lines[i], "kvm_exits: 7    none  "))
			continue;
		for (at = lines[i] + 21; (at = strstr(at, name)); at++) {
			if (at[-1] == ' ' && (!at[len] || at[len] == ' '))
				return true;
		}
	}
	return false;
}

/*
 * Count in every third slot, and failed VM entries; then hold the text against
 * the grammar in exit-counters.rst.
 */
static void dumps_follow_the_grammar(struct kunit *test)
{
	struct fixture *f = make_fixture(test);
	const struct kvm_exit_isa *isa = f->dump.isa;
	u32 slot, i, nr_lines = 0, nr_rows = 0, want_rows = 0, rows;
	u64 want = 0, exits, since, bytes, len = 0, sum = 0;
	char code[12], name[NAME_SIZE + 1], word[NAME_SIZE + 1];
	char **lines, *text, *line;
	int fields;

	lines = kunit_kcalloc(test, TEXT_SIZE / 16, sizeof(*lines), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lines);

	for (slot = 0; slot < isa->nr_slots; slot += 3) {
		*count_of(f, cpumask_first(cpu_possible_mask), slot) = slot + 1;
		want_rows++;
		want += slot + 1;
	}
	*count_of(f, cpumask_first(cpu_possible_mask), KVM_EXIT_SLOT_OTHER) = 1;
	want_rows++;
	want++;
	*count_of(f, cpumask_first(cpu_possible_mask), KVM_EXIT_SLOT_FAILED) = 1;
	take(f);
	kvm_exit_dump_put(&f->dump);
	KUNIT_ASSERT_FALSE(test, seq_has_overflowed(&f->text));

	text = f->text.buf;
	while ((line = strsep(&text, "\n")) && *line)
		lines[nr_lines++] = line;
	KUNIT_ASSERT_GT(test, nr_lines, 3);

	KUNIT_EXPECT_TRUE_MSG(test, strstarts(lines[0], "kvm_exits: 7 begin format=1 isa="),
			      "%s", lines[0]);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(lines[1], "kvm_exits: 7    code  reason "),
			      "%s", lines[1]);
	for (i = 0; i < nr_lines; i++) {
		KUNIT_EXPECT_TRUE_MSG(test, strstarts(lines[i], "kvm_exits: 7 "), "%s", lines[i]);
		KUNIT_EXPECT_NULL_MSG(test, strchr(lines[i], '\t'), "%s", lines[i]);
		KUNIT_EXPECT_NE_MSG(test, lines[i][strlen(lines[i]) - 1], ' ', "%s", lines[i]);
		if (i < nr_lines - 1)
			len += strlen(lines[i]);
		if (read_row(lines[i], code, name, &exits, &since) && strcmp(code, "also")) {
			KUNIT_EXPECT_EQ(test, exits, since);
			sum += exits;
			nr_rows++;
		}
	}
	KUNIT_EXPECT_EQ(test, nr_rows, want_rows);
	KUNIT_EXPECT_EQ(test, sum, want);

	line = lines[nr_lines - 1];
	fields = sscanf(line, "kvm_exits: 7 end rows=%u exits=%llu since=+%llu bytes=%llu",
			&rows, &exits, &since, &bytes);
	KUNIT_ASSERT_EQ_MSG(test, fields, 4, "%s", line);
	KUNIT_EXPECT_EQ(test, rows, want_rows);
	KUNIT_EXPECT_EQ(test, exits, want);
	KUNIT_EXPECT_EQ(test, since, want);
	KUNIT_EXPECT_EQ(test, bytes, len);

	/* A reason is named in a none line if and only if it has no exits. */
	for (i = 0; i < isa->nr_reasons; i++) {
		strscpy(word, isa->reasons[i].name, sizeof(word));
		strreplace(word, ' ', '_');
		slot = isa->slot(code_of(isa, i));
		KUNIT_EXPECT_EQ_MSG(test, named_as_none(lines, nr_lines, word),
				    slot == KVM_EXIT_SLOT_OTHER || !f->dump.total[slot],
				    "%s", word);
	}
}

static struct kunit_case exit_counters_cases[] = {
	KUNIT_CASE_PARAM(reasons_ascend, isa_gen_params),
	KUNIT_CASE_PARAM(reasons_have_their_own_slots, isa_gen_params),
	KUNIT_CASE_PARAM(slots_have_their_own_codes, isa_gen_params),
	KUNIT_CASE_PARAM(every_code_has_a_slot, isa_gen_params),
	KUNIT_CASE_PARAM(names_fit_the_dump, isa_gen_params),
	KUNIT_CASE(svm_blocks_have_edges),
	KUNIT_CASE_PARAM(totals_are_sums_over_possible_cpus, isa_gen_params),
	KUNIT_CASE_PARAM(counters_wrap, isa_gen_params),
	KUNIT_CASE_PARAM(dumps_follow_the_grammar, isa_gen_params),
	{}
};

static struct kunit_suite exit_counters_suite = {
	.name		= "kvm-exit-counters",
	.test_cases	= exit_counters_cases,
};

kunit_test_suite(exit_counters_suite);

MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
MODULE_DESCRIPTION("KUnit tests of KVM's exit counters");
MODULE_LICENSE("GPL");
