// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command on any log, and check its CSV against the independent parser of
 * naive.c: a table is printed exactly if the dumps are complete and consistent, has
 * their numbers, and adds up. Also print another format, which must give a table for
 * the same logs.
 */
#include <inttypes.h>
#include <math.h>
#include <zlib.h>

#include "alloc.h"
#include "command.h"
#include "fuzz.h"
#include "input.h"
#include "naive.h"

const char *__asan_default_options(void);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIST, TABLE, DIFF, DIFF_LOGS, STEPS, COMPARE, VMS, COMMANDS };

static const struct {
	const char *name;
	int (*run)(const struct request *request, const struct log *logs, size_t nlogs);
	size_t nlogs;
} commands[COMMANDS] = {
	[LIST] = { "list", command_list, 1 },
	[TABLE] = { "table", command_table, 1 },
	[DIFF] = { "diff", command_diff, 1 },
	[DIFF_LOGS] = { "diff", command_diff, 2 },
	[STEPS] = { "steps", command_steps, 1 },
	[COMPARE] = { "compare", command_compare, 2 },
	[VMS] = { "table --vms", command_table, 1 },
};

#define PRINTED_MAX (4 << 20)
#define PRINTED_ROWS (1 << 13)
#define PRINTED_FIELDS 10

/* The text written to a stream. */
struct memory {
	char text[PRINTED_MAX];
	size_t len;
};

/* A table parsed from CSV: its heading line, and the fields of its rows. */
struct printed {
	char heading[128];
	char *row[PRINTED_ROWS][PRINTED_FIELDS];
	size_t nrows;
	char text[PRINTED_MAX];
};

/* A step found by the independent parser; compare struct step. */
struct naive_step {
	const struct naive_mark *begin;
	const struct naive_mark *end;
	const struct naive_dump *first;
	const struct naive_dump *last;
};

/* A step has at least 4 lines of 80 bytes. */
#define STEPS_MAX (NAIVE_MAX / 320 + 1)

struct naive_steps {
	struct naive_step step[STEPS_MAX];
	size_t n;
};

/* The reasons that --all adds, for each isa: one that logs have, and one that they don't. */
static const struct listed {
	bool vmx;
	const char *code;
	const char *name;
} listed[] = {
	{ true, "99", "NEVER_VMX" }, { true, "10", "CPUID" },
	{ false, "0x072", "cpuid" }, { false, "-3", "never_svm" },
};
static const char *const lists[] = { "0 99 NEVER_VMX\n1 10 CPUID\n", "1 0x072 cpuid\n2 -3 never_svm\n" };
#define NLISTED (sizeof(listed) / sizeof(*listed))

static struct memory table, said;
static struct naive naive[2];
static struct printed printed;
static struct request request;
static int command;

static ssize_t to_memory(void *cookie, const char *text, size_t len)
{
	struct memory *memory = cookie;

	if (len >= sizeof(memory->text) - memory->len)
		return 0;
	memcpy(memory->text + memory->len, text, len);
	memory->len += len;
	memory->text[memory->len] = '\0';
	return len;
}

/*
 * Symbolize with binutils. For speed, record only four callers of an allocation, and
 * keep only 16 MiB of freed memory in quarantine.
 */
const char *__asan_default_options(void)
{
	return "external_symbolizer_path=/usr/bin/addr2line:malloc_context_size=4:"
	       "quarantine_size_mb=16";
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const cookie_io_functions_t writes = { .write = to_memory };

	(void)argc;
	(void)argv;
	request.out = must(fopencookie(&table, "w", writes));
	request.err = must(fopencookie(&said, "w", writes));
	return 0;
}

/* Print the command, its output and the violated rule, and abort. */
static __attribute__((noreturn, format(printf, 1, 2))) void broken(const char *fmt, ...)
{
	static const char *const formats[] = { "text", "markdown", "csv", "json", "html" };
	va_list ap;

	fprintf(stderr, "\nkvm-exits %s --format %s", commands[command].name,
		formats[request.format]);
	if (request.dump && (command == TABLE || command == VMS))
		fprintf(stderr, " --dump %s", request.dump);
	if (request.from && (command == DIFF || command == DIFF_LOGS))
		fprintf(stderr, " --from %s", request.from);
	if (request.to && (command == DIFF || command == DIFF_LOGS))
		fprintf(stderr, " --to %s", request.to);
	if (request.view.all)
		fprintf(stderr, " --all");
	if (request.view.top)
		fprintf(stderr, " --top %zu", request.view.top);
	fprintf(stderr, " --sort %s printed\n%s%s\n", request.view.by_count ? "count" : "code",
		table.text, said.text);
	fprintf(stderr, "error: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

/* --- The printed table --------------------------------------------------------- */

/* Parse the table, which must have the columns @heading, and a field for each in each row. */
static void read_csv(const char *heading)
{
	const char *p = table.text, *end = p + table.len;
	size_t nfields = 1, field = 0;
	char *out = printed.text;

	for (const char *comma = heading; (comma = strchr(comma, ',')); comma++)
		nfields++;
	if (strncmp(p, heading, strlen(heading)) || p[strlen(heading)] != '\n')
		broken("the columns are not %s", heading);
	p += strlen(heading) + 1;
	printed.nrows = 0;
	while (p < end) {
		bool quoted = *p == '"';

		if (printed.nrows == PRINTED_ROWS || field == nfields)
			broken("too many rows or fields");
		printed.row[printed.nrows][field++] = out;
		for (p += quoted; p < end && (quoted || !strchr(",\n", *p)); *out++ = *p++) {
			if (*p != '"')
				continue;
			if (!quoted)
				broken("a quote in a field without quotes");
			if (*++p != '"')
				break;
		}
		*out++ = '\0';
		if (p == end || (*p != ',' && *p != '\n'))
			broken("a field has no end");
		if (*p++ == ',')
			continue;
		if (field != nfields)
			broken("a row has %zu fields, not %zu", field, nfields);
		printed.nrows++;
		field = 0;
	}
	if (field)
		broken("the last row has no end");
}

static uint64_t number(const char *field)
{
	char *end;
	uint64_t n = strtoull(field, &end, 10);

	if (!strchr("0123456789", *field) || end == field || *end)
		broken("'%s' is not a number", field);
	return n;
}

static bool is_name(const struct naive_row *row, const char *word)
{
	return strlen(word) == row->namelen && !memcmp(word, row->name, row->namelen);
}

static bool is_piece(struct naive_piece piece, const char *word)
{
	return strlen(word) == piece.len && !memcmp(word, piece.p, piece.len);
}

static bool is_mark(const struct naive_mark *mark, const char *word)
{
	return strlen(word) == mark->namelen && !memcmp(word, mark->name, mark->namelen);
}

/* Return the number of rows that "(7 others)" stands for, or 0. */
static size_t others(const char *name)
{
	return *name == '(' ? strtoul(name + 1, NULL, 10) : 0;
}

/* Return the row of @dump with @code and @name, or NULL. */
static const struct naive_row *named(const struct naive_dump *dump, const char *code,
				     const char *name)
{
	bool also = !strcmp(code, "also");
	const struct naive_row *rows = also ? dump->also : dump->rows;

	for (size_t k = 0; k < (also ? dump->nalso : dump->nrows); k++)
		if (is_name(&rows[k], name) && (also || rows[k].other ||
						!strcmp(rows[k].code, code)))
			return &rows[k];
	return NULL;
}

/* Return the row of @dump with the code of the listed @reason of its isa, or NULL. */
static const struct naive_row *row_of(const struct naive_dump *dump, const struct listed *reason)
{
	for (size_t i = 0; i < dump->nrows; i++)
		if (!dump->rows[i].other && !strcmp(dump->rows[i].code, reason->code))
			return &dump->rows[i];
	return NULL;
}

/* Does the list for --all have another name for a reason of @dump? */
static bool misnamed(const struct naive_dump *dump)
{
	for (size_t i = 0; request.view.all && i < NLISTED; i++) {
		const struct naive_row *row = row_of(dump, &listed[i]);

		if (listed[i].vmx == dump->vmx && row && !is_name(row, listed[i].name))
			return true;
	}
	return false;
}

/* Return how many times --all lists this reason of the isa of @dump. */
static size_t listings(const struct naive_dump *dump, const char *code, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; request.view.all && i < NLISTED; i++)
		n += listed[i].vmx == dump->vmx && !strcmp(listed[i].code, code) &&
		     !strcmp(listed[i].name, name);
	return n;
}

/* Return the change of a row's total since @from; all of it if @from is NULL. */
static uint64_t change(const struct naive_dump *from, const struct naive_row *row)
{
	const struct naive_row *before = from ? naive_same(from, row) : NULL;

	return row->total - (before ? before->total : 0);
}

static uint64_t change_l2(const struct naive_dump *from, const struct naive_row *row)
{
	const struct naive_row *before = from ? naive_same(from, row) : NULL;

	return row->l2 - (before ? before->l2 : 0);
}

/* Return the change of L2 exits of all rows, which may exceed 64 bits. */
static unsigned __int128 sum_l2(const struct naive_dump *from, const struct naive_dump *to)
{
	unsigned __int128 sum = 0;

	for (size_t i = 0; i < to->nrows; i++)
		sum += change_l2(from, &to->rows[i]);
	return sum;
}

/* Does the table have a column for exits from L2? */
static bool has_l2(const struct naive_dump *from, const struct naive_dump *to)
{
	return to->has_l2 || (from && from->has_l2);
}

/* Check that @field is the share of @n in @of, or empty if @n is not a part of @of. */
static void check_share(const char *field, uint64_t n, uint64_t of)
{
	bool part = of && n <= of;

	if (part ? fabsl(strtold(field, NULL) - 100.0L * n / of) > 0.005001L : *field)
		broken("'%s' is not the share of %" PRIu64 " of %" PRIu64, field, n, of);
}

/* --- The commands ------------------------------------------------------------- */

/*
 * Check whether there is a table. @why is the independent parser's reason for an error,
 * or NULL. Return whether there is a table to check.
 */
static bool due(int status, const char *why)
{
	if (!status && why)
		broken("a table was printed instead of an error: %s", why);
	if (status && !why)
		broken("an error was printed instead of a table");
	return !status;
}

static void check_list(int status)
{
	const struct naive *log = &naive[0];
	bool all_sound = true;

	if (!due(!table.len, NULL))
		return;
	read_csv("dump,where,isa,host,loaded,scope,uptime,rows,exits,state");
	if (printed.nrows != log->ndumps)
		broken("%zu dumps are listed, not %zu", printed.nrows, log->ndumps);
	for (size_t i = 0; i < log->ndumps; i++) {
		const struct naive_dump *dump = &log->dumps[i];
		char **field = printed.row[i], where[32], scope[80];

		snprintf(where, sizeof(where), "%c:%zu", dump->file, dump->line);
		if (strcmp(field[0], dump->label) || strcmp(field[1], where))
			broken("dump %s at %s is not listed", dump->label, where);
		if (dump->sound ? strcmp(field[9], "complete") : strncmp(field[9], "damaged: ", 9))
			broken("dump %s is %s", dump->label, dump->sound ? "complete" : "damaged");
		all_sound &= dump->sound;
		if (!dump->sound)
			continue;
		if (dump->is_vcpu)
			snprintf(scope, sizeof(scope), "%.*s/vcpu%" PRIu64, (int)dump->vm.len,
				 dump->vm.p, dump->vcpu);
		else
			snprintf(scope, sizeof(scope), "%.*s", dump->vm.len ? (int)dump->vm.len : 4,
				 dump->vm.len ? dump->vm.p : "host");
		if (strcmp(field[2], dump->vmx ? "vmx" : "svm") ||
		    !is_piece(dump->host, field[3]) || !is_piece(dump->loaded, field[4]) ||
		    strcmp(field[5], scope) ||
		    fabs(strtod(field[6], NULL) / (dump->uptime_ms / 1000.0) - 1) > 1e-12 ||
		    number(field[7]) != dump->nrows || number(field[8]) != dump->exits)
			broken("dump %s has other fields in its line", dump->label);
	}
	if (status != !all_sound)
		broken("exit status %d", status);
}

/* Check the rows and sums of the dump @to, or of a difference if @from is not NULL. */
static void check_rows(const struct naive_dump *from, const struct naive_dump *to)
{
	uint64_t exits = to->exits - (from ? from->exits : 0);
	unsigned __int128 sum[3] = { 0 };
	size_t shown = 0, also = 0;
	bool l2 = has_l2(from, to), since = !from;
	char heading[64];

	snprintf(heading, sizeof(heading), "code,reason,%s,%sshare_percent",
		 since ? "total,since" : "exits", l2 ? "l2," : "");
	read_csv(heading);
	for (size_t i = 0; i < printed.nrows; i++) {
		char **field = printed.row[i];
		uint64_t n = number(field[2]), m = since ? number(field[3]) : 0;
		uint64_t nested = l2 ? number(field[3 + since]) : 0;
		const struct naive_row *real;

		check_share(field[3 + since + l2], n, exits);
		shown += others(field[1]);
		if (!others(field[1])) {
			real = named(to, field[0], field[1]);
			shown++;
			if (!real && !from && !n && !m && !nested && listings(to, field[0], field[1]))
				continue;
			if (!real)
				broken("row %s %s is not in the dump", field[0], field[1]);
			if (n != change(from, real) || (since && m != real->since) ||
			    nested != change_l2(from, real))
				broken("row %s %s has other numbers in the dump", field[0],
				       field[1]);
			for (size_t k = 0; k < i; k++)
				if (named(to, printed.row[k][0], printed.row[k][1]) == real)
					broken("row %s %s occurs twice", field[0], field[1]);
			if (real >= to->also && real < to->also + to->nalso) {
				shown--;
				also++;
				continue;
			}
		}
		sum[0] += n;
		sum[1] += m;
		sum[2] += nested;
	}
	if (sum[0] != exits || (since && sum[1] != to->since) || sum[2] != sum_l2(from, to))
		broken("the rows do not add up to %" PRIu64, exits);
	for (size_t i = 0; i < to->nrows; i++)
		shown -= !from || request.view.all || change(from, &to->rows[i]) ||
			 change_l2(from, &to->rows[i]);
	for (size_t i = 0; !from && request.view.all && i < NLISTED; i++)
		shown -= listed[i].vmx == to->vmx && !row_of(to, &listed[i]);
	for (size_t i = 0; i < to->nalso; i++)
		also -= !from || request.view.all || change(from, &to->also[i]) ||
			change_l2(from, &to->also[i]);
	if (shown || also)
		broken("there are too few or too many rows");
}

static const struct naive_dump *table_dump(const struct naive *log)
{
	const struct naive_dump *last = naive_last(log);

	if (request.dump)
		return naive_find(log, request.dump);
	return last ? last : &log->dumps[log->ndumps - 1];
}

static void check_vms(int status)
{
	const struct naive_dump *dump = table_dump(&naive[0]);

	if (!due(status, !dump ? "no such dump" : !dump->sound ? "it is damaged" :
			 dump->vm.len ? "it is of a VM" : !dump->number ? "it is from debugfs" :
			 dump->vms_busy ? "no list of VMs" : NULL))
		return;
	read_csv("pid,name,vcpus,total,since,top");
	if (printed.nrows != dump->nvms)
		broken("%zu VMs are listed, not %zu", printed.nrows, dump->nvms);
	for (size_t i = 0; i < dump->nvms; i++) {
		const struct naive_vm *vm = &dump->vms[i];
		char **field = printed.row[i];

		if (number(field[0]) != vm->pid || !is_piece(vm->name, field[1]) ||
		    number(field[2]) != vm->vcpus || number(field[3]) != vm->total ||
		    number(field[4]) != vm->since || !is_piece(vm->top, field[5]))
			broken("VM %zu has other fields in its line", i + 1);
	}
}

static void check_table(int status)
{
	const struct naive_dump *dump = table_dump(&naive[0]);

	if (due(status, !dump ? "no such dump" : !dump->sound ? "it is damaged" :
			sum_l2(NULL, dump) > UINT64_MAX ? "a sum exceeds 64 bits" :
			misnamed(dump) ? "a code has two names" : NULL))
		check_rows(NULL, dump);
}

/*
 * Return why the dump @from of @log cannot be subtracted from @to, or NULL. Each dump of
 * their life that is between them in age must fit too.
 */
static const char *no_difference(const struct naive *log, const struct naive_dump *from,
				 const struct naive_dump *to)
{
	const struct naive_dump *last = from, *next;
	const char *why;

	if (!from->sound || !to->sound)
		return "a dump is damaged";
	if (!naive_one_life(from, to))
		return "they are of two lives";
	do {
		next = NULL;
		for (const struct naive_dump *dump = log->dumps; dump < log->dumps + log->ndumps; dump++)
			if (dump->sound && naive_one_life(dump, from) && naive_older(last, dump) &&
			    !naive_older(to, dump) && (!next || naive_older(dump, next)))
				next = dump;
		why = next ? naive_refusal(last, next, true) : NULL;
		last = next;
	} while (next && !why);
	return why ? why : naive_refusal(from, to, true);
}

static void check_diff(int status)
{
	const struct naive *a = &naive[0], *b = &naive[command == DIFF_LOGS];
	const struct naive_dump *from = command == DIFF ? naive_first(a) : naive_last(a);
	const struct naive_dump *to = naive_last(b);
	const char *why;

	if (!from)
		from = command == DIFF ? a->dumps : &a->dumps[a->ndumps - 1];
	if (!to)
		to = &b->dumps[b->ndumps - 1];
	if (request.from)
		from = naive_find(a, request.from);
	if (request.to)
		to = naive_find(b, request.to);
	if (!from || !to)
		why = "no such dump";
	else if (!from->sound || !to->sound)
		why = "a dump is damaged";
	else if (command == DIFF_LOGS)
		why = naive_refusal(from, to, false);
	else if (from == to)
		why = "the dumps are the same";
	else if (naive_one_life(from, to) && naive_older(to, from))
		why = "the first dump comes after the second";
	else
		why = no_difference(a, from, to);
	if (!why && sum_l2(from, to) > UINT64_MAX)
		why = "a sum exceeds 64 bits";
	if (due(status, why))
		check_rows(from, to);
}

/* Find the steps of a log. Return NULL, or why there should be an error. */
static const char *find_steps(const struct naive *log, struct naive_steps *steps)
{
	const struct naive_mark *marks = log->marks;
	size_t begin, end;
	const char *why = NULL;

	steps->n = 0;
	if (!log->nmarks || log->nmarks % 2)
		return "there are no marks, or an odd number";
	begin = marks[0].at;
	end = marks[log->nmarks - 1].at;
	for (size_t i = 0; i < log->ndumps; i++) {
		const struct naive_dump *dump = &log->dumps[i];

		if (!dump->sound && dump->end > begin && !(dump->begun && dump->at > end))
			return "a dump is damaged among the steps";
	}
	for (size_t i = 0; i < log->nmarks; i += 2) {
		struct naive_step step = { .begin = &marks[i], .end = &marks[i + 1] };

		if (step.begin->kind != 'b' || step.end->kind != 'e' ||
		    step.begin->namelen != step.end->namelen ||
		    memcmp(step.begin->name, step.end->name, step.begin->namelen))
			return "the marks do not form pairs";
		for (size_t k = 0; k < i; k++)
			if (marks[k].namelen == step.begin->namelen &&
			    !memcmp(marks[k].name, step.begin->name, step.begin->namelen))
				return "a name occurs twice";
		for (size_t k = 0; k < log->ndumps; k++) {
			const struct naive_dump *dump = &log->dumps[k];

			if ((dump->at < step.begin->at && dump->end > step.begin->at) ||
			    (dump->at < step.end->at && dump->end > step.end->at))
				return "a dump straddles a mark";
			if (dump->at < step.begin->at || dump->at > step.end->at)
				continue;
			if (!step.first)
				step.first = dump;
			step.last = dump;
		}
		if (step.first == step.last)
			return "a step has fewer than two dumps";
		for (const struct naive_dump *dump = log->dumps + 1; dump < log->dumps + log->ndumps;
		     dump++)
			if (dump >= step.first && dump <= step.last + 1 && dump->sound &&
			    dump[-1].sound && naive_one_life(dump - 1, dump) && dump[-1].number &&
			    dump->number > dump[-1].number && dump->number != dump[-1].number + 1)
				return "a dump is missing";
		for (const struct naive_dump *dump = step.first; dump <= step.last; dump++)
			if (!naive_one_life(step.first, dump))
				return "a step has dumps of two lives";
		why = no_difference(log, step.first, step.last);
		if (why)
			return why;
		steps->step[steps->n++] = step;
		if (step.last->vmx != steps->step[0].last->vmx)
			return "the steps are of two hosts";
	}
	return NULL;
}

/* Return why the steps, with or without exits from L2, don't fit into a table, or NULL. */
static const char *no_matrix(const struct naive_steps *steps, bool l2)
{
	unsigned __int128 sum = 0, nested = 0;

	for (size_t i = 0; i < steps->n; i++) {
		const struct naive_dump *last = steps->step[i].last;

		sum += last->exits - steps->step[i].first->exits;
		nested += sum_l2(steps->step[i].first, last);
		for (size_t k = 0; k < i; k++) {
			for (size_t r = 0; r < last->nrows; r++) {
				const struct naive_row *row = &last->rows[r];
				const struct naive_row *same = naive_same(steps->step[k].last, row);

				if (same && (same->namelen != row->namelen ||
					     memcmp(same->name, row->name, row->namelen)))
					return "a code has two names";
			}
		}
	}
	for (size_t i = 0; i < steps->n; i++) {
		const struct naive_dump *last = steps->step[i].last;

		/* "also" rows are not in the sums above */
		for (size_t r = 0; r < last->nalso; r++) {
			unsigned __int128 also = 0, also_l2 = 0;

			for (size_t k = 0; k < steps->n; k++) {
				const struct naive_row *same = naive_same(steps->step[k].last,
									  &last->also[r]);

				also += same ? change(steps->step[k].first, same) : 0;
				also_l2 += same ? change_l2(steps->step[k].first, same) : 0;
			}
			if (also > UINT64_MAX || (l2 && also_l2 > UINT64_MAX))
				return "a sum exceeds 64 bits";
		}
	}
	return sum > UINT64_MAX || (l2 && nested > UINT64_MAX) ? "a sum exceeds 64 bits" : NULL;
}

static const struct naive_step *step_named(const struct naive_steps *steps, const char *word)
{
	for (size_t i = 0; i < steps->n; i++)
		if (is_mark(steps->step[i].begin, word))
			return &steps->step[i];
	broken("there is no step %s", word);
}

/* Return the exits in @step for a reason. */
static uint64_t exits_in(const struct naive_step *step, const char *code, const char *name)
{
	const struct naive_row *real = named(step->last, code, name);

	return real ? change(step->first, real) : 0;
}

static uint64_t l2_in(const struct naive_step *step, const char *code, const char *name)
{
	const struct naive_row *real = named(step->last, code, name);

	return real ? change_l2(step->first, real) : 0;
}

static uint64_t exits_of(const struct naive_step *step)
{
	return step->last->exits - step->first->exits;
}

static bool steps_have_l2(const struct naive_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (has_l2(steps->step[i].first, steps->step[i].last))
			return true;
	return false;
}

/* Check @sum, the sum of the printed rows of each step. */
static void check_sums(const struct naive_steps *steps, const uint64_t *sum)
{
	for (size_t i = 0; i < steps->n; i++)
		if (sum[i] != exits_of(&steps->step[i]))
			broken("the rows of step %zu of %zu do not add up", i + 1, steps->n);
}

static void check_steps(int status)
{
	static struct naive_steps steps;
	const char *why = find_steps(&naive[0], &steps);
	uint64_t sum[STEPS_MAX] = { 0 };
	size_t nlisted = 0;
	bool l2;

	for (size_t i = 0; !why && i < steps.n; i++)
		why = misnamed(steps.step[i].last) ? "a code has two names" : NULL;
	if (!due(status, why ? why : no_matrix(&steps, true)))
		return;
	l2 = steps_have_l2(&steps);
	read_csv(l2 ? "step,code,reason,exits,l2" : "step,code,reason,exits");
	for (size_t i = 0; i < printed.nrows; i++) {
		char **field = printed.row[i];
		uint64_t n = number(field[3]), m = l2 ? number(field[4]) : 0;
		const struct naive_step *step = step_named(&steps, field[0]);

		if (!others(field[2]) && (n != exits_in(step, field[1], field[2]) ||
					  m != l2_in(step, field[1], field[2])))
			broken("row %s %s %s has another number in the dumps", field[0], field[1],
			       field[2]);
		if (strcmp(field[1], "also"))
			sum[step - steps.step] += n;
		nlisted += listings(step->last, field[1], field[2]);
	}
	check_sums(&steps, sum);
	if (request.view.all && !request.view.top && nlisted != 2 * steps.n)
		broken("%zu listed reasons have rows, not %zu", nlisted, 2 * steps.n);
}

/* Check rows by kind, isa, step and reason; or with one isa, by log, step and reason. */
static void check_compared(const struct naive_steps *sides)
{
	const struct naive_dump *a = sides[0].step[0].last, *b = sides[1].step[0].last;
	bool one_isa = a->vmx == b->vmx;
	bool one_host = a->host.len == b->host.len && !memcmp(a->host.p, b->host.p, a->host.len);
	uint64_t sum[2][STEPS_MAX] = { 0 };

	read_csv(one_isa ? "log,step,code,reason,exits" : "kind,isa,step,code,reason,exits");
	for (size_t i = 0; i < printed.nrows; i++) {
		char **field = printed.row[i] + !one_isa;
		size_t side = !(!one_isa ? !strcmp(field[0], a->vmx ? "vmx" : "svm") :
				one_host ? !strcmp(field[0], "a") : is_piece(a->host, field[0]));
		const struct naive_step *step = step_named(&sides[side], field[1]);
		uint64_t n = number(field[4]);

		if (side && one_isa && (one_host ? strcmp(field[0], "b") : !is_piece(b->host, field[0])))
			broken("%s is not the name of a log", field[0]);
		if (!others(one_isa ? field[3] : field[-1]) && n != exits_in(step, field[2], field[3]))
			broken("row %s %s %s has another number in the dumps", field[1], field[2],
			       field[3]);
		sum[side][step - sides[side].step] += n;
	}
	check_sums(&sides[0], sum[0]);
	check_sums(&sides[1], sum[1]);
}

static void check_compare(int status)
{
	static struct naive_steps all[2], both[2];
	const char *why = NULL;

	for (size_t side = 0; !why && side < 2; side++)
		why = find_steps(&naive[side], &all[side]);
	both[0].n = both[1].n = 0;
	for (size_t i = 0; !why && i < all[0].n; i++) {
		for (size_t k = 0; k < all[1].n; k++) {
			const struct naive_mark *a = all[0].step[i].begin, *b = all[1].step[k].begin;

			if (a->namelen == b->namelen && !memcmp(a->name, b->name, a->namelen)) {
				both[0].step[both[0].n++] = all[0].step[i];
				both[1].step[both[1].n++] = all[1].step[k];
			}
		}
	}
	if (!why && !both[0].n)
		why = "the logs have no step in common";
	for (size_t side = 0; !why && side < 2; side++)
		why = no_matrix(&both[side], false);
	if (due(status, why))
		check_compared(both);
}

/* Check that there is either a table, with warnings at most, or an error. */
static void check_sentences(int status)
{
	size_t errors = 0;

	if (said.len && said.text[said.len - 1] != '\n')
		broken("the last error line has no end");
	for (char *line = said.text; *line; line = strchr(line, '\n') + 1) {
		char *what = strstr(line, ": ");

		if (!what)
			broken("an error line has no message");
		errors += strncmp(what, ": warning: ", 11) != 0;
	}
	/* a list with damaged dumps is a table, and fails */
	if (command == LIST ? !table.len != !!errors : !status != !errors)
		broken("exit status %d, and %zu errors", status, errors);
	if (command != LIST && !status != !!table.len)
		broken("exit status %d, and %s", status, table.len ? "a table" : "no table");
}

static void check(int status)
{
	static void (*const checks[COMMANDS])(int status) = {
		[LIST] = check_list, [TABLE] = check_table, [DIFF] = check_diff,
		[DIFF_LOGS] = check_diff, [STEPS] = check_steps, [COMPARE] = check_compare,
		[VMS] = check_vms,
	};

	check_sentences(status);
	if (request.format == TABLE_CSV)
		checks[command](status);
}

/* --- The input ----------------------------------------------------------------- */

/* Return a dump's label, a number that may need an ".1", or a label that no dump has. */
static const char *label(const struct naive *log, uint8_t which, char *buf, size_t size)
{
	which %= log->ndumps + 2 < 16 ? log->ndumps + 2 : 16;
	if (which < log->ndumps)
		return log->dumps[which].label;
	if (which > log->ndumps)
		return "0.1";
	snprintf(buf, size, "%" PRIu64, log->dumps[0].number);
	return buf;
}

/* Read and show times. There is no independent parser for them: only ASan and UBSan check. */
static void read_times(const char *name, const char *text, size_t len)
{
	struct view_options view = { .by_count = true, .top = 3 };
	struct times_log times = {};
	struct dump_log *marks = dump_log_new();
	struct times_step *steps = NULL;
	size_t nsteps = 0;
	char *error;

	dump_log_add(marks, name, text, len);
	free(dump_log_finish(marks));
	error = times_log_add(&times, name, text, len);
	if (!error && times.ntimes) {
		table_free(view_times(&times.times[times.ntimes - 1], &view, &error));
		error = times_steps(&times, marks, &steps, &nsteps);
		if (!error && nsteps)
			table_free(view_times_steps(steps, nsteps, &view, &error));
		times_steps_free(steps, nsteps);
	}
	free(error);
	times_log_free(&times);
	dump_log_free(marks);
}

/* The messages of an input, one in each line: "LINE TEXT". */
struct messages {
	char text[4 * NAIVE_MAX];
	size_t len;
};

static bool take_message(void *arg, const struct input_text *text)
{
	struct messages *messages = arg;

	if (memmem(text->text, text->len, "kvm_exit", 8) &&
	    text->len + 16 < sizeof(messages->text) - messages->len)
		messages->len += sprintf(messages->text + messages->len, "%" PRIu64 " %s\n", text->line,
					 text->text);
	return false;
}

/*
 * Set @messages to those of a file, which comes in parts of @part bytes. Return whether
 * it is a log.
 */
static bool read_messages(enum input_kind kind, const char *bytes, size_t len, size_t part,
			  struct messages *messages)
{
	struct input *input = input_new(kind, take_message, messages);
	bool fatal, good;
	char *error;

	messages->len = 0;
	*messages->text = '\0';
	for (size_t i = 0; i < len; i += part)
		input_feed(input, bytes + i, len - i < part ? len - i : part);
	error = input_end(input, &fatal);
	good = !error || !fatal;
	free(error);
	input_free(input);
	return good;
}

/* Encode the text: 0 JSON strings, 1 JSON arrays of bytes, 2 UTF-16, 3 gzip. Return the length. */
static size_t encode(unsigned int how, const char *text, size_t len, char *out)
{
	z_stream gzip = { .next_in = (Bytef *)text, .avail_in = len };
	const char *end = text + len;
	char *p = out;

	if (how == 3) {
		gzip.next_out = (Bytef *)out;
		gzip.avail_out = 8 * NAIVE_MAX;
		deflateInit2(&gzip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
		deflate(&gzip, Z_FINISH);
		deflateEnd(&gzip);
		return gzip.total_out;
	}
	if (how == 2) {
		p = stpcpy(p, "\xff\xfe");
		for (; text < end; text++) {
			*p++ = *text;
			*p++ = '\0';
		}
		return p - out;
	}
	while (text < end) {
		const char *line = text;

		p += sprintf(p, how ? "{\"MESSAGE\":[" : "{\"MESSAGE\":\"");
		for (; text < end && *text != '\n'; text++) {
			unsigned char c = *text;

			if (how)
				p += sprintf(p, text > line ? ",%d" : "%d", c);
			else if (c < ' ' || c == '"' || c == '\\')
				p += sprintf(p, "\\u%04x", c);
			else
				*p++ = c;
		}
		/* An array has at least one byte. */
		if (how && text == line)
			p += sprintf(p, "32");
		p += sprintf(p, how ? "]}\n" : "\"}\n");
		text++;
	}
	return p - out;
}

/* Check that the text has the same messages when it is encoded, however it is read. */
static void check_encoding(unsigned int how, const char *text, size_t len, size_t part)
{
	static struct messages plain, encoded;
	static char bytes[8 * NAIVE_MAX];
	size_t longest = 0, begin = 0;

	/* of another kind, as it begins with "%PDF-": only ASan and UBSan check it */
	if (!read_messages(INPUT_ANY, text, len, part, &encoded))
		return;
	for (size_t i = 0; i < len; i++) {
		longest = i - begin > longest ? i - begin : longest;
		begin = text[i] == '\n' ? i + 1 : begin;
		if (!text[i] || text[i] == '\33' || text[i] & 0x80)
			return;
	}
	/* texts that are encoded themselves, and long lines */
	if (len < 16 || longest > 1000 || len - begin > 1000 || strchr("{[_x", *text) ||
	    !memchr(text, '\n', len < 500 ? len : 500) || *text == '\n' || *text == '\r' || *text == ' ' ||
	    *text == '\t' || *text == '\36' || memmem(text, len, "=3D", 3) || !memcmp(text, "data:", 5))
		return;
	read_messages(INPUT_TEXT, text, len, len, &plain);
	len = encode(how, text, len, bytes);
	read_messages(INPUT_ANY, bytes, len, part, &encoded);
	if (strcmp(plain.text, encoded.text)) {
		snprintf(table.text, sizeof(table.text), "%s", plain.text);
		snprintf(said.text, sizeof(said.text), "%s", encoded.text);
		broken("the messages are others in encoding %u", how);
	}
}

/* Run the command and check what it prints. Return its exit status. */
static int print(enum table_format format, const struct log *logs, size_t nlogs)
{
	int status;

	request.format = format;
	request.view.csv = format == TABLE_CSV;
	request.view.lists = format == TABLE_CSV || format == TABLE_JSON;
	table.len = said.len = 0;
	*table.text = *said.text = '\0';
	status = commands[command].run(&request, logs, nlogs);
	fflush(request.out);
	fflush(request.err);
	check(status);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "b" };
	const char *text = (const char *)data + FUZZ_HEADER, *feed;
	char from[24], to[24];
	enum table_format format;
	struct log logs[2];
	size_t nlogs, len;
	int status;

	if (size < FUZZ_HEADER || size > NAIVE_MAX)
		return 0;
	if (size % 8 < 4)
		check_encoding(size % 8, text, size - FUZZ_HEADER, 1 + size * 37 % 4096);
	command = (uint8_t)(data[0] - '0') % COMMANDS;
	request.vms = command == VMS;
	nlogs = commands[command].nlogs;
	len = size - FUZZ_HEADER;
	feed = memchr(text, '\f', len);

	for (size_t i = 0; i < nlogs; i++) {
		naive_clear(&naive[i]);
		logs[i] = (struct log){
			.dumps = dump_log_new(),
			.name = nlogs == 1 && feed ? "the log" : names[i],
		};
	}
	/* without a form feed, both logs are the same text */
	for (size_t i = 0; i < (feed ? 2 : nlogs); i++) {
		const char *part = feed && i ? feed + 1 : text;
		size_t n = !feed ? len : i ? (size_t)(text + len - part) : (size_t)(feed - text);

		dump_log_add(logs[i % nlogs].dumps, names[i], part, n);
		if (size % 8 == 4 || size % 8 == 5)
			read_times(names[i], part, n);
		naive_add(&naive[i % nlogs], *names[i], part, n);
	}
	request.view.all = data[2] & 2;
	for (size_t i = 0; i < nlogs; i++) {
		const struct dump_counts *reasons = logs[i].dumps->reasons;

		/* the checks don't know a list that the input itself has */
		request.view.all &= !reasons[DUMP_ISA_VMX].nrows && !reasons[DUMP_ISA_SVM].nrows;
		for (size_t k = 0; request.view.all && k < 2; k++)
			dump_log_add(logs[i].dumps, "list", lists[k], strlen(lists[k]));
		free(dump_log_finish(logs[i].dumps));
		naive_finish(&naive[i]);
		if (logs[i].dumps->ndumps != naive[i].ndumps)
			broken("%zu dumps were found, not %zu", logs[i].dumps->ndumps,
			       naive[i].ndumps);
	}

	request.view.by_count = data[2] & 1;
	request.view.top = data[3] % 16;
	if (naive[0].ndumps && naive[nlogs - 1].ndumps) {
		request.dump = request.from = data[2] & 4 ?
			label(&naive[0], data[4], from, sizeof(from)) : NULL;
		request.to = data[2] & 8 ?
			label(&naive[nlogs - 1], data[5], to, sizeof(to)) : NULL;
		status = print(TABLE_CSV, logs, nlogs);
		/* JSON cannot hold numbers of 64 bits */
		format = (data[1] & 15) % 5;
		/* only the sanitizers check rates */
		request.view.per_second = format != TABLE_CSV && (data[1] & 15) / 5 == 1;
		if (print(format, logs, nlogs) != status &&
		    (status || request.format != TABLE_JSON))
			broken("only one of this format and CSV has a table");
		request.view.per_second = false;
	}
	for (size_t i = 0; i < nlogs; i++)
		dump_log_free(logs[i].dumps);
	return 0;
}
