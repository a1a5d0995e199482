// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>

#include "alloc.h"
#include "html.h"

/*
 * Colours have a contrast of 4.5 or more to their background (WCAG AA). A shade also
 * has a bar below the number, whose height can be told apart without colour.
 */
static const char style[] =
":root { color-scheme: light dark; --page: #fff; --text: #1a1a1a; --quiet: #595959;\n"
"\t--line: #c9c9c9; --link: #0b57d0; --bar: #1f5fa8;\n"
"\t--h1: #eef4fb; --h2: #d6e6f7; --h3: #b5d2f0; --h4: #8fbbe8; --h5: #6aa5df; }\n"
"@media screen and (prefers-color-scheme: dark) {\n"
"\t:root { --page: #121417; --text: #f0f0f0; --quiet: #ababab;\n"
"\t\t--line: #44484e; --link: #9cc2ff; --bar: #9cc2ff;\n"
"\t\t--h1: #172230; --h2: #1b3047; --h3: #21425f; --h4: #29567f; --h5: #336ba0; }\n"
"}\n"
"body { margin: 0; background: var(--page); color: var(--text);\n"
"\tfont: 1rem/1.5 system-ui, sans-serif; }\n"
"main { padding: 1rem; }\n"
"h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem; }\n"
"a { color: var(--link); }\n"
".scroll { overflow-x: auto; max-width: 100%; margin: 0 0 1rem; }\n"
".scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }\n"
"table { border-collapse: separate; border-spacing: 0; font-size: .875rem;\n"
"\tfont-variant-numeric: tabular-nums; }\n"
"caption { text-align: left; padding: 0 0 .5rem; }\n"
"caption span { display: inline-block; position: sticky; left: 0;\n"
"\tmax-width: min(calc(100vw - 2rem), 60rem); }\n"
"th, td { padding: .2rem .6rem; text-align: right; vertical-align: top; white-space: nowrap; font-weight: normal;\n"
"\tborder-bottom: 1px solid var(--line); }\n"
"@media (max-width: 40rem) { th, td { padding: .2rem .4rem; } }\n"
"thead th { font-weight: 600; }\n"
"tfoot tr:first-child > * { border-top: 2px solid var(--text); }\n"
".l { text-align: left; }\n"
"tbody .l.w { white-space: normal; min-width: 12rem; }\n"
"th.n { position: sticky; left: 0; background: var(--page); }\n"
".z { color: var(--quiet); }\n"
"td.h1, .h1 { background: var(--h1); border-bottom: 1px solid var(--bar); }\n"
"td.h2, .h2 { background: var(--h2); border-bottom: 2px solid var(--bar); }\n"
"td.h3, .h3 { background: var(--h3); border-bottom: 3px solid var(--bar); }\n"
"td.h4, .h4 { background: var(--h4); border-bottom: 4px solid var(--bar); }\n"
"td.h5, .h5 { background: var(--h5); border-bottom: 5px solid var(--bar); }\n"
".shades { margin: 0 0 1rem; font-size: .875rem; }\n"
".shades span { display: inline-block; padding: .1rem .6rem; }\n"
"@media print {\n"
"\t.scroll { overflow: visible; }\n"
"\ttable { font-size: 7pt; }\n"
"\ttr { break-inside: avoid; }\n"
"\tth.n { position: static; }\n"
"\ttd, .shades span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }\n"
"}\n";

/*
 * Return the length of the UTF-8 character at @s, or 0 if there is none that may stand
 * in HTML: control characters and noncharacters may not.
 */
static size_t character(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s < 0x80 ? 1 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
	uint32_t c = n == 1 ? *s : *s & (0x7f >> n);

	if (*s >= 0xf8 || (*s >= 0x80 && *s < 0xc0))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ||
	    (c >= 0xfdd0 && c < 0xfdf0) || (c & 0xfffe) == 0xfffe)
		return 0;
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : n;
}

/* Write @s as text or as the value of an attribute. */
static void escape(const char *s, FILE *out)
{
	while (*s) {
		size_t n = character((const unsigned char *)s);

		if (*s == '&')
			fputs("&amp;", out);
		else if (*s == '<')
			fputs("&lt;", out);
		else if (*s == '>')
			fputs("&gt;", out);
		else if (*s == '"')
			fputs("&quot;", out);
		else if (n)
			fwrite(s, 1, n, out);
		else
			fputs("\xef\xbf\xbd", out);	/* the replacement character */
		s += n ? n : 1;
	}
}

/* The least shares of the shades 2 to 5, in percent; all above 0 have shade 1. */
static const unsigned int shades[] = { 1, 5, 20, 50 };

#define NR_SHADES (sizeof(shades) / sizeof(*shades))

/* Return the shade of @n out of @of, from 0 for none to 5. */
static unsigned int shade(uint64_t n, uint64_t of)
{
	unsigned int level = 1;

	if (!n || !of || n > of)
		return 0;
	while (level <= NR_SHADES &&
	       (unsigned __int128)n * 100 >= (unsigned __int128)of * shades[level - 1])
		level++;
	return level;
}

/* Return the cell with the total of cell @row, @col, or NULL. Groups have a total for each row. */
static const struct table_cell *total_of(const struct table *table, size_t row, size_t col)
{
	size_t total = 0;

	while (total < table->nrows && table->rows[total].section != TABLE_TOTAL)
		total++;
	total += row % table->group;
	if (total >= table->nrows || table->rows[total].section != TABLE_TOTAL)
		return NULL;
	return &table->rows[total].cells[col];
}

static unsigned int cell_shade(const struct table *table, size_t row, size_t col)
{
	const struct table_cell *cell = &table->rows[row].cells[col], *total;

	if (table->rows[row].section != TABLE_ROWS)
		return 0;
	if (cell->kind == TABLE_SHARE)
		return shade(cell->n, cell->of);
	if (!table->columns[col].sums)
		return 0;
	total = total_of(table, row, col);
	return total ? shade(cell->n, total->n) : 0;
}

/* Is @row the first of a group whose other rows have nothing in column @col? */
static bool spans(const struct table *table, size_t row, size_t col)
{
	if (table->group == 1 || row % table->group || row + table->group > table->nrows)
		return false;
	for (size_t i = 1; i < table->group; i++)
		if (table->rows[row + i].cells[col].kind != TABLE_EMPTY)
			return false;
	return true;
}

/* Return the column whose cells name the rows: that of reasons, or the first with text. */
static size_t name_column(const struct table *table)
{
	size_t col = 0;

	for (size_t i = 0; i < table->ncolumns; i++)
		if (!strcmp(table->columns[i].key, "reason"))
			return i;
	while (col + 1 < table->ncolumns && !table->columns[col].left)
		col++;
	return col;
}

static void write_cell(const struct table *table, size_t row, size_t col, FILE *out)
{
	size_t name = name_column(table);
	/* in a group, the column after the name tells the rows apart */
	bool heads = col == name || (table->group > 1 && col == name + 1);
	const struct table_cell *cell = &table->rows[row].cells[col];
	size_t first = row - row % table->group;
	unsigned int level = cell_shade(table, row, col);
	char *s = table_cell_text(cell, TABLE_HTML);
	bool span = spans(table, row, col);

	if (row != first && spans(table, first, col)) {
		free(s);
		return;
	}
	fprintf(out, heads ? "<th scope=\"row%s\"" : "<td", span ? "group" : "");
	if (span)
		fprintf(out, " rowspan=\"%zu\"", table->group);
	if (table->columns[col].left)
		fprintf(out, " class=\"l%s%s\"", col == name ? " n" : "", strlen(s) > 40 ? " w" : "");
	else if (level)
		fprintf(out, " class=\"h%u\"", level);
	else if (cell->kind == TABLE_DOTTED && !cell->n)
		fprintf(out, " class=\"z\"");
	putc('>', out);
	escape(s, out);
	fputs(heads ? "</th>" : "</td>", out);
	free(s);
}

/* Write the rows: those of totals are the foot of the table, each group has a body. */
static void write_rows(const struct table *table, FILE *out)
{
	const char *element = NULL;

	for (size_t row = 0; row < table->nrows; row++) {
		bool total = table->rows[row].section != TABLE_ROWS;
		bool begins = !row || (!total && table->group > 1 && row % table->group == 0) ||
			      (total && table->rows[row - 1].section == TABLE_ROWS);

		if (begins && row)
			fprintf(out, "</%s>\n", element);
		if (begins) {
			element = total ? "tfoot" : "tbody";
			fprintf(out, "<%s>\n", element);
		}
		fputs("<tr>", out);
		for (size_t col = 0; col < table->ncolumns; col++)
			write_cell(table, row, col, out);
		fputs("</tr>\n", out);
	}
	if (element)
		fprintf(out, "</%s>\n", element);
}

static void write_headings(const struct table *table, FILE *out)
{
	fputs("<thead>\n<tr>", out);
	for (size_t col = 0; col < table->ncolumns; col++) {
		const struct table_column *column = &table->columns[col];

		fprintf(out, "<th scope=\"col\"%s>", column->left ? " class=\"l\"" : "");
		escape(column->heading, out);
		fputs("</th>", out);
	}
	fputs("</tr>\n</thead>\n", out);
}

static void paragraph(const char *s, FILE *out)
{
	fputs("<p>", out);
	escape(s, out);
	fputs("</p>\n", out);
}

/* Write the table in an element that scrolls, which the keyboard needs to focus on. */
static void write_table(const struct table *table, FILE *out)
{
	if (!table->ncolumns) {
		paragraph(table->head, out);
		return;
	}
	fputs("<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"", out);
	escape(table->head, out);
	fputs("\">\n<table>\n<caption><span>", out);
	escape(table->head, out);
	fputs("</span></caption>\n", out);
	write_headings(table, out);
	write_rows(table, out);
	fputs("</table>\n</div>\n", out);
	if (table->note)
		paragraph(table->note, out);
}

static bool has_shades(const struct table *table)
{
	for (size_t row = 0; row < table->nrows; row++)
		for (size_t col = 0; col < table->ncolumns; col++)
			if (cell_shade(table, row, col))
				return true;
	return false;
}

/* Explain the shades. */
static void write_shades(FILE *out)
{
	fprintf(out, "<p class=\"shades\">Shades show the share of the column's total, or the percentage itself:\n"
		"<span class=\"h1\">below %u %%</span>", shades[0]);
	for (size_t i = 0; i < NR_SHADES; i++)
		fprintf(out, "\n<span class=\"h%zu\">%u %% or more</span>", i + 2, shades[i]);
	fputs("</p>\n", out);
}

/* Write the title: the beginning of the head, up to a comma or colon. */
static void write_title(const char *head, FILE *out)
{
	const size_t most = 58;
	char *title = must(strdup(head)), *end = NULL;

	for (char *s = title; *s && s < title + most; s++)
		if (strchr(",:", *s))
			end = s;
	if (strlen(title) > most && end)
		*end = '\0';
	fputs("<title>kvm-exits: ", out);
	escape(title, out);
	fputs("</title>\n", out);
	free(title);
}

void html_write(const struct table *table, FILE *out)
{
	bool below = table_has_below(table);

	fputs("<!DOCTYPE html>\n"
	      "<html lang=\"en\">\n"
	      "<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n", out);
	write_title(table->head, out);
	fprintf(out, "<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>VM exits</h1>\n",
		style);
	write_table(table, out);
	if (below)
		write_table(table->below, out);
	if (has_shades(table) || (below && has_shades(table->below)))
		write_shades(out);
	fputs("</main>\n</body>\n</html>\n", out);
}
