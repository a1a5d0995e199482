// SPDX-License-Identifier: GPL-2.0
/* Test which word is suggested for a misspelt one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "suggest.h"

static const char *const words[] = { "list", "table", "diff", "steps", "compare", "times", "npf" };

static const char *of(const char *word)
{
	return suggest(word, words, sizeof(words) / sizeof(*words));
}

static void one_change(void **state)
{
	(void)state;
	/* a wrong, missing, additional letter; two swapped letters; upper case */
	assert_string_equal(of("diqf"), "diff");
	assert_string_equal(of("dff"), "diff");
	assert_string_equal(of("difff"), "diff");
	assert_string_equal(of("dfif"), "diff");
	assert_string_equal(of("DIFF"), "diff");
	assert_string_equal(of("nfp"), "npf");
}

static void several_changes(void **state)
{
	(void)state;
	/* two of seven letters, but not three; one of three, but not two */
	assert_string_equal(of("conpere"), "compare");
	assert_null(of("konpere"));
	assert_string_equal(of("npx"), "npf");
	assert_null(of("nxx"));
}

static void nearest(void **state)
{
	static const char *const same[] = { "hlt", "hlx" };

	(void)state;
	/* one change is nearer than two, the first of two equals wins */
	assert_string_equal(of("time"), "times");
	assert_string_equal(suggest("hl", same, 2), "hlt");
	assert_string_equal(suggest("hlx", same, 2), "hlx");
}

static void nothing_similar(void **state)
{
	char word[1000];

	(void)state;
	assert_null(of("nonsense"));
	assert_null(of(""));
	assert_null(suggest("list", NULL, 0));
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(of(word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change),
		cmocka_unit_test(several_changes),
		cmocka_unit_test(nearest),
		cmocka_unit_test(nothing_similar),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
