// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "view.h"

/* "1 exit", "2 exits" */
#define COUNTED "%" PRIu64 " %s%s"
#define COUNT(n, noun) (uint64_t)(n), noun, (n) == 1 ? "" : "s"

#define SECONDS "%" PRIu64 ".%03" PRIu64
#define SECONDS_OF(ms) (ms) / 1000, (ms) % 1000

struct table *view_list(const struct dump_log *log)
{
	char label[DUMP_LABEL_SIZE];
	struct table *table;
	size_t damaged = 0;

	for (size_t i = 0; i < log->ndumps; i++)
		damaged += log->dumps[i]->problem != NULL;
	table = table_new(text(COUNTED ": %zu complete, %zu damaged", COUNT(log->ndumps, "dump"),
			       log->ndumps - damaged, damaged));
	table_fact(table, "dumps", table_number(TABLE_COUNT, log->ndumps));
	table_fact(table, "damaged", table_number(TABLE_COUNT, damaged));

	table_column(table, "dump", "dump", false);
	table_column(table, "where", "where", true);
	table_column(table, "isa", "isa", true);
	table_column(table, "uptime", "uptime", false);
	table_column(table, "rows", "rows", false);
	table_column(table, "exits", "exits", false);
	table_column(table, "state", "state", true);
	for (size_t i = 0; i < log->ndumps; i++) {
		const struct dump *dump = log->dumps[i];
		struct table_cell *cell = table_row(table, TABLE_ROWS);
		char *where = text("%s:%" PRIu64, dump->first.file, dump->first.line);

		cell[0] = table_string(dump_label(dump, label));
		cell[1] = table_string(where);
		free(where);
		if (dump->isa) {
			cell[2] = table_string(dump_isa_name(dump->isa));
			cell[3] = table_number(TABLE_SECONDS, dump->uptime_ms);
		}
		if (!dump->problem) {
			cell[4] = table_number(TABLE_COUNT, dump->counts.nrows);
			cell[5] = table_number(TABLE_COUNT, dump->exits);
			cell[6] = table_string("complete");
		} else {
			char *state = text("damaged: %s:%" PRIu64 ": %s", dump->problem_at.file,
					   dump->problem_at.line, dump->problem);

			cell[6] = table_string(state);
			free(state);
		}
	}
	return table;
}

/* Put the rows in the order, and leave only those, that the user wants. */
static void arrange(struct tally *tally, const struct view_options *options)
{
	if (options->by_count)
		tally_sort_by_count(tally);
	if (options->top)
		tally_top(tally, options->top);
}

static size_t reasons_taken(const struct tally *tally)
{
	size_t n = 0;

	for (size_t i = 0; i < tally->nrows; i++)
		n += tally->rows[i].key != 0;
	return n;
}

static void code_columns(struct table *table)
{
	table_column(table, "code", "code", false);
	table_column(table, "reason", "reason", true);
}

static void code_cells(struct table_cell *cell, const struct tally_row *row, bool also)
{
	if (also)
		cell[0] = table_number(TABLE_ALSO, 0);
	else if (*row->code)
		cell[0] = table_string(row->code);
	cell[1] = table_string(row->name);
}

/* The rows of one dump or of one difference; @change: column 1 is the "since". */
static void tally_rows(struct table *table, const struct tally *tally, bool change)
{
	struct table_cell *cell;

	for (size_t i = 0; i <= tally->nrows + tally->nalso; i++) {
		const struct tally_row *row = NULL;
		const uint64_t *n = tally->sum;
		bool also = i > tally->nrows;

		if (i < tally->nrows)
			row = &tally->rows[i];
		else if (also)
			row = &tally->also[i - tally->nrows - 1];
		cell = table_row(table, also ? TABLE_OF_WHICH : row ? TABLE_ROWS : TABLE_TOTAL);
		if (row) {
			code_cells(cell, row, also);
			n = row->n;
		} else {
			cell[1] = table_string("total");
		}
		cell[2] = table_number(TABLE_COUNT, n[0]);
		if (change)
			cell[3] = table_number(TABLE_CHANGE, n[1]);
		cell[2 + tally->ncols] = table_share(n[0], tally->key);
	}
}

struct table *view_dump(const struct dump *dump, const struct view_options *options, char **error)
{
	const struct dump_counts *total = &dump->counts;
	struct dump_counts since = {
		.rows = must(calloc(total->nrows + 1, sizeof(*since.rows))),
		.nrows = total->nrows,
		.also = must(calloc(total->nalso + 1, sizeof(*since.also))),
		.nalso = total->nalso,
	};
	const struct dump_counts *columns[] = { total, &since };
	struct table *table = NULL;
	char label[DUMP_LABEL_SIZE];
	struct tally tally;

	for (size_t i = 0; i < since.nrows; i++) {
		since.rows[i] = total->rows[i];
		since.rows[i].total = total->rows[i].since;
	}
	for (size_t i = 0; i < since.nalso; i++) {
		since.also[i] = total->also[i];
		since.also[i].total = total->also[i].since;
	}

	*error = tally_init(&tally, dump->isa, columns, 2, 1);
	if (*error)
		goto out;
	dump_label(dump, label);
	table = table_new(text("dump %s, %s, " COUNTED ", up " SECONDS " s: " COUNTED ", " COUNTED,
			       label, dump_isa_name(dump->isa), COUNT(dump->cpus, "CPU"),
			       SECONDS_OF(dump->uptime_ms), COUNT(dump->exits, "exit"),
			       COUNT(total->nrows, "reason")));
	table_fact(table, "dump", table_string(label));
	table_fact(table, "isa", table_string(dump_isa_name(dump->isa)));
	table_fact(table, "cpus", table_number(TABLE_COUNT, dump->cpus));
	table_fact(table, "uptime", table_number(TABLE_SECONDS, dump->uptime_ms));
	table_fact(table, "exits", table_number(TABLE_COUNT, dump->exits));
	table_fact(table, "reasons", table_number(TABLE_COUNT, total->nrows));
	arrange(&tally, options);

	code_columns(table);
	table_column(table, "total", "total", false);
	table_column(table, "since", "since", false);
	table_column(table, "share", "share_percent", false);
	tally_rows(table, &tally, true);
out:
	tally_free(&tally);
	dump_counts_free(&since);
	return table;
}

static char *dump_name(const struct dump *dump, const char *file)
{
	char label[DUMP_LABEL_SIZE];

	dump_label(dump, label);
	return file ? text("dump %s of %s", label, file) : text("dump %s", label);
}

struct table *view_diff(const struct dump *from, const char *from_file, const struct dump *to,
			const char *to_file, const struct dump_counts *exits,
			const struct view_options *options, char **error)
{
	char label[DUMP_LABEL_SIZE], *from_name, *to_name;
	struct table *table = NULL;
	struct tally tally;
	size_t taken;

	*error = tally_init(&tally, to->isa, &exits, 1, 1);
	if (*error)
		goto out;
	taken = reasons_taken(&tally);
	from_name = dump_name(from, from_file);
	to_name = dump_name(to, to_file);
	table = table_new(text("%s to %s, %s, " COUNTED ", up " SECONDS " s to " SECONDS " s: "
			       COUNTED ", " COUNTED, from_name, to_name, dump_isa_name(to->isa),
			       COUNT(to->cpus, "CPU"), SECONDS_OF(from->uptime_ms),
			       SECONDS_OF(to->uptime_ms), COUNT(tally.key, "exit"),
			       COUNT(taken, "reason")));
	free(from_name);
	free(to_name);
	table_fact(table, "from", table_string(dump_label(from, label)));
	table_fact(table, "to", table_string(dump_label(to, label)));
	table_fact(table, "isa", table_string(dump_isa_name(to->isa)));
	table_fact(table, "cpus", table_number(TABLE_COUNT, to->cpus));
	table_fact(table, "from_uptime", table_number(TABLE_SECONDS, from->uptime_ms));
	table_fact(table, "to_uptime", table_number(TABLE_SECONDS, to->uptime_ms));
	table_fact(table, "exits", table_number(TABLE_COUNT, tally.key));
	table_fact(table, "reasons", table_number(TABLE_COUNT, taken));
	if (!options->all)
		tally_drop_zero(&tally);
	arrange(&tally, options);

	code_columns(table);
	table_column(table, "exits", "exits", false);
	table_column(table, "share", "share_percent", false);
	tally_rows(table, &tally, false);
out:
	tally_free(&tally);
	return table;
}

static void matrix_row(struct table *table, enum table_section section,
		       const struct tally_row *row, const uint64_t *n, size_t ncols, uint64_t key)
{
	struct table_cell *cell = table_row(table, section);

	if (row)
		code_cells(cell, row, section == TABLE_OF_WHICH);
	else
		cell[1] = table_string("total");
	for (size_t col = 0; col < ncols; col++)
		cell[2 + col] = table_number(TABLE_DOTTED, n[col]);
	cell[2 + ncols] = table_number(TABLE_COUNT, key);
}

/* Reasons down, steps across, totals below and at the right. */
static void steps_matrix(struct table *table, const struct tally *tally, const struct step *steps)
{
	size_t n = tally->ncols;

	code_columns(table);
	for (size_t i = 0; i < n; i++)
		table_column(table, steps[i].name, steps[i].name, false);
	table_column(table, "total", "total", false);
	for (size_t i = 0; i < tally->nrows; i++)
		matrix_row(table, TABLE_ROWS, &tally->rows[i], tally->rows[i].n, n,
			   tally->rows[i].key);
	matrix_row(table, TABLE_TOTAL, NULL, tally->sum, n, tally->key);
	for (size_t i = 0; i < tally->nalso; i++)
		matrix_row(table, TABLE_OF_WHICH, &tally->also[i], tally->also[i].n, n,
			   tally->also[i].key);
}

/* @step and @row are NULL in a total over all of them. */
static void list_row(struct table *table, enum table_section section, const struct step *step,
		     const struct tally_row *row, uint64_t exits)
{
	struct table_cell *cell = table_row(table, section);

	if (step)
		cell[0] = table_string(step->name);
	if (row)
		code_cells(cell + 1, row, section == TABLE_OF_WHICH);
	cell[3] = table_number(TABLE_COUNT, exits);
}

/* The matrix's cells that are not 0, a row each, step by step. */
static void steps_list(struct table *table, const struct tally *tally, const struct step *steps)
{
	table_column(table, "step", "step", true);
	code_columns(table);
	table_column(table, "exits", "exits", false);
	for (size_t col = 0; col < tally->ncols; col++) {
		for (size_t i = 0; i < tally->nrows; i++)
			if (tally->rows[i].n[col])
				list_row(table, TABLE_ROWS, &steps[col], &tally->rows[i],
					 tally->rows[i].n[col]);
		for (size_t i = 0; i < tally->nalso; i++)
			if (tally->also[i].n[col])
				list_row(table, TABLE_OF_WHICH, &steps[col], &tally->also[i],
					 tally->also[i].n[col]);
	}
	for (size_t col = 0; col < tally->ncols; col++)
		list_row(table, TABLE_TOTAL, &steps[col], NULL, tally->sum[col]);
	for (size_t i = 0; i < tally->nrows; i++)
		list_row(table, TABLE_TOTAL, NULL, &tally->rows[i], tally->rows[i].key);
}

struct table *view_steps(const struct step *steps, size_t nsteps,
			 const struct view_options *options, char **error)
{
	const struct dump_counts **columns = must(calloc(nsteps, sizeof(*columns)));
	enum dump_isa isa = steps[0].last->isa;
	struct table *table = NULL;
	struct tally tally;

	for (size_t i = 0; i < nsteps; i++)
		columns[i] = &steps[i].exits;
	*error = tally_init(&tally, isa, columns, nsteps, nsteps);
	free(columns);
	if (*error)
		goto out;
	tally_drop_zero(&tally);
	table = table_new(text(COUNTED ", %s: " COUNTED ", " COUNTED, COUNT(nsteps, "step"),
			       dump_isa_name(isa), COUNT(tally.key, "exit"),
			       COUNT(tally.nrows, "reason")));
	table_fact(table, "steps", table_number(TABLE_COUNT, nsteps));
	table_fact(table, "isa", table_string(dump_isa_name(isa)));
	table_fact(table, "exits", table_number(TABLE_COUNT, tally.key));
	table_fact(table, "reasons", table_number(TABLE_COUNT, tally.nrows));
	arrange(&tally, options);
	if (options->lists)
		steps_list(table, &tally, steps);
	else
		steps_matrix(table, &tally, steps);
out:
	tally_free(&tally);
	return table;
}
