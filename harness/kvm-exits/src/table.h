/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table in memory, and its formats:
 *
 * - text: a head line, aligned columns, the total last, "of which" rows below it
 * - markdown: the same as a paragraph and a pipe table
 * - CSV (RFC 4180, lines end in LF): one header line and rows; no total
 * - JSON: the properties in the head line, "rows", "total" and "of_which"
 *
 * - HTML: a page, see html.h
 *
 * A table can have a second one below it. CSV omits that. In JSON it is a member of
 * the first, an array of its rows.
 */
#ifndef KVM_EXITS_TABLE_H
#define KVM_EXITS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum table_format {
	TABLE_TEXT,
	TABLE_MARKDOWN,
	TABLE_CSV,
	TABLE_JSON,
	TABLE_HTML,
};

enum table_kind {
	TABLE_EMPTY,		/* JSON null */
	TABLE_ABSENT,		/* empty; JSON omits it */
	TABLE_STRING,
	TABLE_COUNT,
	TABLE_DOTTED,		/* a count; text and markdown show 0 as a dot */
	TABLE_CHANGE,		/* a count; text and markdown add a sign */
	TABLE_THOUSANDTHS,	/* n / 1000 with three decimals */
	TABLE_SHARE,		/* n of `of`, in percent with two decimals; empty if n > of */
	TABLE_RATE,		/* n in `of` milliseconds, per second; empty if of is 0 */
	TABLE_ALSO,		/* "also"; "of which" in text and markdown */
};

struct table_cell {
	enum table_kind kind;
	uint64_t n;
	uint64_t of;
	char *string;
};

/* @heading is for text, markdown and HTML, @key for CSV and JSON. */
struct table_column {
	char *heading;
	char *key;
	bool left;
	bool sums;		/* its total is the sum of its rows */
};

enum table_section {
	TABLE_ROWS,
	TABLE_TOTAL,
	TABLE_OF_WHICH,
	TABLE_SECTIONS,
};

struct table_row {
	enum table_section section;
	struct table_cell *cells;
};

struct table_property {
	const char *key;
	struct table_cell value;
};

struct table {
	char *head;
	char *note;
	struct table_property *properties;
	size_t nproperties;
	struct table_column *columns;
	size_t ncolumns;
	struct table_row *rows;
	size_t nrows;
	size_t group;		/* the number of rows that share a name; 1 unless set */
	const char *below_key;
	struct table *below;
};

/* Return an empty table that owns @head. Free it with table_free(). */
struct table *table_new(char *head);

void table_free(struct table *table);

/* Add a property of the whole table, for JSON. @key must outlive the table. */
void table_property(struct table *table, const char *key, struct table_cell value);

/* Add a sentence below the rows, for text and markdown. The table owns it. */
void table_note(struct table *table, char *note);

/*
 * Put the table @below under @table, which owns it. It may have only rows of
 * TABLE_ROWS. It is not written if it has neither rows nor a note. If it has no
 * columns, only its head is written. In JSON it is the member @key, which must outlive
 * the table; null if it has no columns.
 */
void table_below(struct table *table, const char *key, struct table *below);

/* Add a column. Add all columns before the first row. The strings are copied. */
void table_column(struct table *table, const char *heading, const char *key, bool left);

/* Say that the total of the last column is the sum of its rows: HTML shades its cells. */
void table_sums(struct table *table);

/*
 * Say that each @n rows are a group, also those of the total. Empty cells in its other
 * rows belong to the first.
 */
void table_group(struct table *table, size_t n);

/* Add a row. Return its cells, one for each column, which are empty. */
struct table_cell *table_row(struct table *table, enum table_section section);

/* Return a cell. table_string() copies its string. */
struct table_cell table_string(const char *string);
struct table_cell table_number(enum table_kind kind, uint64_t n);
struct table_cell table_share(uint64_t n, uint64_t of);
struct table_cell table_rate(uint64_t n, uint64_t ms);

/* Return the text of a cell without quoting; the caller frees it. */
char *table_cell_text(const struct table_cell *cell, enum table_format format);

/* Is there a table below @table that is written? */
bool table_has_below(const struct table *table);

/*
 * Write the table. The caller checks @out for write errors. Return NULL, or an error
 * message, to be freed, if the format cannot hold the table (JSON: text that is not
 * UTF-8, a count of 2^63 or more); then nothing was written.
 */
char *table_write(const struct table *table, enum table_format format, FILE *out);

#endif
