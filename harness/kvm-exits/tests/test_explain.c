// SPDX-License-Identifier: GPL-2.0
/* Test the parser of explanations, and the search for reasons in those compiled in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "explain.h"

#define FIELDS "what: A.\nmanual: B\ncause: C.\nhandled: D.\nhigh: E.\n"

static void parses(void **state)
{
	struct explain explain = { 0 };

	(void)state;
	assert_null(explain_parse(&explain, DUMP_ISA_SVM,
				  "# a comment\n\n"
				  "reason: 0x072 cpuid = VMEXIT_CPUID\n"
				  "reason: -1 invalid_guest_state\n"
				  "what: One\n  two\n  three.\n"
				  "manual: B\ncause: C.\nhandled: D.\nhigh: E.\n7.3: F.\n"
				  "\n\n"
				  "reason: 0x08e - = VMEXIT_RDPRU\n" FIELDS
				  "\n"
				  "reason: * other\n" FIELDS));
	assert_int_equal(explain.nreasons, 4);
	assert_int_equal(explain.reasons[0].isa, DUMP_ISA_SVM);
	assert_string_equal(explain.reasons[0].code, "0x072");
	assert_string_equal(explain.reasons[0].name, "cpuid");
	assert_string_equal(explain.reasons[0].manual_name, "VMEXIT_CPUID");
	assert_string_equal(explain.reasons[0].fields[EXPLAIN_WHAT], "One two three.");
	assert_null(explain.reasons[0].fields[EXPLAIN_6_1]);
	assert_string_equal(explain.reasons[0].fields[EXPLAIN_7_3], "F.");
	assert_string_equal(explain.reasons[1].code, "-1");
	assert_null(explain.reasons[1].manual_name);
	assert_ptr_equal(explain.reasons[1].fields, explain.reasons[0].fields);
	assert_null(explain.reasons[2].name);
	assert_string_equal(explain.reasons[2].manual_name, "VMEXIT_RDPRU");
	assert_null(explain.reasons[3].code);
	assert_string_equal(explain.reasons[3].fields[EXPLAIN_HIGH], "E.");
	explain_free(&explain);
}

static void refuses(enum dump_isa isa, const char *text, const char *want)
{
	struct explain explain = { 0 };
	char *error = explain_parse(&explain, isa, text);

	assert_non_null(error);
	assert_string_equal(error, want);
	free(error);
	explain_free(&explain);
}

static void refuses_mistakes(void **state)
{
	(void)state;
	refuses(DUMP_ISA_VMX, "reason: 10\n" FIELDS, "line 1: a reason needs a code and a name: '10'");
	refuses(DUMP_ISA_VMX, "reason: 0x0a CPUID\n" FIELDS, "line 1: '0x0a' is not a code of vmx");
	refuses(DUMP_ISA_VMX, "reason: -1 CPUID\n" FIELDS, "line 1: '-1' is not a code of vmx");
	refuses(DUMP_ISA_SVM, "reason: 0x72 cpuid\n" FIELDS, "line 1: '0x72' is not a code of svm");
	refuses(DUMP_ISA_SVM, "reason: 0x0A2 cpuid\n" FIELDS, "line 1: '0x0A2' is not a code of svm");
	refuses(DUMP_ISA_SVM, "reason: -5 cpuid\n" FIELDS, "line 1: '-5' is not a code of svm");
	refuses(DUMP_ISA_VMX, "reason: 10 A B\n" FIELDS, "line 1: 'A B' is not a name");
	refuses(DUMP_ISA_VMX, "reason: * -\n" FIELDS, "line 1: a reason needs a code or a name");
	refuses(DUMP_ISA_VMX, "reason: 1 A\n" FIELDS "\nreason: 1 B\n" FIELDS,
		"line 8: code 1 comes twice");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nreason: 2 A\n" FIELDS, "line 2: name A comes twice");
	refuses(DUMP_ISA_VMX, "reason: 1 A\n" FIELDS "reason: 2 B\n" FIELDS,
		"line 7: a reason after fields: an empty line is missing");
	refuses(DUMP_ISA_VMX, FIELDS, "line 1: a field without a reason");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nwhy: B\n", "line 2: unknown field: 'why: B'");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nwhat:B\n", "line 2: unknown field: 'what:B'");
	refuses(DUMP_ISA_VMX, "reason: 1 A\n  what: B\n", "line 2: unknown field: '  what: B'");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nwhat: B\nwhat: B\n",
		"line 3: field what comes twice or too late");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nmanual: B\nwhat: B\n",
		"line 3: field what comes twice or too late");
	refuses(DUMP_ISA_VMX, "reason: 1 A\n", "line 1: the explanation has no field what");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nwhat: A.\nmanual: B\ncause: C.\nhandled: D.\n\n",
		"line 6: the explanation has no field high");
	refuses(DUMP_ISA_VMX, "reason: 1 A\nwhat:  \nmanual: B\ncause: C.\nhandled: D.\nhigh: E.\n",
		"line 6: the explanation has no field what");
}

static void parses_normal(void **state)
{
	struct explain explain = { 0 };
	char *error;

	(void)state;
	assert_null(explain_parse_normal(&explain,
					 "isa,step,work,seconds,code,reason,exits\n"
					 "vmx,idle,20 x 10 ms of sleep,0.257,12,HLT,6\n"
					 "svm,idle,20 x 10 ms of sleep,0.205,0x078,hlt,7\n"
					 "svm,idle,20 x 10 ms of sleep,0.205,0x07c,msr,20\n"));
	assert_int_equal(explain.nnormal, 3);
	assert_int_equal(explain.normal[1].isa, DUMP_ISA_SVM);
	assert_string_equal(explain.normal[1].step, "idle");
	assert_string_equal(explain.normal[1].work, "20 x 10 ms of sleep");
	assert_int_equal(explain.normal[1].ms, 205);
	assert_string_equal(explain.normal[1].code, "0x078");
	assert_int_equal(explain.normal[1].exits, 7);
	assert_int_equal(explain.normal[1].step_exits, 27);
	assert_int_equal(explain.normal[0].step_exits, 6);
	explain_free(&explain);

	explain = (struct explain){ 0 };
	error = explain_parse_normal(&explain, "head\nvmx,idle,sleep,0.2,12,HLT\n");
	assert_string_equal(error, "line 2: no row of normal.csv: 'vmx,idle,sleep,0.2,12,HLT'");
	free(error);
	explain_free(&explain);

	explain = (struct explain){ 0 };
	error = explain_parse_normal(&explain, "head\ntdx,idle,sleep,0.2,12,HLT,1\n");
	assert_string_equal(error, "line 2: no row of normal.csv: 'tdx,idle,sleep,0.2,12,HLT,1'");
	free(error);
	explain_free(&explain);
}

/* @word means the reasons @want: "vmx:10 svm:0x072", in the order of the files. */
static void means(const char *word, const char *want)
{
	struct explain explain;
	size_t *found, n;
	char *got = must(strdup(""));

	explain_load(&explain);
	found = must(calloc(explain.nreasons, sizeof(*found)));
	n = explain_find(&explain, word, found);
	for (size_t i = 0; i < n; i++) {
		const struct explain_reason *reason = &explain.reasons[found[i]];
		char *longer = text("%s%s%s:%s", got, i ? " " : "", dump_isa_name(reason->isa),
				    reason->code ? reason->code : reason->name);

		free(got);
		got = longer;
	}
	assert_string_equal(got, want);
	free(got);
	free(found);
	explain_free(&explain);
}

static void finds(void **state)
{
	(void)state;
	means("cpuid", "vmx:10 svm:0x072");
	means("CpuId", "vmx:10 svm:0x072");
	means("vmx:cpuid", "vmx:10");
	means("SVM:CPUID", "svm:0x072");
	means("EXIT_REASON_HLT", "vmx:12 svm:0x078");
	means("VMEXIT_NPF", "svm:0x400");
	means("svm:rdpru", "svm:0x08e");
	means("ept-violation", "vmx:48");
	means("PF excp", "svm:0x04e");
	means("#GP", "svm:0x04d");
	means("VMEXIT_EXCP13", "svm:0x04d");
	means("general protection", "svm:0x04d");
	means("other", "vmx:other svm:other");
	means("failed_vmentry", "vmx:failed_vmentry");
	/* codes */
	means("10", "vmx:10");
	means("vmx:10", "vmx:10");
	means("vmx:0xa", "vmx:10");
	means("0x72", "svm:0x072");
	means("0x072", "svm:0x072");
	means("svm:0x72", "svm:0x072");
	means("svm:114", "svm:0x072");
	means("svm:-1", "svm:-1");
	means("-4", "svm:-4");
	/* kinds */
	means("port I/O", "vmx:30 svm:0x07b");
	means("nested page fault", "vmx:48 vmx:49 svm:0x400");
	means("vmx:nested page fault", "vmx:48 vmx:49");
	means("failed entry", "vmx:33 vmx:34 svm:-1");
	/* nothing */
	means("", "");
	means("vmx:", "");
	/* not the code 0x023 of svm, and not the code 1 of vmx */
	means("35", "");
	means("0x1", "");
	means("vmx:npf", "");
	means("cpui", "");
	means("10x", "");
	means(" 10", "");
	means("-5", "");
	means("99999999999999999999", "");
}

static void suggests(void **state)
{
	struct explain explain;

	(void)state;
	explain_load(&explain);
	assert_string_equal(explain_suggest(&explain, "cpiud"), "CPUID");
	assert_string_equal(explain_suggest(&explain, "svm:cpiud"), "cpuid");
	assert_string_equal(explain_suggest(&explain, "EPT_VIOLATON"), "EPT_VIOLATION");
	assert_null(explain_suggest(&explain, "nothing like it"));
	explain_free(&explain);
}

static void row_is(const struct explain *explain, enum dump_isa isa, uint64_t code, bool other,
		   const char *name)
{
	const struct dump_row row = { .code = code, .other = other };

	assert_string_equal(explain_row(explain, isa, &row)->name, name);
}

static void finds_rows(void **state)
{
	struct explain explain;

	(void)state;
	explain_load(&explain);
	row_is(&explain, DUMP_ISA_VMX, 10, false, "CPUID");
	row_is(&explain, DUMP_ISA_SVM, 0x72, false, "cpuid");
	row_is(&explain, DUMP_ISA_SVM, UINT32_MAX, false, "invalid_guest_state");
	row_is(&explain, DUMP_ISA_VMX, 35, false, "unnamed");
	row_is(&explain, DUMP_ISA_SVM, 0x42, false, "unnamed");
	row_is(&explain, DUMP_ISA_VMX, 10, true, "other");
	row_is(&explain, DUMP_ISA_SVM, 0xf0000000, true, "other");
	explain_free(&explain);
}

static void finds_equivalents(void **state)
{
	struct explain explain;
	size_t *found;

	(void)state;
	explain_load(&explain);
	found = must(calloc(explain.nreasons, sizeof(*found)));
	explain_find(&explain, "svm:msr", found);
	assert_string_equal(explain_equivalent(&explain.reasons[found[0]]), "MSR_READ MSR_WRITE");
	explain_find(&explain, "MSR_READ", found);
	assert_string_equal(explain_equivalent(&explain.reasons[found[0]]), "msr");
	explain_find(&explain, "PREEMPTION_TIMER", found);
	assert_string_equal(explain_equivalent(&explain.reasons[found[0]]), "");
	explain_find(&explain, "svm:rdpru", found);
	assert_string_equal(explain_equivalent(&explain.reasons[found[0]]), "");
	free(found);
	explain_free(&explain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(refuses_mistakes),
		cmocka_unit_test(parses_normal),
		cmocka_unit_test(finds),
		cmocka_unit_test(suggests),
		cmocka_unit_test(finds_rows),
		cmocka_unit_test(finds_equivalents),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
