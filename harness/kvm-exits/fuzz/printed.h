/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A printed table, read again: its rows as words, the same for all formats.
 *
 * A row's words are what blanks separate in its cells; empty cells have none. So
 * a row of one dump is "0x072", "cpuid", "1020", "+0", "24.46%", or less for
 * programs: "0", "24.46". It allocates nothing but what reading JSON does.
 */
#ifndef KVM_EXITS_PRINTED_H
#define KVM_EXITS_PRINTED_H

#include <stdbool.h>
#include <stddef.h>

#include "table.h"

#define PRINTED_MAX (4 << 20)
#define PRINTED_ROWS (1 << 13)
#define PRINTED_WORDS (1 << 18)

struct printed_row {
	enum table_section section;	/* of JSON; else TABLE_ROWS */
	char **word;
	size_t nwords;
};

struct printed {
	struct printed_row row[PRINTED_ROWS];
	size_t nrows;
	size_t nbelow;		/* how many of these, the last ones, are of a table below */
	bool has_below;
	bool has_note;		/* the table below has a sentence under it */
	char *word[PRINTED_WORDS];
	size_t nwords;
	char text[2 * PRINTED_MAX];
	size_t len;
};

/*
 * Read @len bytes of @out. Return NULL, or what is wrong with its form. Columns'
 * headings and what stands above them are left out. Of a second table, below the
 * first, @has_below says whether it has columns.
 */
const char *printed_read(struct printed *printed, enum table_format format, const char *out,
			 size_t len);

#endif
