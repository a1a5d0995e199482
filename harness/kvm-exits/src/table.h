/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table in memory, and its four renderings:
 *
 * - text: a head line, columns aligned, the total last, "of which" rows under it
 * - markdown: the same as a paragraph and a pipe table
 * - CSV (RFC 4180, lines end in LF): one header line and rows; no total
 * - JSON: the properties in the head line, "rows", "total" and "of_which"
 *
 * A table can have a second one below it. CSV has no place for that; in JSON it is
 * a member of the first, an array of its rows.
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
};

enum table_kind {
	TABLE_EMPTY,		/* JSON null */
	TABLE_STRING,
	TABLE_COUNT,
	TABLE_DOTTED,		/* a count whose 0 is a dot, for sparse tables */
	TABLE_CHANGE,		/* a count with a sign, for people */
	TABLE_THOUSANDTHS,	/* n thousandths: seconds out of milliseconds */
	TABLE_SHARE,		/* n of `of`, in percent with two decimals; empty if more */
	TABLE_ALSO,		/* "also", for people "of which" */
};

struct table_cell {
	enum table_kind kind;
	uint64_t n;
	uint64_t of;
	char *string;
};

/* @heading is for people, @key for programs. */
struct table_column {
	char *heading;
	char *key;
	bool left;
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
	const char *below_key;
	struct table *below;
};

/* An empty table; @head is taken over. Free it with table_free(). */
struct table *table_new(char *head);

void table_free(struct table *table);

/* What JSON says of the table as a whole. @key must outlive the table. */
void table_property(struct table *table, const char *key, struct table_cell value);

/* A sentence below the rows, for people; it is taken over. */
void table_note(struct table *table, char *note);

/*
 * Put the table @below under @table, which takes it over. It has rows of
 * TABLE_ROWS only; without rows and note it is not written. Without columns it is
 * its head alone. JSON has it under @key, which must outlive the table: null if
 * it has no columns.
 */
void table_below(struct table *table, const char *key, struct table *below);

/* Columns come before rows. The strings are copied. */
void table_column(struct table *table, const char *heading, const char *key, bool left);

/* A row of empty cells, one for each column, for the caller to fill in. */
struct table_cell *table_row(struct table *table, enum table_section section);

/* Cells. table_string() copies its string. */
struct table_cell table_string(const char *string);
struct table_cell table_number(enum table_kind kind, uint64_t n);
struct table_cell table_share(uint64_t n, uint64_t of);

/*
 * Write the table. Whether the bytes arrived is the caller's to ask of @out.
 * Return NULL, or why the table has no such rendering (JSON: text that is not
 * UTF-8, a count of 2^63 or more), to be freed; then nothing was written.
 */
char *table_write(const struct table *table, enum table_format format, FILE *out);

#endif
