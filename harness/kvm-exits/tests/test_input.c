// SPDX-License-Identifier: GPL-2.0
/* Test the input, byte for byte and in parts of any size, and the times in front of lines. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>
#include <cmocka.h>

#include "alloc.h"
#include "input.h"
#include "when.h"

/* The texts that came, as "LINE TEXT" with a newline each. */
struct taken {
	char *text;
	bool every;
	uint64_t order;
};

static bool take(void *arg, const struct input_text *text_)
{
	struct taken *taken = arg;
	char *longer = text("%s%" PRIu64 " %s\n", taken->text, text_->line, text_->text);

	assert_int_equal(strlen(text_->text), text_->len);
	if (strstr(text_->text, "kvm_exit")) {
		assert_true(text_->order > taken->order);
		taken->order = text_->order;
	}
	free(taken->text);
	taken->text = longer;
	return taken->every;
}

/* Expect @want from @len bytes, in parts of many sizes. Return the error of the last. */
static char *reads(const char *bytes, size_t len, bool every, const char *want)
{
	static const size_t parts[] = { 1, 2, 3, 5, 17, 100, 4096, SIZE_MAX };
	char *error = NULL;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct taken taken = { .text = text("%s", ""), .every = every };
		struct input *input = input_new(INPUT_ANY, take, &taken);
		bool fatal;

		for (size_t at = 0, n; at < len; at += n) {
			n = len - at < parts[i] ? len - at : parts[i];
			input_feed(input, bytes + at, n);
		}
		free(error);
		error = input_end(input, &fatal);
		if (want && strcmp(taken.text, want))
			fail_msg("in parts of %zu bytes: %s\nnot: %s", parts[i], taken.text, want);
		assert_true(input_order(input) > taken.order);
		input_free(input);
		free(taken.text);
	}
	return error;
}

static void good(const char *bytes, bool every, const char *want)
{
	assert_null(reads(bytes, strlen(bytes), every, want));
}

static void reads_lines(void **state)
{
	(void)state;
	good("", true, "");
	good("a\nb\n\nc", true, "1 a\n2 b\n4 c\n");
	/* the first text comes in any case: it may begin a list of reasons */
	good("a\nkvm_exits: 1\nb\nx kvm_exits: 2 y\n", false, "1 a\n2 kvm_exits: 1\n4 x kvm_exits: 2 y\n");
	good("kvm_exit\rkvm_exits\r\r\nkvm_exit", false, "1 kvm_exit\n1 kvm_exits\n2 kvm_exit\n");
	good("\nkvm_exits a\\nkvm_exits b<br>c</p>kvm_exits", false,
	     "2 kvm_exits a\n2 kvm_exits b\n2 >c</p>kvm_exits\n");
	good("\n\033[1mkvm_\033[0;33mexits\033[K\n#033[mkvm_exits^[[0m\\x1b[1m:\n", false,
	     "2 kvm_exits\n3 kvm_exits:\n");
	good("\nkvm_exits\xc2\xa0\xc2\xa0x&nbsp;y\n", false, "2 kvm_exits  x y\n");
}

static void reads_long_lines(void **state)
{
	size_t size = 1 << 20;
	char *big = must(malloc(size + 1));
	struct taken taken = { .text = text("%s", "") };
	struct input *input;
	bool fatal;

	(void)state;
	/* a message in each quarter of a line: the first one counts */
	memset(big, 'x', size);
	big[size] = '\0';
	big[1] = '\n';
	for (size_t i = 1; i < 4; i++)
		memcpy(big + i * size / 4, "kvm_exits: 1 ", 13);
	memcpy(big + size - 20, "\nkvm_exits: 2\n", 14);
	input = input_new(INPUT_ANY, take, &taken);
	input_feed(input, big, size);
	free(input_end(input, &fatal));
	assert_non_null(strstr(taken.text, "xkvm_exits: 1 x"));
	assert_null(strstr(strstr(taken.text, "kvm_exits: 1") + 1, "kvm_exits: 1"));
	assert_non_null(strstr(taken.text, "\n3 kvm_exits: 2\n"));
	assert_true(strlen(taken.text) < 10000);
	input_free(input);
	free(taken.text);
	free(big);
}

static void reads_json(void **state)
{
	(void)state;
	good("{\"MESSAGE\":\"kvm_exits: 1 \\\"a\\\" \\u0041\\t\\u001b[0mx\",\"b\":[1,2]}\n{\"MESSAGE\":\"x\"}\n",
	     false, "1 kvm_exits: 1 \"a\" A\tx\n");
	/* arrays of bytes, also with others inside and behind */
	good("{\"a\":[300,1],\"MESSAGE\" : [\n\t107,\n\t118,109,95,101,120,105,116,115 ],\"c\":[107]}\n", false,
	     "3 kvm_exits\n");
	/* one string with several lines, one line with several strings */
	good("{\"log\":\"kvm_exits: 1\\r\\nx\\nkvm_exits: 2\"}\n[\"kvm_exits: 3\",[[\"kvm_exits: 4\"]]]", false,
	     "1 kvm_exits: 1\n1 kvm_exits: 2\n2 kvm_exits: 3\n2 kvm_exits: 4\n");
	/* the time may follow the message */
	good("{\"log\":\"kvm_exits\",\"time\":\"2026-11-26T03:11:41.123456789Z\"}\n"
	     "{\"timestamp\":1795662701123,\"message\":\"kvm_exits\"}\n"
	     "{\"values\":[[\"1795662701123456789\",\"kvm_exits\"]]}\n"
	     "{\"__REALTIME_TIMESTAMP\":\"1795662701123456\",\"MESSAGE\":\"kvm_exits\"}\n"
	     "{\"ts\":1795662701.5,\"line\":\"kvm_exits\"}", false,
	     "1 2026-11-26T03:11:41.123456Z kvm_exits\n2 2026-11-26T03:11:41.123000Z kvm_exits\n"
	     "3 2026-11-26T03:11:41.123456Z kvm_exits\n4 2026-11-26T03:11:41.123456Z kvm_exits\n"
	     "5 2026-11-26T03:11:41.500000Z kvm_exits\n");
	/* the tag of marks in a field of its own */
	good("{\"SYSLOG_IDENTIFIER\":\"kvm_exits_step\",\"MESSAGE\":\"begin a\"}\n"
	     "{\"MESSAGE\":\"end a\",\"SYSLOG_IDENTIFIER\":\"kvm_exits_step:\"}\n"
	     "{\"MESSAGE\":\"end b\",\"SYSLOG_IDENTIFIER\":\"kernel\"}\n", false,
	     "1 kvm_exits_step: begin a\n2 kvm_exits_step: end a\n");
	/* lines that are no JSON, and strings that were cut */
	good("{\"a\":\"kvm_exits: 1\"}\n[  41.2] kvm_exits: 2 \"x\nkvm_exits: 3\n{\"a\":\"kvm_exits: 4\n"
	     "{\"a\":\"kvm_exits: 5\"}\n-- kvm_exits: 6", false,
	     "1 kvm_exits: 1\n2 [  41.2] kvm_exits: 2 \"x\n3 kvm_exits: 3\n4 kvm_exits: 4\n5 kvm_exits: 5\n"
	     "6 -- kvm_exits: 6\n");
	good("data: {\"a\":\"kvm_exits: 1\"}\n\ndata: {\"a\":\"kvm_exits: 2\"}\n", false,
	     "1 kvm_exits: 1\n3 kvm_exits: 2\n");
	good("\036{\"a\":\"kvm_exits: 1\"}\n\036{\"a\":\"kvm_exits: 2\"}\n", false,
	     "1 kvm_exits: 1\n2 kvm_exits: 2\n");
	good("{\"a\":\"kvm_exits: 1", false, "1 kvm_exits: 1\n");
	good("[   41.207000] no JSON\n{\"a\":\"kvm_exits\"}\n", false,
	     "1 [   41.207000] no JSON\n2 {\"a\":\"kvm_exits\"}\n");
}

static void reads_export(void **state)
{
	static const char binary[] =
		"__CURSOR=a\n__REALTIME_TIMESTAMP=1795662701123456\nMESSAGE\n"
		"\x0a\0\0\0\0\0\0\0kvm_exits\n\n\n"
		"__REALTIME_TIMESTAMP=1795662701123456\nMESSAGE=end a\nSYSLOG_IDENTIFIER=kvm_exits_step\n\n"
		"MESSAGE=kvm_exits: 2\n_X\n\x03\0\0\0\0\0\0\0\n\n\n\n\nMESSAGE=kvm_exits: 3";

	(void)state;
	assert_null(reads(binary, sizeof(binary) - 1, false,
			  "6 2026-11-26T03:11:41.123456Z kvm_exits\n"
			  "9 2026-11-26T03:11:41.123456Z kvm_exits_step: end a\n"
			  "12 kvm_exits: 2\n19 kvm_exits: 3\n") ? "error" : NULL);
}

static void reads_mail(void **state)
{
	(void)state;
	good("Hi\nkvm_exits: 1 begin format=3D2 isa=3Dsvm host=\n=3Dweb1 =20\nkvm_ex=\nits: 1 =41\n"
	     "Content-Transfer-Encoding: 8bit\nkvm_exits: =41\n", false,
	     "1 Hi\n3 kvm_exits: 1 begin format=2 isa=svm host=web1  \n5 kvm_exits: 1 A\n7 kvm_exits: =41\n");
}

static void refuses_others(void **state)
{
	char *error;

	(void)state;
	error = reads("LPKSHHRH\0\0", 10, false, "");
	assert_string_equal(error, "this is a binary journal: use journalctl --file");
	free(error);
	error = reads("\x1f\x8b\x08\0\0\0\0\0", 8, false, "");
	assert_string_equal(error, "the compressed data end too soon: the log is read up to there");
	free(error);
	good("BZ", true, "1 BZ\n");
}

static void finds_times(void **state)
{
	static const struct {
		const char *text;
		int64_t time;
	} lines[] = {
		{ "2026-11-26T03:11:41.123456Z ", 1795662701123456 },
		{ "<6>1 2026-11-26T03:11:41.123456+01:00 web1 kernel - - - ", 1795659101123456 },
		{ "2026-11-26T03:11:41+0100 web1 kernel: ", 1795659101000000 },
		{ "2026-11-26 03:11:41,5 ", 1795662701500000 },
		{ "[Thu Nov 26 03:11:41 2026] ", 1795662701000000 },
		{ "[pod/a/b] 2026-11-26T03:11:41.000000001Z ", 1795662701000000 },
	};
	time_t now = time(NULL) - 3600;
	char line[64];
	int64_t found;

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_true(when_find(lines[i].text, strlen(lines[i].text), &found));
		assert_int_equal(found, lines[i].time);
	}
	assert_false(when_find("[   41.207000] ", 15, &found));
	assert_false(when_find("", 0, &found));
	/* syslog has no year */
	strftime(line, sizeof(line), "<6>%b %e %H:%M:%S web1 kernel: ", gmtime(&now));
	assert_true(when_find(line, strlen(line), &found));
	assert_int_equal(found, now * 1000000LL);
	now += 40 * 86400;
	strftime(line, sizeof(line), "%b %e %H:%M:%S web1 kernel: ", gmtime(&now));
	assert_true(when_find(line, strlen(line), &found));
	assert_true(found < time(NULL) * 1000000LL);
}

static void parses_times(void **state)
{
	static const char *const bad[] = { "", "x", "-2", "-2y", "25:00", "@x", "2026-13-01", "-", "1e30" };
	time_t now = time(NULL);
	struct when when;

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_true(when_parse("2026-11-26 03:11:41.5", &when));
	assert_int_equal(when.time, 1795662701500000);
	assert_true(when_parse("2026-11-26T03:11:41+01:30", &when));
	assert_int_equal(when.time, 1795657301000000);
	assert_true(when_parse("2026-11-26 03:11", &when));
	assert_int_equal(when.time, 1795662660000000);
	assert_true(when_parse("2026-11-26", &when));
	assert_int_equal(when.time, 1795651200000000);
	assert_false(when.uptime);
	assert_true(when_parse("@1795662701", &when));
	assert_int_equal(when.time, 1795662701000000);
	assert_true(when_parse("120.5", &when));
	assert_true(when.uptime);
	assert_int_equal(when.time, 120500);
	assert_true(when_parse("-2h", &when));
	assert_in_range(when.time / 1000000, now - 7200, now - 7190);
	assert_true(when_parse("today", &when));
	assert_int_equal(when.time / 1000000 % 86400, 0);
	assert_true(when_parse("00:00", &when));
	assert_int_equal(when.time / 1000000 % 86400, 0);
	assert_true(when_parse("yesterday", &when));
	assert_in_range(when.time / 1000000, now - 2 * 86400, now - 86400 + 10);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (when_parse(bad[i], &when))
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(reads_long_lines),
		cmocka_unit_test(reads_json),
		cmocka_unit_test(reads_export),
		cmocka_unit_test(reads_mail),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(finds_times),
		cmocka_unit_test(parses_times),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
