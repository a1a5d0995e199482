// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "tally.h"
#include "watch.h"

/* The exits of one reason, VM or vCPU. */
struct row {
	const struct dump *dump;	/* the VM's or the vCPU's, or one with the reason */
	const struct dump_row *reason;	/* of rows by reason */
	uint64_t total;
	uint64_t change;
	double per_second;
	uint64_t timed;			/* exits with times in @change */
	uint64_t ns;			/* the sum of their times */
	uint64_t top_change;		/* of the reason with the highest change */
	const char *top;
};

struct rows {
	struct row *rows;
	size_t n;
};

static void free_reading(struct live *live)
{
	if (live)
		live_free(live);
	free(live);
}

static void forget(struct watch *watch)
{
	free_reading(watch->base);
	if (watch->before != watch->base)
		free_reading(watch->before);
	if (watch->now != watch->before && watch->now != watch->base)
		free_reading(watch->now);
	watch->base = watch->before = watch->now = NULL;
}

/* Return the first dump of a reading, that of the host. */
static const struct dump *host(const struct live *live)
{
	return live->counters[0].dump;
}

/* Do the host's counters of @live continue those of @before? */
static bool continues(const struct live *before, const struct live *live)
{
	struct dump_counts change;
	char *error = dump_diff(host(before), host(live), &change);

	dump_counts_free(&change);
	free(error);
	return !error;
}

char *watch_read(struct watch *watch)
{
	struct live *live = must(calloc(1, sizeof(*live)));
	char *error = live_read(live, watch->debugfs, LIVE_VCPUS);

	if (error) {
		free_reading(live);
		return error;
	}
	if (watch->now && !continues(watch->now, live)) {
		free(watch->notice);
		watch->notice = text("the counters started at 0 again: kvm.ko was loaded at %s",
				     host(live)->loaded);
		forget(watch);
	}
	if (watch->before != watch->base)
		free_reading(watch->before);
	watch->before = watch->now;
	watch->now = live;
	return NULL;
}

void watch_reset(struct watch *watch)
{
	if (watch->base != watch->before && watch->base != watch->now)
		free_reading(watch->base);
	watch->base = watch->now;
}

void watch_free(struct watch *watch)
{
	forget(watch);
	free(watch->notice);
}

/* Return the counters in @live that @counters continue, or NULL. */
static const struct live_counters *find(const struct live *live,
					const struct live_counters *counters)
{
	for (size_t i = 0; live && i < live->ncounters; i++)
		if (dump_same_life(live->counters[i].dump, counters->dump))
			return &live->counters[i];
	return NULL;
}

/*
 * Set @out to the exits since @from. A VM that is not in @from, or whose counts went
 * down, is new. Free with dump_counts_free().
 */
static void count_since(const struct live *from, const struct live_counters *counters,
			struct dump_counts *out)
{
	const struct live_counters *before = find(from, counters);
	const struct dump_counts *all = &counters->dump->counts;
	char *error;

	if (before) {
		error = dump_diff(before->dump, counters->dump, out);
		if (!error)
			return;
		free(error);
		dump_counts_free(out);
	}
	*out = (struct dump_counts){
		.rows = must(calloc(all->nrows + 1, sizeof(*out->rows))),
		.nrows = all->nrows,
	};
	for (size_t i = 0; i < all->nrows; i++)
		out->rows[i] = all->rows[i];
}

/* Set @out to the times since @from. Free with times_rows_free(). */
static void times_since(const struct live *from, const struct live_counters *counters,
			struct times_rows *out)
{
	const struct live_counters *before = find(from, counters);
	char *error;

	*out = (struct times_rows){};
	if (!counters->times)
		return;
	if (!before || !before->times) {
		*out = times_arrange(&counters->times->rows, false, 0);
		return;
	}
	error = times_diff(before->times, counters->times, out);
	if (error) {
		times_rows_free(out);
		*out = (struct times_rows){};
	}
	free(error);
}

/* Return the time since the reading @from, or for a new VM since the host's, in seconds. */
static double seconds_since(const struct live *from, const struct live_counters *counters)
{
	const struct live_counters *before = find(from, counters);
	uint64_t then = before ? before->dump->uptime_ms : host(from)->uptime_ms;
	uint64_t now = counters->dump->uptime_ms;

	return now > then ? (now - then) / 1000.0 : 0;
}

static bool matches(const struct watch_view *view, const char *reason)
{
	return !view->filter || !regexec(view->filter, reason, 0, NULL, 0);
}

/* Is @dump of a VM that the view shows? */
static bool chosen(const struct watch_view *view, const struct dump *dump)
{
	char *name;
	size_t pid = strcspn(dump->vm, "-");
	bool is;

	if (!view->vm || !strcmp(view->vm, dump->vm) ||
	    (strlen(view->vm) == pid && !strncmp(view->vm, dump->vm, pid)))
		return true;
	name = live_vm_name(dump->vm);
	is = strstr(name, view->vm);
	free(name);
	return is;
}

/* Does the view sum up the exits of these counters? */
static bool shows(const struct watch_view *view, const struct dump *dump)
{
	switch (view->by) {
	case WATCH_REASON:
		return view->vm ? dump->scope == DUMP_SCOPE_VM && chosen(view, dump) :
				  dump->scope == DUMP_SCOPE_HOST;
	case WATCH_VM:
		return dump->scope == DUMP_SCOPE_VM && chosen(view, dump);
	default:
		return dump->scope == DUMP_SCOPE_VCPU && chosen(view, dump);
	}
}

/* Return the row for @reason of @dump, in code order; or the row of @dump itself. */
static struct row *find_row(struct rows *rows, const struct dump *dump,
			    const struct dump_row *reason)
{
	size_t i;

	for (i = 0; reason && i < rows->n; i++) {
		int cmp = dump_row_cmp(rows->rows[i].reason, reason);

		if (!cmp)
			return &rows->rows[i];
		if (cmp > 0)
			break;
	}
	/* Counters are visited in their order, and have one row each. */
	if (!reason) {
		i = rows->n;
		if (i && rows->rows[i - 1].dump == dump)
			return &rows->rows[i - 1];
	}
	rows->rows = grow(rows->rows, rows->n, sizeof(*rows->rows));
	memmove(&rows->rows[i + 1], &rows->rows[i], (rows->n++ - i) * sizeof(*rows->rows));
	rows->rows[i] = (struct row){ .dump = dump, .reason = reason, .top = "-" };
	return &rows->rows[i];
}

/* Return the reason of @times in @dump, or NULL: the dump was read a moment earlier. */
static const struct dump_row *reason_of(const struct dump *dump, const struct times_row *times)
{
	for (size_t i = 0; i < dump->counts.nrows; i++)
		if (!strcmp(dump->counts.rows[i].name, times->name))
			return &dump->counts.rows[i];
	return NULL;
}

/* Add the exits of one host, VM or vCPU to the rows. */
static void add(struct rows *rows, const struct watch *watch, const struct watch_view *view,
		const struct live_counters *counters)
{
	const struct dump *dump = counters->dump;
	double seconds = seconds_since(watch->before, counters);
	struct dump_counts change, total;
	struct times_rows times;

	count_since(watch->base, counters, &total);
	count_since(watch->before, counters, &change);
	times_since(watch->before, counters, &times);
	/* All three are in the order of the dump's rows, but times may lack some. */
	for (size_t i = 0; i < dump->counts.nrows; i++) {
		const struct dump_row *reason = &dump->counts.rows[i];
		struct row *row;

		if (!total.rows[i].total || !matches(view, reason->name))
			continue;
		row = find_row(rows, dump, view->by == WATCH_REASON ? reason : NULL);
		row->total += total.rows[i].total;
		row->change += change.rows[i].total;
		row->per_second += seconds ? change.rows[i].total / seconds : 0;
		if (change.rows[i].total > row->top_change) {
			row->top_change = change.rows[i].total;
			row->top = reason->name;
		}
		for (size_t k = 0; k < times.nrows; k++) {
			if (reason_of(dump, &times.rows[k]) != reason)
				continue;
			row->timed += times.rows[k].number;
			row->ns += times.rows[k].sum;
		}
	}
	dump_counts_free(&total);
	dump_counts_free(&change);
	times_rows_free(&times);
}

/* Compare by @value, highest first, then by total. Equal rows keep their order. */
static int compare(const struct row *x, const struct row *y, enum watch_sort sort)
{
	uint64_t a = sort == WATCH_TIME ? x->ns : x->change;
	uint64_t b = sort == WATCH_TIME ? y->ns : y->change;

	if (sort != WATCH_TOTAL && a != b)
		return a < b ? 1 : -1;
	return (x->total < y->total) - (x->total > y->total);
}

/* Sort by insertion: there are few rows, and qsort() is not stable. */
static void sort_rows(struct rows *rows, enum watch_sort sort)
{
	for (size_t i = 1; i < rows->n; i++) {
		struct row row = rows->rows[i];
		size_t k = i;

		for (; k && compare(&rows->rows[k - 1], &row, sort) > 0; k--)
			rows->rows[k] = rows->rows[k - 1];
		rows->rows[k] = row;
	}
}

static struct row sum_up(const struct rows *rows)
{
	struct row sum = {};

	for (size_t i = 0; i < rows->n; i++) {
		sum.total += rows->rows[i].total;
		sum.change += rows->rows[i].change;
		sum.per_second += rows->rows[i].per_second;
		sum.timed += rows->rows[i].timed;
		sum.ns += rows->rows[i].ns;
	}
	return sum;
}

/*
 * Headings with blanks keep the columns' widths while counts grow. All columns fit into
 * 80 characters if names and numbers are not longer than these headings.
 */
static void add_columns(struct table *table, const struct watch_view *view, bool times)
{
	bool reasons = view->by == WATCH_REASON;

	if (view->clock) {
		table_column(table, "uptime", "uptime", false);
		table_column(table, "seconds", "seconds", false);
	}
	if (reasons) {
		table_column(table, " code", "code", false);
		table_column(table, "reason              ", "reason", true);
	} else {
		table_column(table, "       vm", "vm", false);
		if (view->by == WATCH_VCPU)
			table_column(table, "vcpu", "vcpu", false);
		table_column(table, "name    ", "name", true);
	}
	table_column(table, reasons ? "       total" : "    total", "total", false);
	table_column(table, reasons ? " per second" : "per second", "per_second", false);
	table_column(table, "  share", "share", false);
	if (times)
		table_column(table, reasons ? "   mean us" : "mean us", "mean_us", false);
	if (!reasons)
		table_column(table, "top reason", "top_reason", true);
}

/* Fill the cells from the total on. */
static void fill_numbers(struct table_cell *cell, const struct row *row, uint64_t of, bool times)
{
	char *per_second = text("%.1f", row->per_second);

	*cell++ = table_number(TABLE_COUNT, row->total);
	*cell++ = table_string(per_second);
	*cell++ = table_share(row->change, of);
	if (times && row->timed)
		*cell = table_number(TABLE_THOUSANDTHS, row->ns / row->timed);
	cell += times;
	if (row->top)
		*cell = table_string(row->top);
	free(per_second);
}

static void fill_row(struct table_cell *cell, const struct row *row, uint64_t of,
		     const struct watch_view *view, bool times)
{
	char code[DUMP_CODE_SIZE], *name;

	if (view->by == WATCH_REASON) {
		dump_code_text(row->dump->isa, row->reason->code, code);
		*cell++ = table_string(code);
		*cell++ = table_string(row->reason->name);
	} else {
		name = live_vm_name(row->dump->vm);
		*cell++ = table_string(row->dump->vm);
		if (view->by == WATCH_VCPU)
			*cell++ = table_number(TABLE_COUNT, row->dump->vcpu);
		*cell++ = table_string(name);
		free(name);
	}
	fill_numbers(cell, &(struct row){
		.total = row->total, .change = row->change, .per_second = row->per_second,
		.timed = row->timed, .ns = row->ns,
		.top = view->by == WATCH_REASON ? NULL : row->top,
	}, of, times);
}

static struct table_cell *start_row(struct table *table, const struct watch *watch,
				    const struct watch_view *view, enum table_section section)
{
	struct table_cell *cell = table_row(table, section);
	uint64_t now = host(watch->now)->uptime_ms;

	if (view->clock) {
		*cell++ = table_number(TABLE_THOUSANDTHS, now);
		*cell++ = table_number(TABLE_THOUSANDTHS, now - host(watch->before)->uptime_ms);
	}
	return cell;
}

struct table *watch_table(const struct watch *watch, const struct watch_view *view)
{
	const struct dump *dump = host(watch->now);
	uint64_t ms = dump->uptime_ms - host(watch->before)->uptime_ms;
	bool times = watch->now->times_on;
	struct rows rows = {};
	struct table *table;
	struct table_cell *cell;
	struct row sum;

	for (size_t i = 0; i < watch->now->ncounters; i++)
		if (shows(view, watch->now->counters[i].dump))
			add(&rows, watch, view, &watch->now->counters[i]);
	sort_rows(&rows, view->sort);
	sum = sum_up(&rows);
	table = table_new(text("host %s, %s, VMs: %" PRIu64 ", up %" PRIu64 ".%03" PRIu64
			       " s: %" PRIu64 " exit%s in %" PRIu64 ".%03" PRIu64 " s",
			       dump->host, dump_isa_name(dump->isa), dump->nvms,
			       dump->uptime_ms / 1000, dump->uptime_ms % 1000, sum.change,
			       sum.change == 1 ? "" : "s", ms / 1000, ms % 1000));
	add_columns(table, view, times);
	for (size_t i = 0; i < rows.n; i++)
		fill_row(start_row(table, watch, view, TABLE_ROWS), &rows.rows[i], sum.change,
			 view, times);
	cell = start_row(table, watch, view, TABLE_TOTAL);
	cell += 1 + (view->by == WATCH_VCPU);
	*cell++ = table_string("total");
	fill_numbers(cell, &sum, sum.change, times);
	free(rows.rows);
	return table;
}
