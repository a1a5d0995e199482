// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "kinds.h"
#include "suggest.h"
#include "view.h"

/* "1 exit", "2 exits" */
#define COUNTED "%" PRIu64 " %s%s"
#define COUNT(n, noun) (uint64_t)(n), noun, (n) == 1 ? "" : "s"

#define SECONDS "%" PRIu64 ".%03" PRIu64
#define SECONDS_OF(ms) (ms) / 1000, (ms) % 1000

/* Set the cells for JSON that say where a dump is damaged. */
static void damage_cells(struct table_cell *cell, const struct dump *dump)
{
	for (size_t i = 0; i < 3; i++)
		cell[i] = table_number(TABLE_ABSENT, 0);
	if (!dump->problem)
		return;
	cell[0] = table_string(dump->problem_at.file);
	cell[1] = table_number(TABLE_COUNT, dump->problem_at.line);
	cell[2] = table_string(dump->problem);
}

struct table *view_list(const struct dump_log *log, const struct view_options *options)
{
	bool json = options->lists && !options->csv;
	char label[DUMP_LABEL_SIZE];
	struct table *table;
	size_t damaged = 0;

	for (size_t i = 0; i < log->ndumps; i++)
		damaged += log->dumps[i]->problem != NULL;
	table = table_new(text(COUNTED ": %zu complete, %zu damaged", COUNT(log->ndumps, "dump"),
			       log->ndumps - damaged, damaged));
	table_property(table, "dumps", table_number(TABLE_COUNT, log->ndumps));
	table_property(table, "damaged", table_number(TABLE_COUNT, damaged));

	table_column(table, "dump", "dump", false);
	table_column(table, "where", "where", true);
	table_column(table, "isa", "isa", true);
	table_column(table, "host", "host", true);
	table_column(table, "loaded", "loaded", true);
	table_column(table, "scope", "scope", true);
	table_column(table, "uptime", "uptime", false);
	table_column(table, "rows", "rows", false);
	table_column(table, "exits", "exits", false);
	table_column(table, "state", "state", true);
	if (json) {
		table_column(table, "", "damage_file", true);
		table_column(table, "", "damage_line", false);
		table_column(table, "", "damage", true);
	}
	for (size_t i = 0; i < log->ndumps; i++) {
		const struct dump *dump = log->dumps[i];
		struct table_cell *cell = table_row(table, TABLE_ROWS);
		char *where = text("%s:%" PRIu64, dump->first.file, dump->first.line);

		cell[0] = table_string(dump_label(dump, label));
		cell[1] = table_string(where);
		free(where);
		if (dump->isa) {
			char *scope = dump_scope_text(dump);

			cell[2] = table_string(dump_isa_name(dump->isa));
			cell[3] = table_string(dump->host);
			cell[4] = table_string(dump->loaded);
			cell[5] = table_string(scope);
			cell[6] = table_number(TABLE_THOUSANDTHS, dump->uptime_ms);
			free(scope);
		}
		if (!dump->problem) {
			cell[7] = table_number(TABLE_COUNT, dump->counts.nrows);
			cell[8] = table_number(TABLE_COUNT, dump->exits);
			cell[9] = table_string("complete");
		} else {
			char *state = text("damaged: %s:%" PRIu64 ": %s", dump->problem_at.file,
					   dump->problem_at.line, dump->problem);

			cell[9] = table_string(state);
			free(state);
		}
		if (json)
			damage_cells(cell + 10, dump);
	}
	return table;
}

/* Does @name match the option --reason? */
static bool wanted(const struct view_options *options, const char *name)
{
	return !options->reason || !regexec(options->reason, name, 0, NULL, 0);
}

/* Return the error that none of @n reasons or kinds matches the option --reason. */
static char *none_wanted(const struct view_options *options, const char *what,
			 const char *const *names, size_t n)
{
	const char *similar = suggest(options->reason_text, names, n);

	return similar ? text("no %s matches '%s': did you mean '%s'?", what,
			      options->reason_text, similar) :
			 text("no %s matches '%s'", what, options->reason_text);
}

/* Check that a reason matches the option --reason, before those without exits go. */
static char *check_wanted(const struct tally *tally, const struct view_options *options)
{
	const char **names = must(calloc(tally->nrows + 1, sizeof(*names)));
	bool found = false;
	char *error;

	for (size_t i = 0; i < tally->nrows; i++) {
		names[i] = tally->rows[i].name;
		found |= wanted(options, names[i]);
	}
	error = found || !options->reason ? NULL :
		none_wanted(options, "reason", names, tally->nrows);
	free(names);
	return error;
}

/*
 * Move the elements of @rows whose @first is set to the front, and keep the order
 * otherwise. Return their number. There are @n elements of @size bytes.
 */
static size_t to_front(void *rows, size_t n, size_t size, const bool *first)
{
	char *copy, *out = rows;
	size_t found = 0;

	if (!n)
		return 0;
	copy = must(malloc(n * size));
	memcpy(copy, rows, n * size);
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			if (first[i] == !pass) {
				memcpy(out, copy + i * size, size);
				out += size;
				found += first[i];
			}
		}
	}
	free(copy);
	return found;
}

/* Return how many of @n rows to show. */
static size_t top_of(const struct view_options *options, size_t n)
{
	return options->top && options->top < n ? options->top : n;
}

/* Sort and limit the rows as @options say. */
static void arrange(struct tally *tally, const struct view_options *options)
{
	bool *first = must(calloc(tally->nrows + 1, sizeof(*first)));

	if (options->by_count)
		tally_sort_by_count(tally);
	for (size_t i = 0; i < tally->nrows; i++)
		first[i] = wanted(options, tally->rows[i].name);
	tally_top(tally, top_of(options, to_front(tally->rows, tally->nrows,
						  sizeof(*tally->rows), first)));
	free(first);
}

static size_t reasons_taken(const struct tally *tally)
{
	size_t n = 0;

	for (size_t i = 0; i < tally->nrows; i++)
		n += tally->rows[i].key != 0;
	return n;
}

/* Add a column of numbers whose total is their sum. */
static void sum_column(struct table *table, const char *heading, const char *key)
{
	table_column(table, heading, key, false);
	table_sums(table);
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

/* How tally_rows() shows the columns of a tally. */
struct tally_view {
	bool change;		/* column 1 is "since" */
	bool per_second;	/* also show the rates of column 0 in @ms */
	uint64_t ms;
};

/* Add the columns and rows of a dump or a difference. */
static void tally_rows(struct table *table, const struct tally *tally,
		       const struct tally_view *view)
{
	code_columns(table);
	if (view->change) {
		sum_column(table, "total", "total");
		sum_column(table, "since", "since");
	} else {
		sum_column(table, "exits", "exits");
	}
	if (view->per_second)
		sum_column(table, "per second", "per_second");
	if (tally->has_l2)
		sum_column(table, "l2", "l2");
	table_column(table, "share", "share_percent", false);

	for (size_t i = 0; i <= tally->nrows + tally->nalso; i++) {
		const uint64_t *n = tally->sum, *l2 = tally->l2_sum;
		const struct tally_row *row = NULL;
		bool also = i > tally->nrows;
		struct table_cell *cell;

		if (i < tally->nrows)
			row = &tally->rows[i];
		else if (also)
			row = &tally->also[i - tally->nrows - 1];
		cell = table_row(table, also ? TABLE_OF_WHICH : row ? TABLE_ROWS : TABLE_TOTAL);
		if (row) {
			code_cells(cell, row, also);
			n = row->n;
			l2 = row->l2;
		} else {
			cell[1] = table_string("total");
		}
		cell += 2;
		*cell++ = table_number(TABLE_COUNT, n[0]);
		if (view->change)
			*cell++ = table_number(TABLE_CHANGE, n[1]);
		if (view->per_second)
			*cell++ = table_rate(n[0], view->ms);
		if (tally->has_l2)
			*cell++ = table_number(TABLE_DOTTED, l2[0]);
		*cell = table_share(n[0], tally->key);
	}
}

/* Return what the counters belong to. The caller frees it. */
static char *whose(const struct dump *dump)
{
	switch (dump->scope) {
	case DUMP_SCOPE_VM:
		return text("host %s, VM %s", dump->host, dump->vm);
	case DUMP_SCOPE_VCPU:
		return text("host %s, VM %s, vCPU %" PRIu64, dump->host, dump->vm, dump->vcpu);
	default:
		return text("host %s", dump->host);
	}
}

static void whose_properties(struct table *table, const struct dump *dump)
{
	table_property(table, "host", table_string(dump->host));
	table_property(table, "loaded", table_string(dump->loaded));
	if (dump->scope != DUMP_SCOPE_HOST)
		table_property(table, "vm", table_string(dump->vm));
	if (dump->scope == DUMP_SCOPE_VCPU)
		table_property(table, "vcpu", table_number(TABLE_COUNT, dump->vcpu));
}

/* As whose(), with the numbers of CPUs, VMs or vCPUs. */
static char *whose_then(const struct dump *dump)
{
	char *who = whose(dump), *then;

	switch (dump->scope) {
	case DUMP_SCOPE_VM:
		then = text("%s, " COUNTED, who, COUNT(dump->vcpus, "vCPU"));
		break;
	case DUMP_SCOPE_VCPU:
		return who;
	default:
		then = text("%s, %" PRIu64 " of " COUNTED " online, " COUNTED, who,
			    dump->cpus_online, COUNT(dump->cpus_possible, "CPU"),
			    COUNT(dump->nvms, "VM"));
	}
	free(who);
	return then;
}

static void whose_properties_then(struct table *table, const struct dump *dump)
{
	whose_properties(table, dump);
	if (dump->scope == DUMP_SCOPE_VM)
		table_property(table, "vcpus", table_number(TABLE_COUNT, dump->vcpus));
	if (dump->scope != DUMP_SCOPE_HOST)
		return;
	table_property(table, "cpus_online", table_number(TABLE_COUNT, dump->cpus_online));
	table_property(table, "cpus_possible", table_number(TABLE_COUNT, dump->cpus_possible));
	table_property(table, "vm_count", table_number(TABLE_COUNT, dump->nvms));
}

/* Add the columns and rows of the VMs that @dump lists. */
static void vm_rows(struct table *table, const struct dump *dump)
{
	table_column(table, "pid", "pid", false);
	table_column(table, "name", "name", true);
	table_column(table, "vcpus", "vcpus", false);
	table_column(table, "total", "total", false);
	table_column(table, "since", "since", false);
	table_column(table, "top", "top", true);
	for (size_t i = 0; i < dump->nlisted; i++) {
		const struct dump_vm *vm = &dump->vms[i];
		struct table_cell *cell = table_row(table, TABLE_ROWS);

		cell[0] = table_number(TABLE_COUNT, vm->pid);
		cell[1] = table_string(vm->name);
		cell[2] = table_number(TABLE_COUNT, vm->vcpus);
		cell[3] = table_number(TABLE_COUNT, vm->total);
		cell[4] = table_number(TABLE_CHANGE, vm->since);
		cell[5] = table_string(vm->top);
	}
	if (dump->vms_more)
		table_note(table, text("%" PRIu64 " more VM%s not listed", dump->vms_more,
				       dump->vms_more == 1 ? " is" : "s are"));
}

#define VMS_HEAD "VMs with the most exits since the previous dump"

/* Return the table of VMs below that of @dump. */
static struct table *vms_below(const struct dump *dump)
{
	struct table *table;

	if (dump->vms_busy)
		return table_new(text("The dump has no list of VMs: VMs were being created or destroyed"));
	table = table_new(text(VMS_HEAD));
	vm_rows(table, dump);
	return table;
}

struct table *view_vms(const struct dump *dump, char **error)
{
	char label[DUMP_LABEL_SIZE];
	struct table *table;
	char *who;

	*error = NULL;
	dump_label(dump, label);
	if (dump->scope != DUMP_SCOPE_HOST)
		*error = text("dump %s has no list of VMs: its counters are those of VM %s", label,
			      dump->vm);
	else if (!dump_lists_vms(dump))
		*error = text("dump %s has no list of VMs: it was read from debugfs", label);
	else if (dump->vms_busy)
		*error = text("dump %s has no list of VMs: VMs were being created or destroyed",
			      label);
	if (*error)
		return NULL;
	who = whose_then(dump);
	table = table_new(text("dump %s, %s, up " SECONDS " s: " VMS_HEAD, label, who,
			       SECONDS_OF(dump->uptime_ms)));
	free(who);
	table_property(table, "dump", table_string(label));
	whose_properties_then(table, dump);
	table_property(table, "uptime", table_number(TABLE_THOUSANDTHS, dump->uptime_ms));
	table_property(table, "vms_more", table_number(TABLE_COUNT, dump->vms_more));
	vm_rows(table, dump);
	return table;
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
	/* the third column is not shown: it adds rows for all reasons, with zeros */
	const struct dump_counts *columns[] = { total, &since, options->reasons };
	struct table *table = NULL;
	char label[DUMP_LABEL_SIZE];
	struct tally tally;
	char *who;

	for (size_t i = 0; i < since.nrows; i++) {
		since.rows[i] = total->rows[i];
		since.rows[i].total = total->rows[i].since;
		since.rows[i].l2 = 0;
	}
	for (size_t i = 0; i < since.nalso; i++) {
		since.also[i] = total->also[i];
		since.also[i].total = total->also[i].since;
		since.also[i].l2 = 0;
	}

	*error = tally_init(&tally, dump->isa, columns, options->reasons ? 3 : 2, 1, true);
	if (!*error)
		*error = check_wanted(&tally, options);
	if (*error)
		goto out;
	dump_label(dump, label);
	who = whose_then(dump);
	table = table_new(text("dump %s, %s, %s, up " SECONDS " s: " COUNTED ", " COUNTED, label,
			       dump_isa_name(dump->isa), who, SECONDS_OF(dump->uptime_ms),
			       COUNT(dump->exits, "exit"), COUNT(total->nrows, "reason")));
	free(who);
	table_property(table, "dump", table_string(label));
	table_property(table, "isa", table_string(dump_isa_name(dump->isa)));
	whose_properties_then(table, dump);
	table_property(table, "uptime", table_number(TABLE_THOUSANDTHS, dump->uptime_ms));
	table_property(table, "exits", table_number(TABLE_COUNT, dump->exits));
	table_property(table, "reasons", table_number(TABLE_COUNT, total->nrows));
	arrange(&tally, options);
	tally_rows(table, &tally, &(struct tally_view){ .change = true });

	if (dump_lists_vms(dump)) {
		table_property(table, "vms_more", table_number(TABLE_COUNT, dump->vms_more));
		table_below(table, "vms", vms_below(dump));
	}
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
	char label[DUMP_LABEL_SIZE], *from_name, *to_name, *who;
	struct table *table = NULL;
	struct tally tally;
	size_t taken;

	*error = tally_init(&tally, to->isa, &exits, 1, 1, true);
	if (!*error)
		*error = check_wanted(&tally, options);
	if (*error)
		goto out;
	taken = reasons_taken(&tally);
	from_name = dump_name(from, from_file);
	to_name = dump_name(to, to_file);
	who = whose(to);
	table = table_new(text("%s to %s, %s, %s, up " SECONDS " s to " SECONDS " s: "
			       COUNTED ", " COUNTED, from_name, to_name, dump_isa_name(to->isa),
			       who, SECONDS_OF(from->uptime_ms), SECONDS_OF(to->uptime_ms),
			       COUNT(tally.key, "exit"), COUNT(taken, "reason")));
	free(who);
	free(from_name);
	free(to_name);
	table_property(table, "from", table_string(dump_label(from, label)));
	table_property(table, "to", table_string(dump_label(to, label)));
	table_property(table, "isa", table_string(dump_isa_name(to->isa)));
	whose_properties(table, to);
	table_property(table, "from_uptime", table_number(TABLE_THOUSANDTHS, from->uptime_ms));
	table_property(table, "to_uptime", table_number(TABLE_THOUSANDTHS, to->uptime_ms));
	table_property(table, "exits", table_number(TABLE_COUNT, tally.key));
	table_property(table, "reasons", table_number(TABLE_COUNT, taken));
	if (!options->all)
		tally_drop_zero(&tally);
	arrange(&tally, options);
	tally_rows(table, &tally, &(struct tally_view){
		.per_second = options->per_second, .ms = to->uptime_ms - from->uptime_ms,
	});
out:
	tally_free(&tally);
	return table;
}

/* Does step @col have exits from L2? If so, it gets a column for them. */
static bool step_has_l2(const struct tally *tally, size_t col)
{
	bool has = tally->l2_sum[col] != 0;

	for (size_t i = 0; i < tally->nalso; i++)
		has |= tally->also[i].l2[col] != 0;
	return has;
}

/* How long a step was, in milliseconds of the host's uptime. */
static uint64_t step_ms(const struct step *step)
{
	return step->last->uptime_ms - step->first->uptime_ms;
}

/* How long all steps were together. */
static uint64_t steps_ms(const struct step *steps, size_t nsteps)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < nsteps; i++)
		ms += step_ms(&steps[i]);
	return ms;
}

/* Return a count of the matrix, or its rate if @steps is not NULL. */
static struct table_cell matrix_cell(uint64_t n, const struct step *steps, size_t nsteps)
{
	return n && steps ? table_rate(n, steps_ms(steps, nsteps)) : table_number(TABLE_DOTTED, n);
}

/*
 * Add a row of the matrix. @row is NULL for the total of all rows, @steps unless the
 * matrix has rates.
 */
static void matrix_row(struct table *table, enum table_section section,
		       const struct tally *tally, const struct tally_row *row,
		       const struct step *steps)
{
	uint64_t key = row ? row->key : tally->key;
	const uint64_t *n = row ? row->n : tally->sum, *l2 = row ? row->l2 : tally->l2_sum;
	struct table_cell *cell = table_row(table, section);

	if (row)
		code_cells(cell, row, section == TABLE_OF_WHICH);
	else
		cell[1] = table_string("total");
	cell += 2;
	for (size_t col = 0; col < tally->ncols; col++) {
		*cell++ = matrix_cell(n[col], steps ? &steps[col] : NULL, 1);
		if (step_has_l2(tally, col))
			*cell++ = matrix_cell(l2[col], steps ? &steps[col] : NULL, 1);
	}
	*cell++ = key ? matrix_cell(key, steps, tally->ncols) : table_number(TABLE_COUNT, 0);
	if (tally->has_l2)
		*cell = matrix_cell(row ? row->l2_key : tally->l2_key, steps, tally->ncols);
}

/* Add a row for each reason, a column for each step, and the totals. */
static void steps_matrix(struct table *table, const struct tally *tally, const struct step *steps,
			 bool per_second)
{
	const struct step *rates = per_second ? steps : NULL;

	code_columns(table);
	for (size_t i = 0; i < tally->ncols; i++) {
		sum_column(table, steps[i].name, steps[i].name);
		if (step_has_l2(tally, i))
			sum_column(table, "l2", "l2");
	}
	sum_column(table, per_second ? "mean" : "total", "total");
	if (tally->has_l2)
		sum_column(table, "l2", "l2");
	for (size_t i = 0; i < tally->nrows; i++)
		matrix_row(table, TABLE_ROWS, tally, &tally->rows[i], rates);
	matrix_row(table, TABLE_TOTAL, tally, NULL, rates);
	for (size_t i = 0; i < tally->nalso; i++)
		matrix_row(table, TABLE_OF_WHICH, tally, &tally->also[i], rates);
}

/*
 * Add a row of the list. @step or @row is NULL in a total over all of them. Return its
 * last cell, which is for a rate.
 */
static struct table_cell *list_row(struct table *table, enum table_section section,
				   const struct step *step, const struct tally_row *row,
				   uint64_t exits, const uint64_t *l2)
{
	struct table_cell *cell = table_row(table, section);

	if (step)
		cell[0] = table_string(step->name);
	if (row)
		code_cells(cell + 1, row, section == TABLE_OF_WHICH);
	cell[3] = table_number(TABLE_COUNT, exits);
	if (l2)
		cell[4] = table_number(TABLE_COUNT, *l2);
	return &cell[table->ncolumns - 1];
}

/* Add a row for each step and reason; with @all, even if it has no exits. */
static void steps_list(struct table *table, const struct tally *tally, const struct step *steps,
		       bool all, bool per_second)
{
	struct table_cell *cell;

	table_column(table, "step", "step", true);
	code_columns(table);
	table_column(table, "exits", "exits", false);
	if (tally->has_l2)
		table_column(table, "l2", "l2", false);
	if (per_second)
		table_column(table, "per second", "per_second", false);
	for (size_t col = 0; col < tally->ncols; col++) {
		for (size_t i = 0; i < tally->nrows + tally->nalso; i++) {
			bool also = i >= tally->nrows;
			const struct tally_row *row = also ? &tally->also[i - tally->nrows] :
							     &tally->rows[i];

			if (!all && !row->n[col] && !row->l2[col])
				continue;
			cell = list_row(table, also ? TABLE_OF_WHICH : TABLE_ROWS, &steps[col], row,
					row->n[col], tally->has_l2 ? &row->l2[col] : NULL);
			if (per_second)
				*cell = table_rate(row->n[col], step_ms(&steps[col]));
		}
	}
	for (size_t col = 0; col < tally->ncols; col++) {
		cell = list_row(table, TABLE_TOTAL, &steps[col], NULL, tally->sum[col],
				tally->has_l2 ? &tally->l2_sum[col] : NULL);
		if (per_second)
			*cell = table_rate(tally->sum[col], step_ms(&steps[col]));
	}
	for (size_t i = 0; i < tally->nrows; i++) {
		cell = list_row(table, TABLE_TOTAL, NULL, &tally->rows[i], tally->rows[i].key,
				tally->has_l2 ? &tally->rows[i].l2_key : NULL);
		if (per_second)
			*cell = table_rate(tally->rows[i].key, steps_ms(steps, tally->ncols));
	}
}

/*
 * tally_init() with a column for each step. If @reasons is not NULL, they also get
 * rows.
 */
static char *tally_steps(struct tally *tally, const struct step *steps, size_t nsteps, bool with_l2,
			 const struct dump_counts *reasons)
{
	const struct dump_counts **columns = must(calloc(nsteps + 1, sizeof(*columns)));
	char *error;

	for (size_t i = 0; i < nsteps; i++)
		columns[i] = &steps[i].exits;
	columns[nsteps] = reasons;
	error = tally_init(tally, steps[0].last->isa, columns, nsteps + !!reasons, nsteps, with_l2);
	tally->ncols = nsteps;
	free(columns);
	return error;
}

struct table *view_steps(const struct step *steps, size_t nsteps,
			 const struct view_options *options, char **error)
{
	enum dump_isa isa = steps[0].last->isa;
	struct table *table = NULL;
	struct tally tally;
	size_t taken;

	*error = tally_steps(&tally, steps, nsteps, true, options->reasons);
	if (!*error)
		*error = check_wanted(&tally, options);
	if (*error)
		goto out;
	taken = reasons_taken(&tally);
	if (!options->reasons)
		tally_drop_zero(&tally);
	table = table_new(text(COUNTED ", %s: " COUNTED ", " COUNTED "%s", COUNT(nsteps, "step"),
			       dump_isa_name(isa), COUNT(tally.key, "exit"),
			       COUNT(taken, "reason"),
			       options->per_second && !options->lists ? ", in exits per second" : ""));
	table_property(table, "steps", table_number(TABLE_COUNT, nsteps));
	table_property(table, "isa", table_string(dump_isa_name(isa)));
	table_property(table, "exits", table_number(TABLE_COUNT, tally.key));
	table_property(table, "reasons", table_number(TABLE_COUNT, taken));
	arrange(&tally, options);
	if (options->lists)
		steps_list(table, &tally, steps, options->reasons, options->per_second);
	else
		steps_matrix(table, &tally, steps, options->per_second);
out:
	tally_free(&tally);
	return table;
}

/* The exits of one kind or reason in one log, in the compared steps. */
struct taken {
	const struct tally_row **rows;	/* its reasons, in code order */
	size_t nrows;
	uint64_t *n;			/* the exits in each step */
	uint64_t key;			/* the exits in all steps */
};

struct kind {
	char *name;
	const char *code;		/* of a single reason, else "" */
	bool others;			/* the sum of several kinds */
	size_t rank;
	struct taken taken[2];
};

/* The steps of two logs; index 0 is the one shown first. */
struct comparison {
	enum dump_isa isas[2];
	bool one_isa;			/* kinds are single reasons */
	const char *labels[2];
	struct tally tallies[2];
	const struct step *steps;	/* for their names */
	size_t nsteps;
	struct kind *kinds;
	size_t nkinds;
};

static void kind_add(struct kind *kind, size_t side, const struct tally_row *row, size_t ncols)
{
	struct taken *taken = &kind->taken[side];

	taken->rows = grow(taken->rows, taken->nrows, sizeof(*taken->rows));
	taken->rows[taken->nrows++] = row;
	/* this cannot overflow: the sum of the log's rows did not */
	for (size_t col = 0; col < ncols; col++)
		taken->n[col] += row->n[col];
	taken->key += row->key;
}

static void kind_free(struct kind *kind)
{
	for (size_t side = 0; side < 2; side++) {
		free(kind->taken[side].rows);
		free(kind->taken[side].n);
	}
	free(kind->name);
}

/*
 * Return the name of the kind of a reason without an equivalent. Several codes have
 * the name "unnamed", so their kinds get the code too.
 */
static char *own_kind(const struct tally_row *row)
{
	return strcmp(row->name, "unnamed") ? text("%s", row->name) :
					      text("%s %s", row->name, row->code);
}

static void kind_init(struct kind *kind, char *name, const char *code, size_t ncols)
{
	kind->name = name;
	kind->code = code;
	for (size_t side = 0; side < 2; side++)
		kind->taken[side].n = must(calloc(ncols, sizeof(uint64_t)));
}

/*
 * Find the kinds that either log has: first those of reason_kinds, then reasons
 * without an equivalent.
 */
static void find_kinds(struct comparison *c)
{
	size_t own = nr_reason_kinds;

	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; i < c->tallies[side].nrows; i++) {
			const struct tally_row *row = &c->tallies[side].rows[i];
			const struct reason_kind *same = reason_kind_find(c->isas[side], row->name);
			struct kind *kind = &c->kinds[same ? (size_t)(same - reason_kinds) : own++];

			if (!kind->name)
				kind_init(kind, same ? text("%s", same->name) : own_kind(row), "",
					  c->nsteps);
			kind_add(kind, side, row, c->nsteps);
		}
	}
	for (size_t i = 0; i < own; i++) {
		if (c->kinds[i].name) {
			c->kinds[i].rank = c->nkinds;
			c->kinds[c->nkinds++] = c->kinds[i];
		}
	}
}

/* Find the reasons that either log has. A code with two names is two reasons. */
static void find_reasons(struct comparison *c)
{
	const struct tally *a = &c->tallies[0], *b = &c->tallies[1];
	size_t i = 0, k = 0;

	while (i < a->nrows || k < b->nrows) {
		const struct tally_row *x = i < a->nrows ? &a->rows[i] : NULL;
		const struct tally_row *y = k < b->nrows ? &b->rows[k] : NULL;
		int cmp = !x ? 1 : !y ? -1 : dump_row_cmp(x->row, y->row);
		struct kind *kind = &c->kinds[c->nkinds];

		if (!cmp)
			cmp = strcmp(x->name, y->name);
		if (cmp > 0)
			x = y;
		kind_init(kind, text("%s", x->name), x->code, c->nsteps);
		kind->rank = c->nkinds++;
		if (cmp <= 0)
			kind_add(kind, 0, &a->rows[i++], c->nsteps);
		if (cmp >= 0)
			kind_add(kind, 1, &b->rows[k++], c->nsteps);
	}
}

/* Compare by the sum of both logs, highest first; kinds with the same sum by rank. */
static int kind_cmp(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;
	unsigned __int128 m = (unsigned __int128)x->taken[0].key + x->taken[1].key;
	unsigned __int128 n = (unsigned __int128)y->taken[0].key + y->taken[1].key;

	if (m != n)
		return m < n ? 1 : -1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Does the name of @kind or of one of its reasons match the option --reason? */
static bool kind_wanted(const struct view_options *options, const struct kind *kind)
{
	bool match = wanted(options, kind->name);

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < kind->taken[side].nrows; i++)
			match |= wanted(options, kind->taken[side].rows[i]->name);
	return match;
}

/* Return the error that no kind and no reason matches the option --reason. */
static char *no_kind_wanted(const struct comparison *c, const struct view_options *options)
{
	const char **names = must(calloc(c->nkinds + c->tallies[0].nrows + c->tallies[1].nrows + 1,
					 sizeof(*names)));
	size_t n = 0;
	char *error;

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < c->tallies[side].nrows; i++)
			names[n++] = c->tallies[side].rows[i].name;
	for (size_t i = 0; i < c->nkinds; i++)
		names[n++] = c->kinds[i].name;
	error = none_wanted(options, c->one_isa ? "reason" : "kind or reason", names, n);
	free(names);
	return error;
}

/* As arrange(), for kinds. Return an error if --reason matches none. */
static char *arrange_kinds(struct comparison *c, const struct view_options *options)
{
	bool *first = must(calloc(c->nkinds + 1, sizeof(*first)));
	size_t found, top, others;
	struct kind *sum;

	if (options->by_count)
		qsort(c->kinds, c->nkinds, sizeof(*c->kinds), kind_cmp);
	for (size_t i = 0; i < c->nkinds; i++)
		first[i] = kind_wanted(options, &c->kinds[i]);
	found = to_front(c->kinds, c->nkinds, sizeof(*c->kinds), first);
	free(first);
	if (options->reason && !found)
		return no_kind_wanted(c, options);
	top = top_of(options, found);
	others = c->nkinds - top;
	if (!others)
		return NULL;
	sum = &c->kinds[top];
	for (size_t i = top + 1; i < c->nkinds; i++) {
		for (size_t side = 0; side < 2; side++) {
			const struct taken *taken = &c->kinds[i].taken[side];

			for (size_t k = 0; k < taken->nrows; k++)
				kind_add(sum, side, taken->rows[k], c->nsteps);
		}
		kind_free(&c->kinds[i]);
	}
	free(sum->name);
	sum->name = text("(%zu other%s)", others, others == 1 ? "" : "s");
	sum->code = "";
	sum->others = true;
	c->nkinds = top + 1;
	return NULL;
}

/* Return the first @shown reasons and the number of others. The caller frees it. */
static char *join_reasons(const struct taken *taken, size_t shown)
{
	char *joined = text("%s", taken->rows[0]->name), *longer;

	for (size_t i = 1; i <= shown && i < taken->nrows; i++) {
		longer = i < shown ? text("%s + %s", joined, taken->rows[i]->name) :
				     text("%s + %zu more", joined, taken->nrows - shown);
		free(joined);
		joined = longer;
	}
	return joined;
}

/* The maximum width of a list of reasons, so that the steps fit on the screen */
#define REASONS_WIDTH 40

/* Return the reasons of @taken as text; the caller frees it. */
static char *reasons_text(const struct kind *kind, const struct taken *taken)
{
	char *joined;

	if (kind->others)
		return text(COUNTED, COUNT(taken->nrows, "reason"));
	if (!taken->nrows)
		return text("-");
	for (size_t shown = taken->nrows;; shown--) {
		joined = join_reasons(taken, shown);
		if (shown == 1 || strlen(joined) <= REASONS_WIDTH)
			return joined;
		free(joined);
	}
}

/* Add the row of @kind, or of the total if it is NULL, for one log. */
static void compare_row(struct table *table, const struct comparison *c, const struct kind *kind,
			size_t side)
{
	struct table_cell *cell = table_row(table, kind ? TABLE_ROWS : TABLE_TOTAL);
	const uint64_t *n = kind ? kind->taken[side].n : c->tallies[side].sum;
	char *reasons;

	/* only the first row of a kind has its name */
	if (!side)
		cell[c->one_isa] = table_string(kind ? kind->name : "total");
	if (!side && kind && *kind->code)
		cell[0] = table_string(kind->code);
	cell[1 + c->one_isa] = table_string(c->labels[side]);
	if (kind && !c->one_isa) {
		reasons = reasons_text(kind, &kind->taken[side]);
		cell[2] = table_string(reasons);
		free(reasons);
	}
	for (size_t col = 0; col < c->nsteps; col++)
		cell[3 + col] = table_number(TABLE_DOTTED, n[col]);
	cell[3 + c->nsteps] = table_number(TABLE_COUNT, kind ? kind->taken[side].key :
							       c->tallies[side].key);
}

/* Add two rows for each kind, a column for each step, and the totals. */
static void compare_matrix(struct table *table, const struct comparison *c)
{
	if (c->one_isa) {
		code_columns(table);
		table_column(table, "log", "log", true);
	} else {
		table_column(table, "kind", "kind", true);
		table_column(table, "isa", "isa", true);
		table_column(table, "reasons", "reasons", true);
	}
	for (size_t i = 0; i < c->nsteps; i++)
		sum_column(table, c->steps[i].name, c->steps[i].name);
	sum_column(table, "total", "total");
	table_group(table, 2);
	for (size_t i = 0; i < 2 * c->nkinds; i++)
		compare_row(table, c, &c->kinds[i / 2], i % 2);
	for (size_t side = 0; side < 2; side++)
		compare_row(table, c, NULL, side);
}

/*
 * Add a row of the list. @kind is NULL in a total over all kinds, @step in one over all
 * steps. Return the cells for code and reason, which are empty unless both logs have
 * one isa.
 */
static struct table_cell *compare_list_row(struct table *table, const struct comparison *c,
					   enum table_section section, const struct kind *kind,
					   size_t side, const struct step *step, uint64_t exits)
{
	struct table_cell *cell = table_row(table, section);

	if (!c->one_isa && kind)
		cell[0] = table_string(kind->name);
	cell += !c->one_isa;
	cell[0] = table_string(c->labels[side]);
	if (step)
		cell[1] = table_string(step->name);
	if (c->one_isa && kind && *kind->code)
		cell[2] = table_string(kind->code);
	if (c->one_isa && kind)
		cell[3] = table_string(kind->name);
	cell[4] = table_number(TABLE_COUNT, exits);
	return cell + 2;
}

/* Add a row for each reason of @kind in one log and step, or one row for "others". */
static void compare_list_kind(struct table *table, const struct comparison *c,
			      const struct kind *kind, size_t side, size_t col)
{
	const struct taken *taken = &kind->taken[side];
	struct table_cell *cell;

	for (size_t i = 0; !kind->others && i < taken->nrows; i++) {
		if (!taken->rows[i]->n[col])
			continue;
		cell = compare_list_row(table, c, TABLE_ROWS, kind, side, &c->steps[col],
					taken->rows[i]->n[col]);
		if (!c->one_isa)
			code_cells(cell, taken->rows[i], false);
	}
	if (kind->others && taken->n[col]) {
		char *reasons = reasons_text(kind, taken);

		cell = compare_list_row(table, c, TABLE_ROWS, kind, side, &c->steps[col],
					taken->n[col]);
		if (!c->one_isa)
			cell[1] = table_string(reasons);
		free(reasons);
	}
}

/* Add a row for each kind, log, step and reason. */
static void compare_list(struct table *table, const struct comparison *c)
{
	if (!c->one_isa)
		table_column(table, "kind", "kind", true);
	table_column(table, c->one_isa ? "log" : "isa", c->one_isa ? "log" : "isa", true);
	table_column(table, "step", "step", true);
	code_columns(table);
	table_column(table, "exits", "exits", false);
	for (size_t i = 0; i < 2 * c->nkinds; i++)
		for (size_t col = 0; col < c->nsteps; col++)
			compare_list_kind(table, c, &c->kinds[i / 2], i % 2, col);
	for (size_t side = 0; side < 2; side++)
		for (size_t col = 0; col < c->nsteps; col++)
			compare_list_row(table, c, TABLE_TOTAL, NULL, side, &c->steps[col],
					 c->tallies[side].sum[col]);
	/* skip zeros: two kinds, one of each isa, may have the same name */
	for (size_t i = 0; i < 2 * c->nkinds; i++)
		if (c->kinds[i / 2].taken[i % 2].key)
			compare_list_row(table, c, TABLE_TOTAL, &c->kinds[i / 2], i % 2, NULL,
					 c->kinds[i / 2].taken[i % 2].key);
}

/*
 * Return the table with its head line, which has the exits of both logs. In JSON these
 * are named after the isas, or "first" and "second" if both logs have one isa.
 */
static struct table *compare_table(const struct comparison *c)
{
	static const char *const keys[] = {
		[DUMP_ISA_VMX] = "vmx_exits", [DUMP_ISA_SVM] = "svm_exits",
	};
	static const char *const logs[2][2] = {
		{ "first", "first_exits" }, { "second", "second_exits" },
	};
	const char *isa = dump_isa_name(c->isas[0]);
	struct table *table;

	table = table_new(text(COUNTED "%s%s: " COUNTED " on %s, %" PRIu64 " on %s, " COUNTED,
			       COUNT(c->nsteps, "step"), c->one_isa ? ", " : "",
			       c->one_isa ? isa : "", COUNT(c->tallies[0].key, "exit"),
			       c->labels[0], c->tallies[1].key, c->labels[1],
			       COUNT(c->nkinds, c->one_isa ? "reason" : "kind")));
	table_property(table, "steps", table_number(TABLE_COUNT, c->nsteps));
	if (c->one_isa)
		table_property(table, "isa", table_string(isa));
	for (size_t side = 0; side < 2; side++) {
		if (c->one_isa)
			table_property(table, logs[side][0], table_string(c->labels[side]));
		table_property(table, c->one_isa ? logs[side][1] : keys[c->isas[side]],
			   table_number(TABLE_COUNT, c->tallies[side].key));
	}
	table_property(table, c->one_isa ? "reasons" : "kinds", table_number(TABLE_COUNT, c->nkinds));
	return table;
}

/* Label the logs with their isas if they differ, else their hosts, else their files. */
static void compare_labels(struct comparison *c, const struct dump *a, const char *a_file,
			   const struct dump *b, const char *b_file)
{
	bool one_host = !strcmp(a->host, b->host);

	c->labels[0] = !c->one_isa ? dump_isa_name(a->isa) : one_host ? a_file : a->host;
	c->labels[1] = !c->one_isa ? dump_isa_name(b->isa) : one_host ? b_file : b->host;
}

struct table *view_compare(const struct step *a, const char *a_file, const struct step *b,
			   const char *b_file, size_t nsteps, const struct view_options *options,
			   char **error)
{
	struct comparison c = {
		.isas = { a[0].last->isa, b[0].last->isa },
		.one_isa = a[0].last->isa == b[0].last->isa,
		.steps = a, .nsteps = nsteps,
	};
	struct table *table = NULL;

	*error = NULL;
	for (size_t side = 0; !*error && side < 2; side++) {
		*error = tally_steps(&c.tallies[side], side ? b : a, nsteps, false, NULL);
		/* "also" rows are not shown: other rows include their exits */
		tally_drop_zero(&c.tallies[side]);
	}
	if (*error)
		goto out;
	c.kinds = must(calloc(nr_reason_kinds + c.tallies[0].nrows + c.tallies[1].nrows, sizeof(*c.kinds)));
	if (c.one_isa)
		find_reasons(&c);
	else
		find_kinds(&c);
	compare_labels(&c, a[0].last, a_file, b[0].last, b_file);
	table = compare_table(&c);
	*error = arrange_kinds(&c, options);
	if (*error) {
		table_free(table);
		table = NULL;
	} else if (options->lists)
		compare_list(table, &c);
	else
		compare_matrix(table, &c);
out:
	for (size_t i = 0; i < c.nkinds; i++)
		kind_free(&c.kinds[i]);
	free(c.kinds);
	for (size_t side = 0; side < 2; side++)
		tally_free(&c.tallies[side]);
	return table;
}

static const char *const part_names[TIMES_PARTS] = {
	[TIMES_FASTPATH] = "fastpath", [TIMES_KERNEL] = "kernel", [TIMES_USER] = "user",
	[TIMES_HALTED] = "halted", [TIMES_SCHED_OUT] = "sched_out",
};

/* Nanoseconds as microseconds. */
static struct table_cell us_cell(uint64_t ns)
{
	return table_number(TABLE_THOUSANDTHS, ns);
}

/* Add the columns of times. Text and markdown have the parts in percent, others in us. */
static void times_columns(struct table *table, const struct view_options *options, bool max)
{
	sum_column(table, "exits", "exits");
	sum_column(table, "time us", "time_us");
	table_column(table, "mean us", "mean_us", false);
	if (max)
		table_column(table, "longest us", "max_us", false);
	for (size_t i = 0; i < TIMES_PARTS; i++) {
		char *key = text("%s_us", part_names[i]);

		table_column(table, part_names[i], options->lists ? key : part_names[i], false);
		free(key);
	}
}

static void times_cells(struct table_cell *cell, const struct times_row *row,
			const struct view_options *options, bool max)
{
	*cell++ = table_number(TABLE_COUNT, row->number);
	*cell++ = us_cell(row->sum);
	/* time without exits is of exits that had not ended */
	if (row->number)
		*cell = us_cell(row->sum / row->number);
	cell++;
	if (max)
		*cell++ = *row->code || row->max ? us_cell(row->max) : (struct table_cell){};
	for (size_t i = 0; i < TIMES_PARTS; i++)
		if (options->lists)
			*cell++ = us_cell(row->parts[i]);
		else if (row->parts[i])
			*cell++ = table_share(row->parts[i], row->sum);
		else
			*cell++ = table_number(TABLE_DOTTED, 0);
}

/* As arrange(), for times. Free with times_rows_free(). */
static struct times_rows arrange_times(const struct times_rows *rows,
				       const struct view_options *options)
{
	struct times_rows arranged = times_arrange(rows, options->by_count, 0), others;
	bool *first = must(calloc(arranged.nrows + 1, sizeof(*first)));
	struct times_row sum;
	size_t top;
	char *name;

	for (size_t i = 0; i < arranged.nrows; i++)
		first[i] = wanted(options, arranged.rows[i].name);
	top = top_of(options, to_front(arranged.rows, arranged.nrows, sizeof(*arranged.rows),
				       first));
	free(first);
	if (top == arranged.nrows)
		return arranged;
	others = (struct times_rows){ arranged.rows + top, arranged.nrows - top };
	name = text("(%zu other%s)", others.nrows, others.nrows == 1 ? "" : "s");
	sum = times_sum(&others, name);
	free(name);
	for (size_t i = 0; i < others.nrows; i++)
		free(others.rows[i].name);
	others.rows[0] = sum;
	arranged.nrows = top + 1;
	return arranged;
}

/* As check_wanted(), for the times of @n steps or, if @steps is NULL, of @rows. */
static char *check_wanted_times(const struct times_step *steps, size_t n,
				const struct times_rows *rows, const struct view_options *options)
{
	const char **names = NULL;
	bool found = !options->reason;
	size_t nnames = 0;
	char *error = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct times_rows *some = steps ? &steps[i].rows : rows;

		for (size_t k = 0; k < some->nrows; k++) {
			names = grow(names, nnames, sizeof(*names));
			names[nnames++] = some->rows[k].name;
			found |= wanted(options, some->rows[k].name);
		}
	}
	if (!found)
		error = none_wanted(options, "reason", names, nnames);
	free(names);
	return error;
}

struct table *view_times(const struct times *times, const struct view_options *options,
			 char **error)
{
	struct times_rows rows;
	struct table_cell *cell;
	struct times_row sum;
	struct table *table;
	char *who;

	*error = check_wanted_times(NULL, 1, &times->rows, options);
	if (*error)
		return NULL;
	rows = arrange_times(&times->rows, options);
	sum = times_sum(&times->rows, "total");
	who = whose_then(&times->whose);
	table = table_new(text("times of exits, %s, %s, up " SECONDS " s: " COUNTED,
			       dump_isa_name(times->whose.isa), who,
			       SECONDS_OF(times->whose.uptime_ms), COUNT(sum.number, "exit")));
	free(who);
	table_property(table, "isa", table_string(dump_isa_name(times->whose.isa)));
	whose_properties_then(table, &times->whose);
	table_property(table, "uptime", table_number(TABLE_THOUSANDTHS, times->whose.uptime_ms));
	code_columns(table);
	times_columns(table, options, true);
	for (size_t i = 0; i < rows.nrows; i++) {
		cell = table_row(table, TABLE_ROWS);
		if (*rows.rows[i].code)
			cell[0] = table_string(rows.rows[i].code);
		cell[1] = table_string(rows.rows[i].name);
		times_cells(cell + 2, &rows.rows[i], options, true);
	}
	cell = table_row(table, TABLE_TOTAL);
	cell[1] = table_string("total");
	times_cells(cell + 2, &sum, options, true);
	free(sum.name);
	times_rows_free(&rows);
	return table;
}

/* A row for each step: its length, and the times of all its exits. */
static struct table *times_of_steps(const struct times_step *steps, size_t nsteps,
				    const struct view_options *options)
{
	const struct dump *first = &steps[0].first->whose;
	bool several = false, hosts = false;
	struct table *table;
	char *who;

	for (size_t i = 1; i < nsteps; i++) {
		several |= !dump_same_life(&steps[i].first->whose, first);
		hosts |= strcmp(steps[i].first->whose.host, first->host);
	}
	who = several ? text("several %s", hosts ? "hosts" : "VMs") : whose(first);
	table = table_new(text("all exits of each step, %s, %s", dump_isa_name(first->isa), who));
	free(who);
	table_property(table, "isa", table_string(dump_isa_name(first->isa)));
	if (!several)
		whose_properties(table, first);
	table_column(table, "step", "step", true);
	if (several) {
		table_column(table, "host", "host", true);
		table_column(table, "scope", "scope", true);
	}
	table_column(table, "length us", "length_us", false);
	times_columns(table, options, false);
	for (size_t i = 0; i < nsteps; i++) {
		const struct dump *dump = &steps[i].first->whose;
		struct times_row sum = times_sum(&steps[i].rows, "");
		struct table_cell *cell = table_row(table, TABLE_ROWS);

		*cell++ = table_string(steps[i].name);
		if (several) {
			char *scope = dump_scope_text(dump);

			*cell++ = table_string(dump->host);
			*cell++ = table_string(scope);
			free(scope);
		}
		*cell++ = us_cell((steps[i].last->whose.uptime_ms - dump->uptime_ms) * 1000000);
		times_cells(cell, &sum, options, false);
		free(sum.name);
	}
	return table;
}

/* A row for each reason in each step. */
static struct table *times_of_reasons(const struct times_step *steps, size_t nsteps,
				      const struct view_options *options)
{
	struct table *table = table_new(text("by reason"));

	table_column(table, "step", "step", true);
	code_columns(table);
	times_columns(table, options, false);
	for (size_t i = 0; i < nsteps; i++) {
		struct times_rows rows = arrange_times(&steps[i].rows, options);

		for (size_t k = 0; k < rows.nrows; k++) {
			struct table_cell *cell = table_row(table, TABLE_ROWS);

			cell[0] = table_string(steps[i].name);
			if (*rows.rows[k].code)
				cell[1] = table_string(rows.rows[k].code);
			cell[2] = table_string(rows.rows[k].name);
			times_cells(cell + 3, &rows.rows[k], options, false);
		}
		times_rows_free(&rows);
	}
	return table;
}

struct table *view_times_steps(const struct times_step *steps, size_t nsteps,
			       const struct view_options *options, char **error)
{
	struct table *table;

	*error = check_wanted_times(steps, nsteps, NULL, options);
	if (*error)
		return NULL;
	if (options->csv && !options->steps_only)
		return times_of_reasons(steps, nsteps, options);
	table = times_of_steps(steps, nsteps, options);
	if (!options->steps_only)
		table_below(table, "reasons", times_of_reasons(steps, nsteps, options));
	return table;
}
