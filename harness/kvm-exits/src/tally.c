// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "tally.h"

#define PLACE "%s:%" PRIu64

static int name_cmp(const struct dump_row *a, const struct dump_row *b)
{
	return strcmp(a->name, b->name);
}

/* Return the error that @from cannot be subtracted from @to because of @what. Free @what. */
static char *refused(const struct dump *from, const struct dump *to, char *what)
{
	char a[DUMP_LABEL_SIZE], b[DUMP_LABEL_SIZE];
	char *error = text("cannot subtract dump %s (" PLACE ") from dump %s (" PLACE "): %s",
			   dump_label(from, a), from->first.file, from->first.line,
			   dump_label(to, b), to->first.file, to->first.line, what);

	free(what);
	return error;
}

/* Return the error that two dumps of one life are inconsistent: @what. Free @what. */
static char *contradicted(const struct dump *from, const struct dump *to, char *what)
{
	char *error = refused(from, to,
			      text("both are of host %s with kvm.ko loaded at %s, but %s",
				   from->host, from->loaded, what));

	free(what);
	return error;
}

/* Return "host web1 with kvm.ko loaded at ...". The caller frees it. */
static char *life_text(const struct dump *dump)
{
	char *scope = dump_scope_text(dump);
	char *life = dump->scope == DUMP_SCOPE_HOST ?
		     text("host %s with kvm.ko loaded at %s", dump->host, dump->loaded) :
		     text("VM %s on host %s with kvm.ko loaded at %s", scope, dump->host,
			  dump->loaded);

	free(scope);
	return life;
}

char *dump_one_life(const struct dump *from, const struct dump *to)
{
	char *a, *b, *error;

	if (dump_same_life(from, to))
		return NULL;
	a = life_text(from);
	b = life_text(to);
	error = refused(from, to, text("the first is of %s, the second of %s", a, b));
	free(a);
	free(b);
	return error;
}

/*
 * Set @out to the change of one row; @a is NULL if @from has no such row. "since" of @to
 * is the change since the previous dump number. If that is @from, it equals the change.
 * If it is a later dump, its count was not lower than in @from, so "since" is at most
 * the change. Dump number 0 says nothing about "since".
 */
static char *diff_row(const struct dump *from, const struct dump *to, const struct dump_row *a,
		      const struct dump_row *b, struct dump_row *out)
{
	static const struct dump_row none;
	const struct dump_row *before = a ? a : &none;
	uint64_t change = b->total - before->total;

	if (a && strcmp(a->name, b->name))
		return contradicted(from, to, text("one code has the names %s and %s", a->name,
						   b->name));
	if (b->total < before->total)
		return contradicted(from, to, text("%s went down from %" PRIu64 " to %" PRIu64,
						   b->name, before->total, b->total));
	if (b->l2 < before->l2)
		return contradicted(from, to, text("exits from L2 for %s went down from %" PRIu64
						   " to %" PRIu64, b->name, before->l2, b->l2));
	if (from->number && to->number > from->number &&
	    (to->number - from->number == 1 ? b->since != change : b->since > change))
		return contradicted(from, to, text("%s changed by %" PRIu64
						   ", but the second dump has since=+%" PRIu64,
						   b->name, change, b->since));
	*out = *b;
	out->total = change;
	out->since = 0;
	out->l2 = b->l2 - before->l2;
	return NULL;
}

/* Subtract the rows @a of @from from the rows @b of @to. Both are in the order of @cmp. */
static char *diff_rows(const struct dump *from, const struct dump *to,
		       const struct dump_row *a, size_t na, const struct dump_row *b, size_t nb,
		       int (*cmp)(const struct dump_row *, const struct dump_row *),
		       struct dump_row *out)
{
	size_t i = 0;
	char *error;

	for (size_t k = 0; k < nb; k++) {
		bool both = i < na && !cmp(&a[i], &b[k]);

		if (i < na && cmp(&a[i], &b[k]) < 0)
			break;
		error = diff_row(from, to, both ? &a[i] : NULL, &b[k], &out[k]);
		if (error)
			return error;
		i += both;
	}
	if (i < na)
		return contradicted(from, to, text("%s went down from %" PRIu64 " to 0",
						   a[i].name, a[i].total));
	return NULL;
}

/* Check two dumps except for their rows. */
static char *diff_heads(const struct dump *from, const struct dump *to)
{
	char *error = dump_one_life(from, to);

	if (error)
		return error;
	if (from->isa != to->isa)
		return contradicted(from, to, text("one has exit reasons of %s, the other of %s",
						   dump_isa_name(from->isa),
						   dump_isa_name(to->isa)));
	if (from->cpus_possible != to->cpus_possible)
		return contradicted(from, to, text("the number of possible CPUs changed from %"
						   PRIu64 " to %" PRIu64, from->cpus_possible,
						   to->cpus_possible));
	if (to->uptime_ms < from->uptime_ms)
		return contradicted(from, to, text("the uptime went down"));
	if (!from->number || !to->number)
		return NULL;
	if (to->number < from->number)
		return contradicted(from, to, text("the dump number went down"));
	if (to->number == from->number && to->crc != from->crc)
		return contradicted(from, to, text("two different dumps have the same number"));
	return NULL;
}

char *dump_diff(const struct dump *from, const struct dump *to, struct dump_counts *out)
{
	const struct dump_counts *a = &from->counts, *b = &to->counts;
	char *error = diff_heads(from, to);

	*out = (struct dump_counts){
		.rows = must(calloc(b->nrows + 1, sizeof(*out->rows))),
		.nrows = b->nrows,
		.also = must(calloc(b->nalso + 1, sizeof(*out->also))),
		.nalso = b->nalso,
		.has_l2 = a->has_l2 || b->has_l2,
	};
	if (!error)
		error = diff_rows(from, to, a->rows, a->nrows, b->rows, b->nrows, dump_row_cmp,
				  out->rows);
	if (!error)
		error = diff_rows(from, to, a->also, a->nalso, b->also, b->nalso, name_cmp,
				  out->also);
	if (error) {
		dump_counts_free(out);
		*out = (struct dump_counts){ 0 };
	}
	return error;
}

void dump_counts_free(struct dump_counts *counts)
{
	free(counts->rows);
	free(counts->also);
}

static int age_cmp(const void *a, const void *b)
{
	return dump_age_cmp(*(struct dump *const *)a, *(struct dump *const *)b);
}

char *dump_log_diff(const struct dump_log *log, size_t from, size_t to, struct dump_counts *out)
{
	const struct dump *first = log->dumps[from], *last = log->dumps[to];
	char *error = dump_one_life(first, last);
	struct dump **between;
	size_t n = 0;

	*out = (struct dump_counts){ 0 };
	if (error)
		return error;
	between = must(calloc(log->ndumps, sizeof(*between)));
	for (size_t i = 0; i < log->ndumps; i++) {
		struct dump *dump = log->dumps[i];

		if (!dump->problem && dump_same_life(first, dump) &&
		    dump_age_cmp(first, dump) <= 0 && dump_age_cmp(dump, last) <= 0)
			between[n++] = dump;
	}
	qsort(between, n, sizeof(*between), age_cmp);
	for (size_t i = 1; !error && i < n; i++) {
		const struct dump *before = between[i - 1], *dump = between[i];

		error = dump_diff(before, dump, out);
		dump_counts_free(out);
		*out = (struct dump_counts){ 0 };
		if (!error && dump->number && dump->number == before->number)
			error = contradicted(before, dump, text("both have the same number"));
	}
	free(between);
	return error ? error : dump_diff(first, last, out);
}

/* Check that all damaged dumps are wholly before the first mark or after the last one. */
static char *steps_damage(const struct dump_log *log)
{
	uint64_t begin = log->marks[0].at.order, end = log->marks[log->nmarks - 1].at.order;

	for (size_t i = 0; i < log->ndumps; i++) {
		const struct dump *dump = log->dumps[i];
		char label[DUMP_LABEL_SIZE];

		if (dump->problem && dump->last.order > begin &&
		    !(dump->begun && dump->first.order > end))
			return text(PLACE ": dump %s is damaged among the steps: %s",
				    dump->problem_at.file, dump->problem_at.line,
				    dump_label(dump, label), dump->problem);
	}
	return NULL;
}

/* Check that no dump is missing between two neighbours, at least one of them in @step. */
static char *steps_gap(const struct step *step, const struct dump *a, const struct dump *b)
{
	if (a->problem || b->problem || !dump_same_life(a, b))
		return NULL;
	if (!a->number || b->number <= a->number || b->number - a->number == 1)
		return NULL;
	return text(PLACE ": dump %" PRIu64 " follows dump %" PRIu64
		    ": the missing dump may belong to step %s",
		    b->first.file, b->first.line, b->number, a->number, step->name);
}

/* Fill in @step from the dumps from index *@next to the mark @end. Update *@next. */
static char *steps_read(const struct dump_log *log, struct step *step,
			const struct dump_mark *begin, const struct dump_mark *end, size_t *next)
{
	size_t i = *next, first;
	char *error = NULL;

	for (; i < log->ndumps && log->dumps[i]->first.order < begin->at.order; i++)
		if (log->dumps[i]->last.order > begin->at.order)
			return text(PLACE ": the begin mark of step %s is inside dump %" PRIu64,
				    begin->at.file, begin->at.line, step->name,
				    log->dumps[i]->number);
	first = i;
	for (; i < log->ndumps && log->dumps[i]->first.order < end->at.order; i++)
		if (log->dumps[i]->last.order > end->at.order)
			return text(PLACE ": the end mark of step %s is inside dump %" PRIu64,
				    end->at.file, end->at.line, step->name,
				    log->dumps[i]->number);
	*next = i;
	if (i - first < 2)
		return text(PLACE ": step %s needs at least two dumps, but has %zu",
			    begin->at.file, begin->at.line, step->name, i - first);
	step->first = log->dumps[first];
	step->last = log->dumps[i - 1];
	for (size_t k = first ? first : 1; !error && k <= i && k < log->ndumps; k++)
		error = steps_gap(step, log->dumps[k - 1], log->dumps[k]);
	for (size_t k = first + 1; !error && k < i; k++)
		error = dump_one_life(log->dumps[first], log->dumps[k]);
	if (!error)
		error = dump_log_diff(log, first, i - 1, &step->exits);
	return error;
}

static int step_name_cmp(const void *a, const void *b)
{
	const struct dump_mark *x = *(struct dump_mark *const *)a, *y = *(struct dump_mark *const *)b;
	int cmp = strcmp(x->name, y->name);

	return cmp ? cmp : (x->at.order > y->at.order) - (x->at.order < y->at.order);
}

char *dump_log_marks(const struct dump_log *log)
{
	const struct dump_mark **begins = must(calloc(log->nmarks, sizeof(*begins)));
	const struct dump_mark *open = NULL;
	size_t n = 0;
	char *error = NULL;

	for (size_t i = 0; !error && i < log->nmarks; i++) {
		const struct dump_mark *mark = &log->marks[i];

		if (mark->kind == DUMP_MARK_TORN) {
			error = text(PLACE ": torn step mark", mark->at.file, mark->at.line);
		} else if (mark->kind == DUMP_MARK_BEGIN && open) {
			error = text(PLACE ": step %s begins inside step %s", mark->at.file,
				     mark->at.line, mark->name, open->name);
		} else if (mark->kind == DUMP_MARK_BEGIN) {
			open = begins[n++] = mark;
		} else if (!open) {
			error = text(PLACE ": step %s ends, but never began", mark->at.file,
				     mark->at.line, mark->name);
		} else if (strcmp(open->name, mark->name)) {
			error = text(PLACE ": step %s ends inside step %s", mark->at.file,
				     mark->at.line, mark->name, open->name);
		} else {
			open = NULL;
		}
	}
	if (!error && open)
		error = text(PLACE ": step %s begins, but never ends", open->at.file, open->at.line,
			     open->name);
	qsort(begins, n, sizeof(*begins), step_name_cmp);
	for (size_t i = 1; !error && i < n; i++)
		if (!strcmp(begins[i - 1]->name, begins[i]->name))
			error = text(PLACE ": step %s occurs twice", begins[i]->at.file,
				     begins[i]->at.line, begins[i]->name);
	free(begins);
	return error;
}

char *dump_log_steps(const struct dump_log *log, struct step **steps, size_t *nsteps)
{
	size_t next = 0;
	char *error;

	*steps = must(calloc(log->nmarks + 1, sizeof(**steps)));
	*nsteps = 0;
	if (!log->nmarks)
		return text("no step marks in the log");
	error = dump_log_marks(log);
	if (!error)
		error = steps_damage(log);
	for (size_t i = 0; !error && i < log->nmarks; i += 2) {
		struct step *step = &(*steps)[(*nsteps)++];

		step->name = log->marks[i].name;
		error = steps_read(log, step, &log->marks[i], &log->marks[i + 1], &next);
		if (!error && step->last->isa != (*steps)[0].last->isa)
			error = text("step %s is of %s and step %s of %s: the log is of two hosts",
				     (*steps)[0].name, dump_isa_name((*steps)[0].last->isa),
				     step->name, dump_isa_name(step->last->isa));
	}
	return error;
}

void steps_free(struct step *steps, size_t nsteps)
{
	for (size_t i = 0; i < nsteps; i++)
		dump_counts_free(&steps[i].exits);
	free(steps);
}

/* A row of one column, to be merged with the rows of the same reason in other columns. */
struct cell {
	const struct dump_row *row;
	size_t col;
};

/* Compare by reason, then by column. */
static int cell_code_cmp(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int cmp = dump_row_cmp(x->row, y->row);

	return cmp ? cmp : (x->col > y->col) - (x->col < y->col);
}

static int cell_name_cmp(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int cmp = name_cmp(x->row, y->row);

	return cmp ? cmp : (x->col > y->col) - (x->col < y->col);
}

/* Merge @cells into rows. The cells of a reason are neighbours. */
static char *tally_merge(const struct tally *tally, enum dump_isa isa, size_t nkey,
			 const struct cell *cells, size_t ncells, bool also,
			 struct tally_row **rows, size_t *nrows)
{
	for (size_t i = 0; i < ncells; i++) {
		const struct dump_row *row = cells[i].row, *before = i ? cells[i - 1].row : NULL;
		struct tally_row *out;

		if (!before || (also ? name_cmp(before, row) : dump_row_cmp(before, row))) {
			*rows = grow(*rows, *nrows, sizeof(**rows));
			out = &(*rows)[(*nrows)++];
			*out = (struct tally_row){
				.name = must(strdup(row->name)),
				.row = row,
				.n = must(calloc(tally->ncols, sizeof(*out->n))),
				.l2 = must(calloc(tally->ncols, sizeof(*out->l2))),
			};
		} else if (strcmp(before->name, row->name)) {
			return text("one code has the names %s and %s: the log is of two kernels",
				    before->name, row->name);
		}
		out = &(*rows)[*nrows - 1];
		if (!also)
			dump_code_text(isa, row->code, out->code);
		out->n[cells[i].col] = row->total;
		if (tally->has_l2)
			out->l2[cells[i].col] = row->l2;
		if (cells[i].col < nkey &&
		    (__builtin_add_overflow(out->key, row->total, &out->key) ||
		     __builtin_add_overflow(out->l2_key, out->l2[cells[i].col], &out->l2_key)))
			return text("sum of %s exceeds 64 bits", row->name);
	}
	return NULL;
}

/* Sum up each column, and the keys. */
static char *tally_sum(struct tally *tally)
{
	for (size_t i = 0; i < tally->nrows; i++) {
		const struct tally_row *row = &tally->rows[i];

		for (size_t col = 0; col < tally->ncols; col++)
			if (__builtin_add_overflow(tally->sum[col], row->n[col],
						   &tally->sum[col]) ||
			    __builtin_add_overflow(tally->l2_sum[col], row->l2[col],
						   &tally->l2_sum[col]))
				return text("sum of a column exceeds 64 bits");
		if (__builtin_add_overflow(tally->key, row->key, &tally->key) ||
		    __builtin_add_overflow(tally->l2_key, row->l2_key, &tally->l2_key))
			return text("sum of all rows exceeds 64 bits");
	}
	return NULL;
}

char *tally_init(struct tally *tally, enum dump_isa isa, const struct dump_counts *const *counts,
		 size_t n, size_t nkey, bool with_l2)
{
	struct cell *cells;
	size_t nrows = 0, nalso = 0;
	char *error;

	*tally = (struct tally){
		.ncols = n,
		.sum = must(calloc(n, sizeof(*tally->sum))),
		.l2_sum = must(calloc(n, sizeof(*tally->l2_sum))),
	};
	for (size_t col = 0; col < n; col++) {
		tally->has_l2 |= with_l2 && counts[col]->has_l2;
		nrows += counts[col]->nrows;
		nalso += counts[col]->nalso;
	}

	cells = must(calloc(nrows + nalso + 1, sizeof(*cells)));
	nrows = 0;
	for (size_t col = 0; col < n; col++)
		for (size_t i = 0; i < counts[col]->nrows; i++)
			cells[nrows++] = (struct cell){ &counts[col]->rows[i], col };
	nalso = nrows;
	for (size_t col = 0; col < n; col++)
		for (size_t i = 0; i < counts[col]->nalso; i++)
			cells[nalso++] = (struct cell){ &counts[col]->also[i], col };
	nalso -= nrows;

	qsort(cells, nrows, sizeof(*cells), cell_code_cmp);
	qsort(cells + nrows, nalso, sizeof(*cells), cell_name_cmp);
	error = tally_merge(tally, isa, nkey, cells, nrows, false, &tally->rows, &tally->nrows);
	if (!error)
		error = tally_merge(tally, isa, nkey, cells + nrows, nalso, true, &tally->also,
				    &tally->nalso);
	free(cells);
	return error ? error : tally_sum(tally);
}

static void row_free(struct tally_row *row)
{
	free(row->name);
	free(row->n);
	free(row->l2);
}

void tally_free(struct tally *tally)
{
	for (size_t i = 0; i < tally->nrows; i++)
		row_free(&tally->rows[i]);
	for (size_t i = 0; i < tally->nalso; i++)
		row_free(&tally->also[i]);
	free(tally->rows);
	free(tally->also);
	free(tally->sum);
	free(tally->l2_sum);
}

static size_t drop_zero(struct tally_row *rows, size_t nrows)
{
	size_t kept = 0;

	for (size_t i = 0; i < nrows; i++) {
		if (rows[i].key || rows[i].l2_key)
			rows[kept++] = rows[i];
		else
			row_free(&rows[i]);
	}
	return kept;
}

void tally_drop_zero(struct tally *tally)
{
	tally->nrows = drop_zero(tally->rows, tally->nrows);
	tally->nalso = drop_zero(tally->also, tally->nalso);
}

struct ranked {
	struct tally_row row;
	size_t rank;
};

static int ranked_cmp(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->row.key != y->row.key)
		return x->row.key < y->row.key ? 1 : -1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

void tally_sort_by_count(struct tally *tally)
{
	struct ranked *ranked = must(calloc(tally->nrows + 1, sizeof(*ranked)));

	/* qsort() may be unstable: the rank keeps rows with the same key in order */
	for (size_t i = 0; i < tally->nrows; i++)
		ranked[i] = (struct ranked){ tally->rows[i], i };
	qsort(ranked, tally->nrows, sizeof(*ranked), ranked_cmp);
	for (size_t i = 0; i < tally->nrows; i++)
		tally->rows[i] = ranked[i].row;
	free(ranked);
}

void tally_top(struct tally *tally, size_t top)
{
	size_t others = tally->nrows > top ? tally->nrows - top : 0;
	struct tally_row *sum;

	if (!others)
		return;
	sum = &tally->rows[top];
	for (size_t i = top + 1; i < tally->nrows; i++) {
		/* this cannot overflow: the sum of all rows did not */
		for (size_t col = 0; col < tally->ncols; col++) {
			sum->n[col] += tally->rows[i].n[col];
			sum->l2[col] += tally->rows[i].l2[col];
		}
		sum->key += tally->rows[i].key;
		sum->l2_key += tally->rows[i].l2_key;
		row_free(&tally->rows[i]);
	}
	free(sum->name);
	sum->name = text("(%zu other%s)", others, others == 1 ? "" : "s");
	sum->code[0] = '\0';
	tally->nrows = top + 1;
}
