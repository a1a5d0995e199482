// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>

#include "alloc.h"
#include "command.h"
#include "explain.h"

/* A log and its steps. */
struct step_log {
	struct log log;
	struct step *steps;
	size_t nsteps;
};

/* Print an error or a warning, as warnx() does. */
static __attribute__((format(printf, 2, 3)))
void say(const struct request *request, const char *fmt, ...)
{
	char *sentence;
	va_list ap;

	va_start(ap, fmt);
	sentence = vtext(fmt, ap);
	va_end(ap);
	fprintf(request->err, "%s: %s\n", program_invocation_short_name, sentence);
	free(sentence);
}

/* Print the error message @error and free it. Return EXIT_FAILURE. */
static int failed(const struct request *request, char *error)
{
	say(request, "%s", error);
	free(error);
	return EXIT_FAILURE;
}

/* Print @table and free it; if it is NULL, print and free @error. Return an exit status. */
static int print(const struct request *request, struct table *table, char *error)
{
	if (table) {
		error = table_write(table, request->format, request->out);
		table_free(table);
	}
	return error ? failed(request, error) : EXIT_SUCCESS;
}

/* Set *@index to the dump with the label @label. Return false after an error message. */
static bool pick(const struct request *request, const struct log *log, const char *label,
		 size_t *index)
{
	const struct dump_log *dumps = log->dumps;
	char name[DUMP_LABEL_SIZE];

	for (size_t i = 0; i < dumps->ndumps; i++) {
		const struct dump *dump = dumps->dumps[i];

		if (!strcmp(dump_label(dump, name), label)) {
			*index = i;
			return true;
		}
		if (!strncmp(name, label, strlen(label)) && name[strlen(label)] == '.') {
			say(request, "dump %s occurs %u times in %s: choose one of %s.1 to %s.%u",
			    label, dump->of, log->name, label, label, dump->of);
			return false;
		}
	}
	say(request, "no dump %s in %s", label, log->name);
	return false;
}

/* As pick(), but use @otherwise if @label is NULL. */
static bool pick_or(const struct request *request, const struct log *log, const char *label,
		    size_t otherwise, size_t *index)
{
	*index = otherwise;
	return !label || pick(request, log, label, index);
}

static void say_damaged(const struct request *request, const char *warning, const struct dump *dump)
{
	char label[DUMP_LABEL_SIZE];

	say(request, "%s%s:%" PRIu64 ": dump %s is damaged: %s", warning, dump->problem_at.file,
	    dump->problem_at.line, dump_label(dump, label), dump->problem);
}

void command_warn_damaged(const struct request *request, const struct dump *dump)
{
	say_damaged(request, "warning: ", dump);
}

/*
 * Print a message for each damaged dump: an error for @from and @to, else a warning.
 * Return false after an error.
 */
static bool sound(const struct request *request, const struct log *log, size_t from, size_t to)
{
	bool sound = true;

	for (size_t i = 0; i < log->dumps->ndumps; i++) {
		const struct dump *dump = log->dumps->dumps[i];
		bool matters = i == from || i == to;

		if (!dump->problem)
			continue;
		say_damaged(request, matters ? "" : "warning: ", dump);
		sound &= !matters;
	}
	return sound;
}

/* As dump_log_ends(), but the first and the last damaged dump if no dump is complete. */
static void find_ends(const struct dump_log *dumps, size_t *first, size_t *last)
{
	*first = 0;
	*last = dumps->ndumps - 1;
	dump_log_ends(dumps, first, last);
}

/*
 * Set *@view to the options, with the list of all reasons of @isa for --all. Return
 * false after an error message if the log has no such list.
 */
static bool find_reasons(const struct request *request, const struct log *log, enum dump_isa isa,
			 struct view_options *view)
{
	*view = request->view;
	if (!view->all)
		return true;
	view->reasons = &log->dumps->reasons[isa];
	if (!view->reasons->nrows)
		say(request, "no list of the exit reasons of %s in %s: --all needs a copy of KVM's debugfs file exit_reasons as one more FILE",
		    dump_isa_name(isa), log->name);
	return view->reasons->nrows;
}

int command_list(const struct request *request, const struct log *logs, size_t nlogs)
{
	const struct dump_log *dumps = logs->dumps;
	int status = print(request, view_list(dumps, &request->view), NULL);

	(void)nlogs;
	for (size_t i = 0; i < dumps->ndumps; i++)
		if (dumps->dumps[i]->problem)
			status = EXIT_FAILURE;
	return status;
}

int command_table(const struct request *request, const struct log *logs, size_t nlogs)
{
	const struct dump_log *dumps = logs->dumps;
	struct view_options view;
	struct table *table;
	size_t first, last, i;
	char *error;

	(void)nlogs;
	find_ends(dumps, &first, &last);
	if (!pick_or(request, logs, request->dump, last, &i) || !sound(request, logs, i, i) ||
	    !find_reasons(request, logs, dumps->dumps[i]->isa, &view))
		return EXIT_FAILURE;
	table = request->vms ? view_vms(dumps->dumps[i], &error) :
			       view_dump(dumps->dumps[i], &view, &error);
	return print(request, table, error);
}

/* Print a difference, and free @exits; or print and free @error if it is not NULL. */
static int print_diff(const struct request *request, const struct dump *from,
		      const char *from_file, const struct dump *to, const char *to_file,
		      char *error, struct dump_counts *exits)
{
	struct table *table = NULL;

	if (!error)
		table = view_diff(from, from_file, to, to_file, exits, &request->view, &error);
	dump_counts_free(exits);
	return print(request, table, error);
}

static int diff_logs(const struct request *request, const struct log *a, const struct log *b)
{
	const struct dump *x, *y;
	struct dump_counts exits;
	bool sound_a, sound_b;
	size_t first, from, to;
	char *error;

	find_ends(a->dumps, &first, &from);
	find_ends(b->dumps, &first, &to);
	if (!pick_or(request, a, request->from, from, &from) ||
	    !pick_or(request, b, request->to, to, &to))
		return EXIT_FAILURE;
	sound_a = sound(request, a, from, from);
	sound_b = sound(request, b, to, to);
	if (!sound_a || !sound_b)
		return EXIT_FAILURE;
	x = a->dumps->dumps[from];
	y = b->dumps->dumps[to];
	error = dump_diff(x, y, &exits);
	return print_diff(request, x, a->name, y, b->name, error, &exits);
}

static int diff_log(const struct request *request, const struct log *log)
{
	struct dump *const *dumps = log->dumps->dumps;
	char a[DUMP_LABEL_SIZE], b[DUMP_LABEL_SIZE];
	struct dump_counts exits;
	size_t from, to;
	char *error;

	find_ends(log->dumps, &from, &to);
	if (!pick_or(request, log, request->from, from, &from) ||
	    !pick_or(request, log, request->to, to, &to) || !sound(request, log, from, to))
		return EXIT_FAILURE;
	dump_label(dumps[from], a);
	dump_label(dumps[to], b);
	if (from == to) {
		say(request, "cannot subtract dump %s of %s from itself: diff needs two dumps", a,
		    log->name);
		return EXIT_FAILURE;
	}
	if (dump_same_life(dumps[from], dumps[to]) && dump_age_cmp(dumps[from], dumps[to]) > 0) {
		say(request, "dump %s comes after dump %s in %s: swap --from and --to", a, b,
		    log->name);
		return EXIT_FAILURE;
	}
	error = dump_one_life(dumps[from], dumps[to]);
	if (error && !request->from && !request->to) {
		say(request, "%s: choose dumps of one with --host, --boot, --from or --to", error);
		free(error);
		return EXIT_FAILURE;
	}
	free(error);
	error = dump_log_diff(log->dumps, from, to, &exits);
	return print_diff(request, dumps[from], NULL, dumps[to], NULL, error, &exits);
}

int command_diff(const struct request *request, const struct log *logs, size_t nlogs)
{
	return nlogs == 2 ? diff_logs(request, &logs[0], &logs[1]) : diff_log(request, logs);
}

/* Find the steps. Return false after an error message. Free with steps_free(). */
static bool find_steps(const struct request *request, const struct log *log,
		       struct step_log *steps)
{
	char *error = dump_log_steps(log->dumps, &steps->steps, &steps->nsteps);

	steps->log = *log;
	if (!log->dumps->nmarks) {
		/* name the log: there may be two */
		free(error);
		error = text("no step marks in %s: without the word kvm_exits_step a line is no mark, and journalctl -o cat and some formats of rsyslog omit it: use dmesg or journalctl -k",
			     log->name);
	}
	if (error) {
		failed(request, error);
		return false;
	}
	/* dumps that are damaged now are outside of the steps: only warn */
	sound(request, log, SIZE_MAX, SIZE_MAX);
	return true;
}

int command_steps(const struct request *request, const struct log *logs, size_t nlogs)
{
	struct view_options view;
	struct step_log log;
	int status = EXIT_FAILURE;

	(void)nlogs;
	if (find_steps(request, logs, &log) &&
	    find_reasons(request, logs, log.steps[0].last->isa, &view)) {
		char *error;
		struct table *table = view_steps(log.steps, log.nsteps, &view, &error);

		status = print(request, table, error);
	}
	steps_free(log.steps, log.nsteps);
	return status;
}

/* Return the step with the name @name, or NULL. */
static const struct step *find_step(const struct step_log *log, const char *name)
{
	for (size_t i = 0; i < log->nsteps; i++)
		if (!strcmp(log->steps[i].name, name))
			return &log->steps[i];
	return NULL;
}

static void warn_of_lone_steps(const struct request *request, const struct step_log *log,
			       const struct step_log *other)
{
	for (size_t i = 0; i < log->nsteps; i++)
		if (!find_step(other, log->steps[i].name))
			say(request, "warning: step %s of %s is not in %s", log->steps[i].name,
			    log->log.name, other->log.name);
}

/* Print the table of the steps that both logs have. */
static int compare_steps(const struct request *request, const struct step_log *a,
			 const struct step_log *b)
{
	/* shallow copies of the logs' steps */
	struct step *x = must(calloc(a->nsteps, sizeof(*x)));
	struct step *y = must(calloc(a->nsteps, sizeof(*y)));
	struct table *table = NULL;
	char *error;
	size_t n = 0;

	for (size_t i = 0; i < a->nsteps; i++) {
		const struct step *same = find_step(b, a->steps[i].name);

		if (same) {
			x[n] = a->steps[i];
			y[n++] = *same;
		}
	}
	if (n) {
		warn_of_lone_steps(request, a, b);
		warn_of_lone_steps(request, b, a);
		table = view_compare(x, a->log.name, y, b->log.name, n, &request->view, &error);
	} else {
		error = text("%s and %s have no step in common", a->log.name, b->log.name);
	}
	free(x);
	free(y);
	return print(request, table, error);
}

int command_compare(const struct request *request, const struct log *logs, size_t nlogs)
{
	struct step_log a, b;
	bool good_a = find_steps(request, &logs[0], &a);
	bool good_b = find_steps(request, &logs[1], &b);
	int status = EXIT_FAILURE;

	(void)nlogs;
	if (good_a && good_b)
		status = compare_steps(request, &a, &b);
	steps_free(a.steps, a.nsteps);
	steps_free(b.steps, b.nsteps);
	return status;
}

/* Explain the most frequent reasons of the last complete dump. */
int command_explain(const struct request *request, const struct log *logs, size_t nlogs)
{
	size_t first, last;

	(void)nlogs;
	find_ends(logs->dumps, &first, &last);
	if (!sound(request, logs, last, last))
		return EXIT_FAILURE;
	if (request->format == TABLE_JSON && logs->dumps->dumps[last]->exits > INT64_MAX) {
		say(request, "JSON cannot hold a count of 2^63 or more: use another format");
		return EXIT_FAILURE;
	}
	explain_write_top(logs->dumps->dumps[last], request->view.top, request->format, request->out);
	return EXIT_SUCCESS;
}

int command_times(const struct request *request, const struct log *logs, size_t nlogs)
{
	const struct times_log *times = &logs->times;
	struct times_step *steps = NULL;
	struct table *table = NULL;
	char *error = NULL;
	size_t nsteps = 0;
	int status;

	(void)nlogs;
	if (!logs->dumps->nmarks && request->view.steps_only) {
		error = text("no step marks in %s", logs->name);
	} else if (!logs->dumps->nmarks) {
		table = view_times(&times->times[times->ntimes - 1], &request->view, &error);
	} else {
		error = times_steps(times, logs->dumps, &steps, &nsteps);
		if (!error)
			table = view_times_steps(steps, nsteps, &request->view, &error);
	}
	status = print(request, table, error);
	times_steps_free(steps, nsteps);
	return status;
}

/* Print the next table of a stream: a blank line before it, or in CSV no heads again. */
static int print_next(const struct request *request, struct table *table, char *error)
{
	static bool next;
	struct request copy = *request;
	char *written, *rows;
	size_t size;
	int status;

	copy.out = must(open_memstream(&written, &size));
	status = print(&copy, table, error);
	if (fclose(copy.out))
		err(EXIT_FAILURE, "no memory");
	rows = written;
	if (next && request->format == TABLE_CSV)
		rows += strcspn(rows, "\n") + 1;
	else if (next && request->format != TABLE_JSON)
		fputc('\n', request->out);
	fputs(rows, request->out);
	fflush(request->out);
	next = true;
	free(written);
	return status;
}

int command_follow_list(const struct request *request, const struct log *log,
			const struct dump *before, const struct dump *dump)
{
	struct dump *one = (struct dump *)dump;
	const struct dump_log only = { .dumps = &one, .ndumps = 1 };

	(void)log;
	(void)before;
	return print_next(request, view_list(&only, &request->view), NULL);
}

int command_follow_table(const struct request *request, const struct log *log,
			 const struct dump *before, const struct dump *dump)
{
	struct view_options view;
	struct table *table;
	char *error;

	(void)before;
	if (!find_reasons(request, log, dump->isa, &view))
		return EXIT_FAILURE;
	table = request->vms ? view_vms(dump, &error) : view_dump(dump, &view, &error);
	return table ? print_next(request, table, NULL) : failed(request, error);
}

int command_follow_diff(const struct request *request, const struct log *log,
			const struct dump *before, const struct dump *dump)
{
	struct dump_counts exits;
	struct table *table = NULL;
	char *error;

	(void)log;
	if (!before)
		return EXIT_SUCCESS;
	error = dump_diff(before, dump, &exits);
	if (!error)
		table = view_diff(before, NULL, dump, NULL, &exits, &request->view, &error);
	dump_counts_free(&exits);
	return table ? print_next(request, table, NULL) : failed(request, error);
}
