// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>

#include <jansson.h>

#include "alloc.h"
#include "html.h"
#include "table.h"

struct table *table_new(char *head)
{
	struct table *table = must(calloc(1, sizeof(*table)));

	table->head = head;
	table->group = 1;
	return table;
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->nproperties; i++)
		free(table->properties[i].value.string);
	for (size_t i = 0; i < table->nrows; i++) {
		for (size_t col = 0; col < table->ncolumns; col++)
			free(table->rows[i].cells[col].string);
		free(table->rows[i].cells);
	}
	for (size_t col = 0; col < table->ncolumns; col++) {
		free(table->columns[col].heading);
		free(table->columns[col].key);
	}
	free(table->properties);
	free(table->rows);
	free(table->columns);
	if (table->below)
		table_free(table->below);
	free(table->head);
	free(table->note);
	free(table);
}

void table_property(struct table *table, const char *key, struct table_cell value)
{
	table->properties = grow(table->properties, table->nproperties, sizeof(*table->properties));
	table->properties[table->nproperties++] = (struct table_property){ key, value };
}

void table_note(struct table *table, char *note)
{
	table->note = note;
}

void table_below(struct table *table, const char *key, struct table *below)
{
	table->below_key = key;
	table->below = below;
}

void table_column(struct table *table, const char *heading, const char *key, bool left)
{
	table->columns = grow(table->columns, table->ncolumns, sizeof(*table->columns));
	table->columns[table->ncolumns++] = (struct table_column){
		.heading = must(strdup(heading)),
		.key = must(strdup(key)),
		.left = left,
	};
}

void table_sums(struct table *table)
{
	table->columns[table->ncolumns - 1].sums = true;
}

void table_group(struct table *table, size_t n)
{
	table->group = n;
}

struct table_cell *table_row(struct table *table, enum table_section section)
{
	struct table_cell *cells = must(calloc(table->ncolumns, sizeof(*cells)));

	table->rows = grow(table->rows, table->nrows, sizeof(*table->rows));
	table->rows[table->nrows++] = (struct table_row){ section, cells };
	return cells;
}

struct table_cell table_string(const char *string)
{
	return (struct table_cell){ .kind = TABLE_STRING, .string = must(strdup(string)) };
}

struct table_cell table_number(enum table_kind kind, uint64_t n)
{
	return (struct table_cell){ .kind = kind, .n = n };
}

struct table_cell table_share(uint64_t n, uint64_t of)
{
	return (struct table_cell){ .kind = TABLE_SHARE, .n = n, .of = of };
}

struct table_cell table_rate(uint64_t n, uint64_t ms)
{
	return (struct table_cell){ .kind = TABLE_RATE, .n = n, .of = ms };
}

/* "of which" rows can have more exits than the rows: exits occur while counts are read. */
static bool has_share(const struct table_cell *cell)
{
	return cell->of && cell->n <= cell->of;
}

/* Return hundredths of a percent, rounded half up. Integers give the same everywhere. */
static unsigned int share(const struct table_cell *cell)
{
	return ((unsigned __int128)cell->n * 10000 + cell->of / 2) / cell->of;
}

/*
 * Return a rate per second as text: with one decimal for @people, else with three. It
 * is rounded half up, and can exceed 64 bits.
 */
static char *rate(const struct table_cell *cell, bool people)
{
	const unsigned int unit = people ? 10 : 1000;
	unsigned __int128 n = ((unsigned __int128)cell->n * 1000 * unit + cell->of / 2) / cell->of;
	const uint64_t limit = 1000000000000000000;
	unsigned int fraction = n % unit;
	uint64_t high = n / unit / limit, low = n / unit % limit;

	if (people && cell->n && !n)
		return text("<0.1");
	if (high)
		return text("%" PRIu64 "%018" PRIu64 ".%0*u", high, low, people ? 1 : 3, fraction);
	return text("%" PRIu64 ".%0*u", low, people ? 1 : 3, fraction);
}

char *table_cell_text(const struct table_cell *cell, enum table_format format)
{
	bool people = format != TABLE_CSV && format != TABLE_JSON;
	unsigned int percent;

	switch (cell->kind) {
	case TABLE_STRING:
		return must(strdup(cell->string));
	case TABLE_COUNT:
		return text("%" PRIu64, cell->n);
	case TABLE_DOTTED:
		return people && !cell->n && format != TABLE_HTML ? text(".") : text("%" PRIu64, cell->n);
	case TABLE_CHANGE:
		return text("%s%" PRIu64, people ? "+" : "", cell->n);
	case TABLE_THOUSANDTHS:
		return text("%" PRIu64 ".%03" PRIu64, cell->n / 1000, cell->n % 1000);
	case TABLE_ALSO:
		return text("%s", people ? "of which" : "also");
	case TABLE_SHARE:
		if (!has_share(cell))
			break;
		percent = share(cell);
		if (people && cell->n && !percent)
			return text("<0.01%%");
		return text("%u.%02u%s", percent / 100, percent % 100, people ? "%" : "");
	case TABLE_RATE:
		if (!cell->of)
			break;
		return rate(cell, people);
	case TABLE_EMPTY:
	case TABLE_ABSENT:
		break;
	}
	return must(strdup(""));
}

/* A "<" begins a tag only before a letter or one of "/!?": don't escape "<0.01%". */
static bool markdown_special(const char *s)
{
	return strchr("\\`*|[]", *s) || (*s == '<' && (isalpha((unsigned char)s[1]) ||
						     (s[1] && strchr("/!?", s[1]))));
}

/* Return @plain with escapes; the caller frees it. Free @plain. */
static char *escape_markdown(char *plain)
{
	char *out = must(malloc(2 * strlen(plain) + 1)), *p = out;

	for (const char *s = plain; *s; s++) {
		if (markdown_special(s))
			*p++ = '\\';
		*p++ = *s;
	}
	*p = '\0';
	free(plain);
	return out;
}

/* Return the width of @s in characters: @s is UTF-8. */
static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void write_line(const struct table *table, char **line, const size_t *widths,
		       enum table_format format, FILE *out)
{
	bool markdown = format == TABLE_MARKDOWN;
	size_t n = table->ncolumns;

	/* no blanks at the end of a line */
	while (!markdown && n && !*line[n - 1])
		n--;
	for (size_t col = 0; col < n; col++) {
		bool left = table->columns[col].left, last = col + 1 == n;
		int pad = widths[col] - width(line[col]);

		fputs(markdown ? "| " : col ? "  " : "", out);
		fprintf(out, "%*s%s", left ? 0 : pad, "", line[col]);
		if (left && (markdown || !last))
			fprintf(out, "%*s", pad, "");
		fputs(markdown ? " " : "", out);
	}
	fputs(markdown ? "|\n" : "\n", out);
}

static void write_rule(const struct table *table, const size_t *widths, FILE *out)
{
	for (size_t col = 0; col < table->ncolumns; col++) {
		fputs(table->columns[col].left ? "|:" : "|-", out);
		for (size_t i = 0; i < widths[col]; i++)
			putc('-', out);
		putc(table->columns[col].left ? '-' : ':', out);
	}
	fputs("|\n", out);
}

bool table_has_below(const struct table *table)
{
	const struct table *below = table->below;

	return below && (below->nrows || below->note || !below->ncolumns);
}

static void write_aligned(const struct table *table, enum table_format format, FILE *out)
{
	size_t n = table->ncolumns;
	char **lines = must(calloc((table->nrows + 1) * n, sizeof(*lines)));
	size_t *widths = must(calloc(n, sizeof(*widths)));
	char *head = must(strdup(table->head));
	char *note = must(strdup(table->note ? table->note : ""));

	for (size_t i = 0; i < (table->nrows + 1) * n; i++) {
		size_t row = i / n, col = i % n;

		if (row)
			lines[i] = table_cell_text(&table->rows[row - 1].cells[col], format);
		else
			lines[i] = must(strdup(table->columns[col].heading));
		if (format == TABLE_MARKDOWN)
			lines[i] = escape_markdown(lines[i]);
		if (widths[col] < width(lines[i]))
			widths[col] = width(lines[i]);
	}

	if (format == TABLE_MARKDOWN) {
		head = escape_markdown(head);
		note = escape_markdown(note);
	}
	fprintf(out, n ? "%s\n\n" : "%s\n", head);
	for (size_t row = 0; n && row <= table->nrows; row++) {
		write_line(table, &lines[row * n], widths, format, out);
		if (!row && format == TABLE_MARKDOWN)
			write_rule(table, widths, out);
	}

	if (*note)
		fprintf(out, "\n%s\n", note);
	if (table_has_below(table)) {
		putc('\n', out);
		write_aligned(table->below, format, out);
	}

	for (size_t i = 0; i < (table->nrows + 1) * n; i++)
		free(lines[i]);
	free(lines);
	free(widths);
	free(head);
	free(note);
}

static void write_csv_field(const char *s, FILE *out)
{
	if (!strpbrk(s, ",\"\r\n")) {
		fputs(s, out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void write_csv(const struct table *table, FILE *out)
{
	for (size_t col = 0; col < table->ncolumns; col++) {
		if (col)
			putc(',', out);
		write_csv_field(table->columns[col].key, out);
	}
	putc('\n', out);
	for (size_t i = 0; i < table->nrows; i++) {
		/* a total among the rows would be counted twice */
		if (table->rows[i].section == TABLE_TOTAL)
			continue;
		for (size_t col = 0; col < table->ncolumns; col++) {
			char *s = table_cell_text(&table->rows[i].cells[col], TABLE_CSV);

			if (col)
				putc(',', out);
			write_csv_field(s, out);
			free(s);
		}
		putc('\n', out);
	}
}

/* As rate(), as a number. */
static json_t *rate_json(const struct table_cell *cell)
{
	char *s = rate(cell, false);
	json_t *json = json_real(strtod(s, NULL));

	free(s);
	return json;
}

/* Return NULL if JSON cannot hold the value. */
static json_t *cell_json(const struct table_cell *cell)
{
	switch (cell->kind) {
	case TABLE_STRING:
		return json_string(cell->string);
	case TABLE_ALSO:
		return json_string("also");
	case TABLE_COUNT:
	case TABLE_DOTTED:
	case TABLE_CHANGE:
		return cell->n > INT64_MAX ? NULL : json_integer(cell->n);
	case TABLE_THOUSANDTHS:
		return json_real(cell->n / 1000.0);
	case TABLE_SHARE:
		return has_share(cell) ? json_real(share(cell) / 100.0) : json_null();
	case TABLE_RATE:
		return cell->of ? rate_json(cell) : json_null();
	case TABLE_EMPTY:
	case TABLE_ABSENT:
		break;
	}
	return json_null();
}

/* Return NULL if JSON cannot hold a value of the row. */
static json_t *row_json(const struct table *table, const struct table_row *row)
{
	json_t *object = must(json_object());
	bool bad = false;

	for (size_t col = 0; col < table->ncolumns; col++) {
		const struct table_cell *cell = &row->cells[col];

		/* omit empty cells of totals, which have no code */
		if (cell->kind != TABLE_ABSENT &&
		    (cell->kind != TABLE_EMPTY || row->section == TABLE_ROWS))
			bad |= json_object_set_new(object, table->columns[col].key,
						   cell_json(cell));
	}
	if (!bad)
		return object;
	json_decref(object);
	return NULL;
}

/* Return NULL if JSON cannot hold a value of the table. */
static json_t *below_json(const struct table *below)
{
	json_t *array;
	bool bad = false;

	if (!below->ncolumns)
		return json_null();
	array = must(json_array());
	for (size_t i = 0; i < below->nrows; i++)
		bad |= json_array_append_new(array, row_json(below, &below->rows[i]));
	if (!bad)
		return array;
	json_decref(array);
	return NULL;
}

static char *write_json(const struct table *table, FILE *out)
{
	static const char *const sections[TABLE_SECTIONS] = { "rows", "total", "of_which" };
	json_t *root = must(json_object()), *arrays[TABLE_SECTIONS];
	bool bad = false;

	for (size_t i = 0; i < table->nproperties; i++)
		bad |= json_object_set_new(root, table->properties[i].key,
					   cell_json(&table->properties[i].value));
	for (size_t i = 0; i < TABLE_SECTIONS; i++) {
		arrays[i] = must(json_array());
		bad |= json_object_set_new(root, sections[i], arrays[i]);
	}
	for (size_t i = 0; i < table->nrows; i++)
		bad |= json_array_append_new(arrays[table->rows[i].section],
					     row_json(table, &table->rows[i]));
	if (table->below)
		bad |= json_object_set_new(root, table->below_key, below_json(table->below));
	if (!bad) {
		if (json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) && !ferror(out))
			must(NULL);
		putc('\n', out);
	}
	json_decref(root);
	return bad ? text("JSON cannot hold text that is not UTF-8 or a count of 2^63 or more: use another format") :
		     NULL;
}

char *table_write(const struct table *table, enum table_format format, FILE *out)
{
	switch (format) {
	case TABLE_CSV:
		write_csv(table, out);
		return NULL;
	case TABLE_JSON:
		return write_json(table, out);
	case TABLE_HTML:
		html_write(table, out);
		return NULL;
	default:
		write_aligned(table, format, out);
		return NULL;
	}
}
