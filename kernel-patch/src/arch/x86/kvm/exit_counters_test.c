// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the tables of exit reasons, and of where codes are counted.
 */
#include <kunit/test.h>

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/kvm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint-defs.h>

#include <asm/processor.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#include "exit_counters.h"

/* Width of the column of names in a dump. */
#define NAME_WIDTH	26

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

static void reasons_have_their_own_slots(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 i, slot;
	bool *taken;

	taken = kunit_kcalloc(test, kvm_exit_nr_slots(isa), sizeof(*taken),
			      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, taken);

	for (i = 0; i < isa->nr_reasons; i++) {
		slot = kvm_exit_slot(isa, code_of(isa, i));
		KUNIT_ASSERT_LT(test, slot, kvm_exit_slot_other(isa));
		KUNIT_EXPECT_FALSE_MSG(test, taken[slot], "slot %u, %s", slot,
				       isa->reasons[i].name);
		taken[slot] = true;
	}
}

/* No code is in the slot of failed VM entries, which comes after "other". */
static void every_code_has_a_slot(struct kunit *test)
{
	const struct kvm_exit_isa *isa = isa_of(test);
	u32 bit, i;

	KUNIT_EXPECT_LT(test, kvm_exit_slot_other(isa), kvm_exit_slot_failed(isa));
	KUNIT_EXPECT_LT(test, kvm_exit_slot_failed(isa), kvm_exit_nr_slots(isa));

	for (i = 0; i <= U16_MAX; i++) {
		KUNIT_ASSERT_LE(test, kvm_exit_slot(isa, i), kvm_exit_slot_other(isa));
		KUNIT_ASSERT_LE(test, kvm_exit_slot(isa, ~i), kvm_exit_slot_other(isa));
	}
	for (bit = 0; bit < 32; bit++) {
		for (i = 0; i < isa->nr_reasons; i++)
			KUNIT_ASSERT_LE(test, kvm_exit_slot(isa, code_of(isa, i) ^ BIT(bit)),
					kvm_exit_slot_other(isa));
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
		KUNIT_EXPECT_LE_MSG(test, strlen(name), NAME_WIDTH, "%s", name);
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

static void vmx_modifiers_are_ignored(struct kunit *test)
{
	static const u32 modifiers[] = {
		0,
		VMX_EXIT_REASONS_FAILED_VMENTRY,
		VMX_EXIT_REASONS_SGX_ENCLAVE_MODE,
		BIT(26),	/* bus lock */
		BIT(16),
		0x7fff0000,
		0xffff0000,
	};
	const struct kvm_exit_isa *isa = &kvm_exit_isa_vmx;
	u32 basic, i, want;

	for (i = 0; i < ARRAY_SIZE(modifiers); i++) {
		for (basic = 0; basic <= U16_MAX; basic++) {
			want = basic < KVM_VMX_NR_DIRECT_EXITS ?
			       basic : kvm_exit_slot_other(isa);
			KUNIT_ASSERT_EQ_MSG(test, kvm_exit_slot(isa, modifiers[i] | basic),
					    want, "%#x", modifiers[i] | basic);
		}
	}
}

static void svm_blocks_have_edges(struct kunit *test)
{
	const struct kvm_exit_isa *isa = &kvm_exit_isa_svm;
	const u32 other = kvm_exit_slot_other(isa);
	const struct {
		u32 code;
		u32 slot;
	} edges[] = {
		{ SVM_EXIT_READ_CR0,			0 },
		{ 0x001,				0x001 },
		{ SVM_EXIT_INVPCID,			0x0a2 },
		{ 0x3ff,				0x3ff },
		{ SVM_EXIT_NPF,				0x400 },
		{ SVM_EXIT_VMGEXIT,			0x403 },
		{ 0x404,				other },
		{ U16_MAX,				other },
		{ 0x10000 | SVM_EXIT_CPUID,		other },
		{ 0x7fffffff,				other },
		{ 0x80000000,				other },
		{ 0x80000000 | SVM_EXIT_NPF,		other },
		{ SVM_EXIT_SW,				other },
		{ 0xfffffffe,				other },
		/* The last of the reasons. */
		{ SVM_EXIT_ERR,				other - 1 },
	};
	u32 i, slot;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		KUNIT_EXPECT_EQ_MSG(test, kvm_exit_slot(isa, edges[i].code), edges[i].slot,
				    "%#x", edges[i].code);

	slot = kvm_exit_slot(isa, SVM_VMGEXIT_MMIO_READ);
	KUNIT_ASSERT_GE(test, slot, KVM_SVM_NR_DIRECT_EXITS);
	KUNIT_ASSERT_LT(test, slot, other);
	KUNIT_EXPECT_STREQ(test, isa->reasons[slot - isa->nr_direct].name,
			   "vmgexit_mmio_read");
}

static struct kunit_case exit_counters_cases[] = {
	KUNIT_CASE_PARAM(reasons_ascend, isa_gen_params),
	KUNIT_CASE_PARAM(reasons_have_their_own_slots, isa_gen_params),
	KUNIT_CASE_PARAM(every_code_has_a_slot, isa_gen_params),
	KUNIT_CASE_PARAM(names_fit_the_dump, isa_gen_params),
	KUNIT_CASE(vmx_modifiers_are_ignored),
	KUNIT_CASE(svm_blocks_have_edges),
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
