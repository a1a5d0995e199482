// SPDX-License-Identifier: GPL-2.0
/* Test the exact text of the formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "table.h"

static void rendered_as(const struct table *table, enum table_format format, const char *want)
{
	char *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	assert_null(table_write(table, format, out));
	fclose(out);
	assert_string_equal(got, want);
	free(got);
}

/* A table with every kind of cell and every section. */
static struct table *sample(void)
{
	struct table *table = table_new(text("a head | with 2 reasons"));
	struct table_cell *cell;

	table_property(table, "dump", table_string("3"));
	table_property(table, "uptime", table_number(TABLE_THOUSANDTHS, 41207));
	table_column(table, "code", "code", false);
	table_column(table, "reason", "reason", true);
	table_column(table, "total", "total", false);
	table_column(table, "in step", "step", false);
	table_column(table, "since", "since", false);
	table_column(table, "share", "share_percent", false);

	cell = table_row(table, TABLE_ROWS);
	cell[0] = table_string("0x060");
	cell[1] = table_string("a,\"b\"|<c>");
	cell[2] = table_number(TABLE_COUNT, 99999);
	cell[3] = table_number(TABLE_DOTTED, 0);
	cell[4] = table_number(TABLE_CHANGE, 7);
	cell[5] = table_share(99999, 100000);
	cell = table_row(table, TABLE_ROWS);
	cell[1] = table_string("(2 others)");
	cell[2] = table_number(TABLE_COUNT, 1);
	cell[3] = table_number(TABLE_DOTTED, 5);
	cell[4] = table_number(TABLE_CHANGE, 0);
	cell[5] = table_share(1, 100000);
	cell = table_row(table, TABLE_TOTAL);
	cell[1] = table_string("total");
	cell[2] = table_number(TABLE_COUNT, 100000);
	cell[3] = table_number(TABLE_DOTTED, 5);
	cell[4] = table_number(TABLE_CHANGE, 7);
	cell[5] = table_share(0, 0);
	cell = table_row(table, TABLE_OF_WHICH);
	cell[0] = table_number(TABLE_ALSO, 0);
	cell[1] = table_string("failed");
	cell[2] = table_number(TABLE_COUNT, 2);
	cell[3] = table_number(TABLE_DOTTED, 0);
	cell[4] = table_number(TABLE_CHANGE, 0);
	cell[5] = table_share(1, 3);
	return table;
}

static void text_format(void **state)
{
	struct table *table = sample();

	(void)state;
	rendered_as(table, TABLE_TEXT,
		    "a head | with 2 reasons\n"
		    "\n"
		    "    code  reason       total  in step  since    share\n"
		    "   0x060  a,\"b\"|<c>    99999        .     +7  100.00%\n"
		    "          (2 others)       1        5     +0   <0.01%\n"
		    "          total       100000        5     +7\n"
		    "of which  failed           2        .     +0   33.33%\n");
	table_free(table);
}

static void markdown_format(void **state)
{
	struct table *table = sample();

	(void)state;
	rendered_as(table, TABLE_MARKDOWN,
		    "a head \\| with 2 reasons\n"
		    "\n"
		    "|     code | reason      |  total | in step | since |   share |\n"
		    "|---------:|:------------|-------:|--------:|------:|--------:|\n"
		    "|    0x060 | a,\"b\"\\|\\<c> |  99999 |       . |    +7 | 100.00% |\n"
		    "|          | (2 others)  |      1 |       5 |    +0 |  <0.01% |\n"
		    "|          | total       | 100000 |       5 |    +7 |         |\n"
		    "| of which | failed      |      2 |       . |    +0 |  33.33% |\n");
	table_free(table);
}

static void csv_format(void **state)
{
	struct table *table = sample();

	(void)state;
	rendered_as(table, TABLE_CSV,
		    "code,reason,total,step,since,share_percent\n"
		    "0x060,\"a,\"\"b\"\"|<c>\",99999,0,7,100.00\n"
		    ",(2 others),1,5,0,0.00\n"
		    "also,failed,2,0,0,33.33\n");
	table_free(table);
}

static void json_format(void **state)
{
	struct table *table = sample();

	(void)state;
	rendered_as(table, TABLE_JSON,
		    "{\n"
		    "  \"dump\": \"3\",\n"
		    "  \"uptime\": 41.207,\n"
		    "  \"rows\": [\n"
		    "    {\n"
		    "      \"code\": \"0x060\",\n"
		    "      \"reason\": \"a,\\\"b\\\"|<c>\",\n"
		    "      \"total\": 99999,\n"
		    "      \"step\": 0,\n"
		    "      \"since\": 7,\n"
		    "      \"share_percent\": 100.0\n"
		    "    },\n"
		    "    {\n"
		    "      \"code\": null,\n"
		    "      \"reason\": \"(2 others)\",\n"
		    "      \"total\": 1,\n"
		    "      \"step\": 5,\n"
		    "      \"since\": 0,\n"
		    "      \"share_percent\": 0.0\n"
		    "    }\n"
		    "  ],\n"
		    "  \"total\": [\n"
		    "    {\n"
		    "      \"reason\": \"total\",\n"
		    "      \"total\": 100000,\n"
		    "      \"step\": 5,\n"
		    "      \"since\": 7,\n"
		    "      \"share_percent\": null\n"
		    "    }\n"
		    "  ],\n"
		    "  \"of_which\": [\n"
		    "    {\n"
		    "      \"code\": \"also\",\n"
		    "      \"reason\": \"failed\",\n"
		    "      \"total\": 2,\n"
		    "      \"step\": 0,\n"
		    "      \"since\": 0,\n"
		    "      \"share_percent\": 33.33\n"
		    "    }\n"
		    "  ]\n"
		    "}\n");
	table_free(table);
}

/* A table with a second table below it, which has a note or is only a sentence. */
/* Check the content of the page: what is between <main> and </main>. */
static void content_is(const struct table *table, const char *want)
{
	char *got = NULL, *from, *to;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	assert_null(table_write(table, TABLE_HTML, out));
	fclose(out);
	from = strstr(got, "<main>\n");
	to = strstr(got, "</main>\n");
	assert_non_null(from);
	assert_non_null(to);
	*to = '\0';
	assert_string_equal(from + strlen("<main>\n"), want);
	free(got);
}

#define SHADES \
	"<p class=\"shades\">Shades show the share of the column's total, or the percentage itself:\n" \
	"<span class=\"h1\">below 1 %</span>\n" \
	"<span class=\"h2\">1 % or more</span>\n" \
	"<span class=\"h3\">5 % or more</span>\n" \
	"<span class=\"h4\">20 % or more</span>\n" \
	"<span class=\"h5\">50 % or more</span></p>\n"

static void html_format(void **state)
{
	struct table *table = sample();

	(void)state;
	table->columns[2].sums = true;
	table_note(table, text("1 < 2"));
	content_is(table,
		   "<h1>VM exits</h1>\n"
		   "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"a head | with 2 reasons\">\n"
		   "<table>\n"
		   "<caption><span>a head | with 2 reasons</span></caption>\n"
		   "<thead>\n"
		   "<tr><th scope=\"col\">code</th><th scope=\"col\" class=\"l\">reason</th><th scope=\"col\">total</th><th scope=\"col\">in step</th><th scope=\"col\">since</th><th scope=\"col\">share</th></tr>\n"
		   "</thead>\n"
		   "<tbody>\n"
		   "<tr><td>0x060</td><th scope=\"row\" class=\"l n\">a,&quot;b&quot;|&lt;c&gt;</th><td class=\"h5\">99999</td><td class=\"z\">0</td><td>+7</td><td class=\"h5\">100.00%</td></tr>\n"
		   "<tr><td></td><th scope=\"row\" class=\"l n\">(2 others)</th><td class=\"h1\">1</td><td>5</td><td>+0</td><td class=\"h1\">&lt;0.01%</td></tr>\n"
		   "</tbody>\n"
		   "<tfoot>\n"
		   "<tr><td></td><th scope=\"row\" class=\"l n\">total</th><td>100000</td><td>5</td><td>+7</td><td></td></tr>\n"
		   "<tr><td>of which</td><th scope=\"row\" class=\"l n\">failed</th><td>2</td><td class=\"z\">0</td><td>+0</td><td>33.33%</td></tr>\n"
		   "</tfoot>\n"
		   "</table>\n"
		   "</div>\n"
		   "<p>1 &lt; 2</p>\n"
		   SHADES);
	table_free(table);
}

/* A group of rows has one name, and a total for each of them. */
static void html_groups(void **state)
{
	struct table *table = table_new(text("head"));
	static const uint64_t n[][2] = { { 1, 50 }, { 19, 0 }, { 100, 50 } };
	static const char *const names[] = { "a", "b", "total" };

	(void)state;
	table_column(table, "kind", "kind", true);
	table_column(table, "isa", "isa", true);
	table_column(table, "n", "n", false);
	table_sums(table);
	table_group(table, 2);
	for (size_t i = 0; i < 6; i++) {
		struct table_cell *cell = table_row(table, i < 4 ? TABLE_ROWS : TABLE_TOTAL);

		if (i % 2 == 0)
			cell[0] = table_string(names[i / 2]);
		cell[1] = table_string(i % 2 ? "y" : "x");
		cell[2] = table_number(TABLE_DOTTED, n[i / 2][i % 2]);
	}
	content_is(table,
		   "<h1>VM exits</h1>\n"
		   "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"head\">\n"
		   "<table>\n"
		   "<caption><span>head</span></caption>\n"
		   "<thead>\n"
		   "<tr><th scope=\"col\" class=\"l\">kind</th><th scope=\"col\" class=\"l\">isa</th><th scope=\"col\">n</th></tr>\n"
		   "</thead>\n"
		   "<tbody>\n"
		   "<tr><th scope=\"rowgroup\" rowspan=\"2\" class=\"l n\">a</th><th scope=\"row\" class=\"l\">x</th><td class=\"h2\">1</td></tr>\n"
		   "<tr><th scope=\"row\" class=\"l\">y</th><td class=\"h5\">50</td></tr>\n"
		   "</tbody>\n"
		   "<tbody>\n"
		   "<tr><th scope=\"rowgroup\" rowspan=\"2\" class=\"l n\">b</th><th scope=\"row\" class=\"l\">x</th><td class=\"h3\">19</td></tr>\n"
		   "<tr><th scope=\"row\" class=\"l\">y</th><td class=\"z\">0</td></tr>\n"
		   "</tbody>\n"
		   "<tfoot>\n"
		   "<tr><th scope=\"rowgroup\" rowspan=\"2\" class=\"l n\">total</th><th scope=\"row\" class=\"l\">x</th><td>100</td></tr>\n"
		   "<tr><th scope=\"row\" class=\"l\">y</th><td>50</td></tr>\n"
		   "</tfoot>\n"
		   "</table>\n"
		   "</div>\n"
		   SHADES);
	table_free(table);
}

/* Bytes that are not UTF-8 and control characters become U+FFFD. */
static void html_escapes(void **state)
{
	static const char *const cases[][2] = {
		{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\xc3", "a\xef\xbf\xbd" },			/* cut off */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },	/* overlong */
		{ "\xed\xa0\x80z", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz" },	/* a surrogate */
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xff\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\033[1m\x7f", "\xef\xbf\xbd[1m\xef\xbf\xbd" },
		{ "<script>&\"'", "&lt;script&gt;&amp;&quot;'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct table *table = table_new(text("%s", cases[i][0]));
		char *want = text("<h1>VM exits</h1>\n<p>%s</p>\n", cases[i][1]);

		content_is(table, want);
		free(want);
		table_free(table);
	}
}

static void second_table(void **state)
{
	struct table *table = table_new(text("a | b")), *below = table_new(text("below"));

	(void)state;
	table_column(table, "n", "n", false);
	table_row(table, TABLE_ROWS)[0] = table_number(TABLE_COUNT, 5);
	table_column(below, "name", "name", true);
	table_row(below, TABLE_ROWS)[0] = table_string("x");
	table_row(below, TABLE_ROWS);
	table_note(below, text("2 more|"));
	table_below(table, "others", below);
	rendered_as(table, TABLE_TEXT,
		    "a | b\n"
		    "\n"
		    "n\n"
		    "5\n"
		    "\n"
		    "below\n"
		    "\n"
		    "name\n"
		    "x\n"
		    "\n"
		    "\n"
		    "2 more|\n");
	rendered_as(table, TABLE_MARKDOWN,
		    "a \\| b\n"
		    "\n"
		    "| n |\n"
		    "|--:|\n"
		    "| 5 |\n"
		    "\n"
		    "below\n"
		    "\n"
		    "| name |\n"
		    "|:-----|\n"
		    "| x    |\n"
		    "|      |\n"
		    "\n"
		    "2 more\\|\n");
	rendered_as(table, TABLE_CSV, "n\n5\n");
	rendered_as(table, TABLE_JSON,
		    "{\n"
		    "  \"rows\": [\n"
		    "    {\n"
		    "      \"n\": 5\n"
		    "    }\n"
		    "  ],\n"
		    "  \"total\": [],\n"
		    "  \"of_which\": [],\n"
		    "  \"others\": [\n"
		    "    {\n"
		    "      \"name\": \"x\"\n"
		    "    },\n"
		    "    {\n"
		    "      \"name\": null\n"
		    "    }\n"
		    "  ]\n"
		    "}\n");
	table_free(table);

	table = table_new(text("head"));
	table_column(table, "n", "n", false);
	table_below(table, "others", table_new(text("none, because")));
	rendered_as(table, TABLE_TEXT, "head\n\nn\n\nnone, because\n");
	rendered_as(table, TABLE_MARKDOWN, "head\n\n| n |\n|--:|\n\nnone, because\n");
	rendered_as(table, TABLE_CSV, "n\n");
	rendered_as(table, TABLE_JSON,
		    "{\n"
		    "  \"rows\": [],\n"
		    "  \"total\": [],\n"
		    "  \"of_which\": [],\n"
		    "  \"others\": null\n"
		    "}\n");
	table_free(table);

	/* a table below without rows is written only if it has a note */
	table = table_new(text("head"));
	below = table_new(text("below"));
	table_column(table, "n", "n", false);
	table_column(below, "name", "name", true);
	table_below(table, "others", below);
	rendered_as(table, TABLE_TEXT, "head\n\nn\n");
	table_note(below, text("2 more"));
	rendered_as(table, TABLE_TEXT, "head\n\nn\n\nbelow\n\nname\n\n2 more\n");
	table_free(table);
}

/* An absent cell is an empty field in CSV and no member in JSON. */
static void absent_cells(void **state)
{
	struct table *table = table_new(text("head"));
	struct table_cell *cell;

	(void)state;
	table_column(table, "a", "a", false);
	table_column(table, "b", "b", false);
	cell = table_row(table, TABLE_ROWS);
	cell[0] = table_number(TABLE_ABSENT, 0);
	cell[1] = table_number(TABLE_COUNT, 1);
	rendered_as(table, TABLE_CSV, "a,b\n,1\n");
	rendered_as(table, TABLE_JSON,
		    "{\n  \"rows\": [\n    {\n      \"b\": 1\n    }\n  ],\n"
		    "  \"total\": [],\n  \"of_which\": []\n}\n");
	table_free(table);
}

/* Values that JSON cannot hold are refused, and nothing is written. */
static void json_refuses(void **state)
{
	struct table_cell cells[] = {
		table_number(TABLE_COUNT, (uint64_t)INT64_MAX + 1),
		table_string("\xff"),
		table_number(TABLE_COUNT, (uint64_t)INT64_MAX + 1),
		table_string("\xff"),
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct table *table = table_new(text("head")), *below;
		char *got = NULL, *error;
		size_t len;
		FILE *out = open_memstream(&got, &len);

		/* in the table or in the table below it */
		below = i < 2 ? table : table_new(text("below"));
		if (below != table)
			table_below(table, "below", below);
		table_column(below, "n", "n", false);
		table_row(below, TABLE_ROWS)[0] = cells[i];
		error = table_write(table, TABLE_JSON, out);
		assert_non_null(error);
		fclose(out);
		assert_int_equal(len, 0);
		free(error);
		free(got);
		table_free(table);
	}
}

/* Each rate as people and as programs read it. */
static void rates(void **state)
{
	const struct {
		uint64_t n, ms;
		const char *people, *csv, *json;
	} cases[] = {
		{ 1000, 3750, "266.7", "266.667", "266.667" },
		{ 0, 10, "0.0", "0.000", "0.0" },
		{ 1, 20000, "0.1", "0.050", "0.05" },
		{ 1, 20001, "<0.1", "0.050", "0.05" },
		{ 1, 3000000, "<0.1", "0.000", "0.0" },
		{ UINT64_MAX, 1000, "18446744073709551615.0", "18446744073709551615.000", NULL },
		{ UINT64_MAX, 1, "18446744073709551615000.0", "18446744073709551615000.000", NULL },
		{ 5, 0, "", "", "null" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct table *table = table_new(text("head"));
		char *want;
		int width;

		table_column(table, "rate", "per_second", false);
		table_column(table, "end", "end", false);
		table_row(table, TABLE_ROWS)[0] = table_rate(cases[i].n, cases[i].ms);
		table->rows[0].cells[1] = table_string(".");
		want = text("per_second,end\n%s,.\n", cases[i].csv);
		rendered_as(table, TABLE_CSV, want);
		free(want);
		width = strlen(cases[i].people);
		want = text("head\n\n%*s  end\n%4s    .\n", width, "rate", cases[i].people);
		rendered_as(table, TABLE_TEXT, want);
		free(want);
		if (cases[i].json) {
			want = text("{\n  \"rows\": [\n    {\n      \"per_second\": %s,\n"
				    "      \"end\": \".\"\n    }\n  ],\n  \"total\": [],\n"
				    "  \"of_which\": []\n}\n", cases[i].json);
			rendered_as(table, TABLE_JSON, want);
			free(want);
		}
		table_free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_format),
		cmocka_unit_test(markdown_format),
		cmocka_unit_test(csv_format),
		cmocka_unit_test(json_format),
		cmocka_unit_test(html_format),
		cmocka_unit_test(html_groups),
		cmocka_unit_test(html_escapes),
		cmocka_unit_test(second_table),
		cmocka_unit_test(absent_cells),
		cmocka_unit_test(json_refuses),
		cmocka_unit_test(rates),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
