// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "alloc.h"
#include "input.h"
#include "tally.h"
#include "times.h"

#define MESSAGE "kvm_exit_times:"
#define PLACE "%s:%" PRIu64
#define PLACE_OF(at) (at)->file, (at)->line

/* More than the kernel's longest line */
#define LINE_SIZE 1024

static const char heads[] = "code reason number sum max fastpath kernel user halted sched_out buckets";

/* Does @line consist of @words, with any number of blanks between them? */
static bool same_words(const char *line, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		line += strspn(line, " ");
		if (strncmp(line, words, len) || (line[len] && line[len] != ' '))
			return false;
		line += len;
		words += len;
		words += strspn(words, " ");
	}
	return !line[strspn(line, " ")];
}

/* Read @line, the rest of a begin line after " begin format=2". */
static bool read_begin(struct times *times, const char *line)
{
	const char *rest = dump_read_identity(&times->whose, line);
	char on[4];
	int end = 0;

	if (!rest || sscanf(rest, " times=%3[a-z] tsc_khz=%" SCNu64 " %n", on,
			    &times->tsc_khz, &end) != 2 ||
	    rest[end] || !times->tsc_khz)
		return false;
	times->on = !strcmp(on, "on");
	return times->on || !strcmp(on, "off");
}

/* Read "0,0,0,12,3" into @buckets, and set *@sum to their sum. */
static bool read_buckets(const char *s, uint64_t buckets[TIMES_BUCKETS], uint64_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < TIMES_BUCKETS; i++) {
		int len;

		if (sscanf(s, "%" SCNu64 "%n", &buckets[i], &len) != 1 ||
		    __builtin_add_overflow(*sum, buckets[i], sum))
			return false;
		s += len;
		if (!*s)
			return true;
		if (*s++ != ',')
			return false;
	}
	return false;
}

/* Read a row. Each part is rounded down, so their sum may be a few less than the total. */
static bool read_row(struct times *times, const char *line)
{
	struct times_row row = {};
	char name[65], buckets[LINE_SIZE];
	uint64_t in_parts = 0, in_buckets;
	int end = 0;

	if (sscanf(line, " %15[0-9a-fx-] %64[0-9A-Za-z_] %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %1023[0-9,] %n",
		   row.code, name, &row.number, &row.sum, &row.max, &row.parts[TIMES_FASTPATH],
		   &row.parts[TIMES_KERNEL], &row.parts[TIMES_USER], &row.parts[TIMES_HALTED],
		   &row.parts[TIMES_SCHED_OUT], buckets, &end) != 11 || line[end])
		return false;
	for (size_t i = 0; i < TIMES_PARTS; i++)
		if (__builtin_add_overflow(in_parts, row.parts[i], &in_parts))
			return false;
	if (in_parts > row.sum || row.sum - in_parts >= TIMES_PARTS ||
	    !read_buckets(buckets, row.buckets, &in_buckets) || in_buckets != row.number)
		return false;
	row.name = must(strdup(name));
	times->rows.rows = grow(times->rows.rows, times->rows.nrows, sizeof(row));
	times->rows.rows[times->rows.nrows++] = row;
	return true;
}

void times_log_line(struct times_log *log, const struct dump_place *at, const char *text_of_line,
		    size_t len)
{
	const char *message = memmem(text_of_line, len, MESSAGE, strlen(MESSAGE));
	struct times *times = log->open ? &log->times[log->ntimes - 1] : NULL;
	char line[LINE_SIZE];
	bool good = false;

	if (!message || log->error)
		return;
	len = snprintf(line, sizeof(line), "%.*s", (int)(text_of_line + len - message), message);
	message = line + strlen(MESSAGE);
	if (len >= sizeof(line)) {
		good = false;
	} else if (!strncmp(message, " begin format=2 ", 16)) {
		if (times) {
			log->error = text(PLACE ": the times that begin here have no end line",
					  PLACE_OF(&times->at));
			return;
		}
		log->times = grow(log->times, log->ntimes, sizeof(*log->times));
		times = &log->times[log->ntimes++];
		*times = (struct times){ .at = *at };
		times->at.order += log->order;
		log->open = true;
		log->headed = false;
		good = read_begin(times, message + 15);
	} else if (!times) {
		log->error = text(PLACE ": no begin line of times before this line", PLACE_OF(at));
		return;
	} else if (same_words(message, "end")) {
		good = log->headed;
		log->open = false;
	} else if (!log->headed) {
		good = log->headed = same_words(message, heads);
	} else {
		good = read_row(times, message);
	}
	if (!good)
		log->error = text(PLACE ": torn line of times", PLACE_OF(at));
}

char *times_log_end(struct times_log *log, uint64_t order)
{
	char *error = log->error;

	if (log->open && !error)
		error = text(PLACE ": the times that begin here have no end line",
			     PLACE_OF(&log->times[log->ntimes - 1].at));
	log->open = false;
	log->error = NULL;
	log->order += order;
	return error;
}

struct added {
	struct times_log *log;
	const char *file;
};

static bool add_line(void *arg, const struct input_text *text)
{
	const struct added *added = arg;

	times_log_line(added->log, &(struct dump_place){
		.file = added->file, .line = text->line, .order = text->order,
	}, text->text, text->len);
	return false;
}

char *times_log_add(struct times_log *log, const char *file, const char *text, size_t len)
{
	struct added added = { log, file };
	struct input *input = input_new(INPUT_TEXT, add_line, &added);
	char *error;
	bool fatal;

	input_feed(input, text, len);
	free(input_end(input, &fatal));
	error = times_log_end(log, input_order(input));
	input_free(input);
	return error;
}

void times_rows_free(struct times_rows *rows)
{
	for (size_t i = 0; i < rows->nrows; i++)
		free(rows->rows[i].name);
	free(rows->rows);
}

void times_log_free(struct times_log *log)
{
	for (size_t i = 0; i < log->ntimes; i++) {
		dump_free_identity(&log->times[i].whose);
		times_rows_free(&log->times[i].rows);
	}
	free(log->times);
}

static struct times_row *find_row(const struct times_rows *rows, const struct times_row *like)
{
	for (size_t i = 0; i < rows->nrows; i++)
		if (!strcmp(rows->rows[i].name, like->name) &&
		    (!strcmp(like->name, "other") || !strcmp(rows->rows[i].code, like->code)))
			return &rows->rows[i];
	return NULL;
}

/* Subtract @less from @row. Return false if a value goes below 0. */
static bool subtract(struct times_row *row, const struct times_row *less)
{
	bool down = __builtin_sub_overflow(row->number, less->number, &row->number);

	down |= __builtin_sub_overflow(row->sum, less->sum, &row->sum);
	for (size_t i = 0; i < TIMES_PARTS; i++)
		down |= __builtin_sub_overflow(row->parts[i], less->parts[i], &row->parts[i]);
	for (size_t i = 0; i < TIMES_BUCKETS; i++)
		down |= __builtin_sub_overflow(row->buckets[i], less->buckets[i], &row->buckets[i]);
	return !down;
}

static struct times_row copy_row(const struct times_row *row)
{
	struct times_row copy = *row;

	copy.name = must(strdup(row->name));
	return copy;
}

static void add_row(struct times_rows *rows, struct times_row row)
{
	rows->rows = grow(rows->rows, rows->nrows, sizeof(row));
	rows->rows[rows->nrows++] = row;
}

char *times_diff(const struct times *from, const struct times *to, struct times_rows *out)
{
	*out = (struct times_rows){};
	if (from->whose.isa != to->whose.isa || !dump_same_life(&from->whose, &to->whose))
		return text(PLACE ": these times and those of " PLACE " are of different counters",
			    PLACE_OF(&to->at), PLACE_OF(&from->at));
	for (size_t i = 0; i < from->rows.nrows; i++)
		if (!find_row(&to->rows, &from->rows.rows[i]))
			return text(PLACE ": %s is missing, but was there before",
				    PLACE_OF(&to->at), from->rows.rows[i].name);
	if (from->whose.uptime_ms > to->whose.uptime_ms)
		return text(PLACE ": the uptime is lower than before", PLACE_OF(&to->at));
	for (size_t i = 0; i < to->rows.nrows; i++) {
		struct times_row row = to->rows.rows[i], *before = find_row(&from->rows, &row);

		row.max = 0;
		if (before && !subtract(&row, before))
			return text(PLACE ": %s went down", PLACE_OF(&to->at), row.name);
		if (row.number || row.sum)
			add_row(out, copy_row(&row));
	}
	return NULL;
}

char *times_steps(const struct times_log *log, const struct dump_log *marks,
		  struct times_step **steps, size_t *nsteps)
{
	char *error = dump_log_marks(marks);
	size_t next = 0;

	*steps = must(calloc(marks->nmarks + 1, sizeof(**steps)));
	*nsteps = 0;
	for (size_t i = 0; !error && i < marks->nmarks; i += 2) {
		const struct dump_mark *begin = &marks->marks[i], *end = begin + 1;
		struct times_step *step = &(*steps)[(*nsteps)++];

		*step = (struct times_step){ .name = begin->name };
		while (next < log->ntimes && log->times[next].at.order < begin->at.order)
			next++;
		for (; next < log->ntimes && log->times[next].at.order < end->at.order; next++) {
			if (!step->first)
				step->first = &log->times[next];
			step->last = &log->times[next];
		}
		if (step->first == step->last)
			error = text(PLACE ": step %s has fewer than two readings of times",
				     PLACE_OF(&begin->at), step->name);
		else
			error = times_diff(step->first, step->last, &step->rows);
	}
	return error;
}

void times_steps_free(struct times_step *steps, size_t nsteps)
{
	for (size_t i = 0; i < nsteps; i++)
		times_rows_free(&steps[i].rows);
	free(steps);
}

/* Add @row to @sum. 64 bits of nanoseconds are 584 years, so no sum overflows. */
static void add_to(struct times_row *sum, const struct times_row *row)
{
	sum->number += row->number;
	sum->sum += row->sum;
	sum->max = row->max > sum->max ? row->max : sum->max;
	for (size_t i = 0; i < TIMES_PARTS; i++)
		sum->parts[i] += row->parts[i];
	for (size_t i = 0; i < TIMES_BUCKETS; i++)
		sum->buckets[i] += row->buckets[i];
}

struct times_row times_sum(const struct times_rows *rows, const char *name)
{
	struct times_row sum = { .name = must(strdup(name)) };

	for (size_t i = 0; i < rows->nrows; i++)
		add_to(&sum, &rows->rows[i]);
	return sum;
}

/* Compare by time, longest first; rows with the same time keep their order. */
static int longer_cmp(const void *a, const void *b)
{
	const struct times_row *const *x = a, *const *y = b;

	if ((*x)->sum != (*y)->sum)
		return (*x)->sum < (*y)->sum ? 1 : -1;
	return (*x > *y) - (*x < *y);
}

struct times_rows times_arrange(const struct times_rows *rows, bool by_time, size_t top)
{
	const struct times_row **order = must(calloc(rows->nrows + 1, sizeof(*order)));
	struct times_rows out = {};

	for (size_t i = 0; i < rows->nrows; i++)
		order[i] = &rows->rows[i];
	if (by_time)
		qsort(order, rows->nrows, sizeof(*order), longer_cmp);
	for (size_t i = 0; i < rows->nrows && (!top || i < top); i++)
		add_row(&out, copy_row(order[i]));
	if (top && rows->nrows > top) {
		size_t others = rows->nrows - top;
		struct times_row sum = {
			.name = text("(%zu other%s)", others, others == 1 ? "" : "s")
		};

		for (size_t i = top; i < rows->nrows; i++)
			add_to(&sum, order[i]);
		add_row(&out, sum);
	}
	free(order);
	return out;
}
