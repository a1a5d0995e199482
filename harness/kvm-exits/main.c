// SPDX-License-Identifier: GPL-2.0
/* kvm-exits - tables from the VM-exit counters that KVM dumps into the kernel log */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

#include "alloc.h"
#include "view.h"

#define VERSION "1"

enum {
	EXIT_USAGE = 2,
};

static const char help[] =
"Usage: kvm-exits list    [OPTION...] [FILE...]\n"
"       kvm-exits table   [OPTION...] [FILE...]\n"
"       kvm-exits diff    [OPTION...] [FILE [FILE2]]\n"
"       kvm-exits steps   [OPTION...] [FILE...]\n"
"       kvm-exits compare [OPTION...] FILE FILE2\n"
"\n"
"Read dumps of VM-exit counters out of kernel logs and print tables. FILE is the\n"
"output of dmesg, journalctl, a serial console, /dev/kmsg, or a copy of kvm's\n"
"exit_counters in debugfs; \"-\" or none is standard input. Several FILEs are one\n"
"log, read in the order given.\n"
"\n"
"  list    the dumps in the log, and what is wrong with those that are damaged\n"
"  table   one dump, by default the last\n"
"  diff    the exits between two dumps, by default the first and the last; with\n"
"          two FILEs, from the last dump of FILE to the last dump of FILE2\n"
"  steps   the exits of each reason in each step: from the first to the last dump\n"
"          between the marks \"kvm_exits_step: begin NAME\" and \"... end NAME\"\n"
"  compare the steps of two logs, one of vmx and one of svm, side by side: for each\n"
"          kind of exit the reasons that either vendor has for it; columns are the\n"
"          steps of FILE that FILE2 has as well\n"
"\n"
"  -d, --dump N         table: the dump with number N\n"
"  -f, --from N         diff: the dump to start from\n"
"  -t, --to N           diff: the dump to end with\n"
"  -a, --all            diff: reasons with no change as well\n"
"  -s, --sort WHAT      table, diff, steps: highest \"count\" or lowest \"code\" first\n"
"                       (default: count in table and diff, code in steps and CSV);\n"
"                       compare: highest \"count\" of both vendors first, or \"code\"\n"
"                       (the default), a fixed order of kinds\n"
"  -n, --top N          table, diff, steps: only the first N reasons, and one row\n"
"                       that sums the others; compare: the same with kinds\n"
"  -F, --format FORMAT  text (the default), markdown, csv or json\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"A log that has the number N more than once, because kvm.ko was loaded anew, has\n"
"dumps N.1, N.2 and so on. Rows \"of which\" are exits that a row above has counted\n"
"already.\n"
"\n"
"A dump with a line missing, doubled or torn is damaged, and no table is ever made\n"
"of it. If no dump is named, a damaged one that is the last (table), the first, the\n"
"last or between them (diff) or among the steps (steps, compare) is an error; other\n"
"damaged dumps are a warning. Between two dumps the counters must not have restarted.\n"
"Steps must not be nested, cut a dump, share a name, or miss a dump's number.\n"
"\n"
"Exit status: 0 if all is well, 1 for a log that is damaged or has no such dump and\n"
"for errors of reading and writing, 2 for bad usage.\n";

/* What the command line says; NULL is what it does not say. */
struct options {
	const char *dump;
	const char *from;
	const char *to;
	const char *sort;
	const char *top;
	const char *format;
	bool all;
	enum table_format table_format;
	struct view_options view;
	char **files;
	size_t nfiles;
};

/* A file or several as one log, and what messages call it. */
struct log {
	struct dump_log *dumps;
	const char *name;
};

/* A log with its steps. */
struct step_log {
	struct log log;
	struct step *steps;
	size_t nsteps;
};

struct command {
	const char *name;
	const char *options;	/* the short names of those that it has */
	size_t min_files;
	size_t max_files;
	int (*run)(const struct options *options);
};

static __attribute__((noreturn, format(printf, 1, 2))) void usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}

/* Print an error sentence and free it. */
static int failed(char *error)
{
	warnx("%s", error);
	free(error);
	return EXIT_FAILURE;
}

static void read_file(struct dump_log *log, const char *name)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "r");
	size_t size = 1 << 16, len = 0, n;
	char *buf;

	if (is_stdin)
		name = "stdin";
	if (!file)
		err(EXIT_FAILURE, "cannot open %s", name);
	buf = must(malloc(size));
	while ((n = fread(buf + len, 1, size - len, file)) > 0) {
		len += n;
		if (len == size) {
			buf = must(reallocarray(buf, size, 2));
			size *= 2;
		}
	}
	if (ferror(file))
		err(EXIT_FAILURE, "cannot read %s", name);
	if (!is_stdin)
		fclose(file);
	dump_log_add(log, name, buf, len);
	free(buf);
}

static struct log read_log(char *const *files, size_t nfiles)
{
	struct log log = { .dumps = dump_log_new(), .name = "the log" };

	for (size_t i = 0; i < nfiles; i++)
		read_file(log.dumps, files[i]);
	if (nfiles == 1)
		log.name = strcmp(files[0], "-") ? files[0] : "stdin";
	dump_log_finish(log.dumps);
	if (!log.dumps->ndumps)
		errx(EXIT_FAILURE, "no dump of VM-exit counters in %s", log.name);
	return log;
}

/* Print the table, and make sure that all of it was written. */
static int print(struct table *table, enum table_format format)
{
	char *error = table_write(table, format, stdout);
	bool bad;

	table_free(table);
	if (error)
		return failed(error);
	errno = 0;
	bad = ferror(stdout);
	if (!fclose(stdout) && !bad)
		return EXIT_SUCCESS;
	if (errno)
		warn("cannot write the table");
	else
		warnx("cannot write the table");
	return EXIT_FAILURE;
}

/* The index of the dump that the user calls @label. */
static size_t pick(const struct log *log, const char *label)
{
	const struct dump_log *dumps = log->dumps;
	char name[DUMP_LABEL_SIZE];

	for (size_t i = 0; i < dumps->ndumps; i++) {
		const struct dump *dump = dumps->dumps[i];

		if (!strcmp(dump_label(dump, name), label))
			return i;
		if (!strncmp(name, label, strlen(label)) && name[strlen(label)] == '.')
			errx(EXIT_FAILURE, "%s has dump %s %u times, named %s.1 to %s.%u",
			     log->name, label, dump->of, label, label, dump->of);
	}
	errx(EXIT_FAILURE, "no dump %s in %s", label, log->name);
}

/*
 * Tell of damaged dumps: an error for @from, @to and, if the user did not name
 * both, those between; a warning for others.
 */
static bool sound(const struct log *log, size_t from, size_t to, bool named)
{
	bool sound = true;

	for (size_t i = 0; i < log->dumps->ndumps; i++) {
		const struct dump *dump = log->dumps->dumps[i];
		char label[DUMP_LABEL_SIZE];
		bool matters = i == from || i == to || (!named && from < i && i < to);

		if (!dump->problem)
			continue;
		warnx("%s%s:%" PRIu64 ": dump %s is damaged: %s", matters ? "" : "warning: ",
		      dump->problem_at.file, dump->problem_at.line, dump_label(dump, label),
		      dump->problem);
		sound &= !matters;
	}
	return sound;
}

static int run_list(const struct options *options)
{
	struct log log = read_log(options->files, options->nfiles);
	int status = print(view_list(log.dumps), options->table_format);

	for (size_t i = 0; i < log.dumps->ndumps; i++)
		if (log.dumps->dumps[i]->problem)
			status = EXIT_FAILURE;
	dump_log_free(log.dumps);
	return status;
}

static int run_table(const struct options *options)
{
	struct log log = read_log(options->files, options->nfiles);
	size_t i = options->dump ? pick(&log, options->dump) : log.dumps->ndumps - 1;
	int status = EXIT_FAILURE;

	if (sound(&log, i, i, options->dump)) {
		char *error;
		struct table *table = view_dump(log.dumps->dumps[i], &options->view, &error);

		status = table ? print(table, options->table_format) : failed(error);
	}
	dump_log_free(log.dumps);
	return status;
}

static int print_diff(const struct options *options, const struct dump *from,
		      const char *from_file, const struct dump *to, const char *to_file,
		      struct dump_counts *exits)
{
	char *error;
	struct table *table = view_diff(from, from_file, to, to_file, exits, &options->view,
					&error);

	dump_counts_free(exits);
	return table ? print(table, options->table_format) : failed(error);
}

static int diff_files(const struct options *options)
{
	struct log a = read_log(options->files, 1), b = read_log(options->files + 1, 1);
	size_t from = options->from ? pick(&a, options->from) : a.dumps->ndumps - 1;
	size_t to = options->to ? pick(&b, options->to) : b.dumps->ndumps - 1;
	bool sound_a = sound(&a, from, from, options->from);
	bool sound_b = sound(&b, to, to, options->to);
	int status = EXIT_FAILURE;

	if (sound_a && sound_b) {
		const struct dump *x = a.dumps->dumps[from], *y = b.dumps->dumps[to];
		struct dump_counts exits;
		char *error = dump_diff(x, y, &exits);

		status = error ? failed(error) : print_diff(options, x, a.name, y, b.name, &exits);
	}
	dump_log_free(a.dumps);
	dump_log_free(b.dumps);
	return status;
}

static int diff_log(const struct options *options)
{
	struct log log = read_log(options->files, options->nfiles);
	size_t from = options->from ? pick(&log, options->from) : 0;
	size_t to = options->to ? pick(&log, options->to) : log.dumps->ndumps - 1;
	struct dump *const *dumps = log.dumps->dumps;
	char a[DUMP_LABEL_SIZE], b[DUMP_LABEL_SIZE];
	int status = EXIT_FAILURE;

	if (!sound(&log, from, to, options->from && options->to))
		goto out;
	dump_label(dumps[from], a);
	dump_label(dumps[to], b);
	if (from == to) {
		warnx("from dump %s to dump %s of %s there is no difference to show", a, b,
		      log.name);
	} else if (from > to) {
		warnx("dump %s comes after dump %s in %s", a, b, log.name);
	} else {
		struct dump_counts exits;
		char *error = dump_log_diff(log.dumps, from, to, &exits);

		status = error ? failed(error) :
				 print_diff(options, dumps[from], NULL, dumps[to], NULL, &exits);
	}
out:
	dump_log_free(log.dumps);
	return status;
}

static int run_diff(const struct options *options)
{
	return options->nfiles == 2 ? diff_files(options) : diff_log(options);
}

/* Read the steps, or print the error and leave none. Free with step_log_free(). */
static bool read_steps(struct step_log *log, char *const *files, size_t nfiles)
{
	char *error;

	log->log = read_log(files, nfiles);
	error = dump_log_steps(log->log.dumps, &log->steps, &log->nsteps);
	if (!log->log.dumps->nmarks) {
		/* of two logs, the one that has none */
		free(error);
		error = text("no step marks in %s", log->log.name);
	}
	if (error) {
		failed(error);
		return false;
	}
	/* what is damaged now is away from the steps: a warning */
	sound(&log->log, SIZE_MAX, SIZE_MAX, true);
	return true;
}

static void step_log_free(struct step_log *log)
{
	steps_free(log->steps, log->nsteps);
	dump_log_free(log->log.dumps);
}

static int run_steps(const struct options *options)
{
	struct step_log log;
	int status = EXIT_FAILURE;

	if (read_steps(&log, options->files, options->nfiles)) {
		char *error;
		struct table *table = view_steps(log.steps, log.nsteps, &options->view, &error);

		status = table ? print(table, options->table_format) : failed(error);
	}
	step_log_free(&log);
	return status;
}

/* The step of that name, or NULL. */
static const struct step *find_step(const struct step_log *log, const char *name)
{
	for (size_t i = 0; i < log->nsteps; i++)
		if (!strcmp(log->steps[i].name, name))
			return &log->steps[i];
	return NULL;
}

static void warn_of_lone_steps(const struct step_log *log, const struct step_log *other)
{
	for (size_t i = 0; i < log->nsteps; i++)
		if (!find_step(other, log->steps[i].name))
			warnx("warning: step %s of %s is not in %s", log->steps[i].name,
			      log->log.name, other->log.name);
}

/* Print the steps that both logs have. Their isas differ. */
static int compare_steps(const struct options *options, const struct step_log *a,
			 const struct step_log *b)
{
	/* copies that share what they point to with the logs' steps */
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
		warn_of_lone_steps(a, b);
		warn_of_lone_steps(b, a);
		table = view_compare(x, y, n, &options->view, &error);
	} else {
		error = text("no step of %s is in %s", a->log.name, b->log.name);
	}
	free(x);
	free(y);
	return table ? print(table, options->table_format) : failed(error);
}

static int run_compare(const struct options *options)
{
	struct step_log a, b;
	bool good_a = read_steps(&a, options->files, 1);
	bool good_b = read_steps(&b, options->files + 1, 1);
	int status = EXIT_FAILURE;

	if (good_a && good_b) {
		enum dump_isa isa = a.steps[0].last->isa;

		if (isa == b.steps[0].last->isa)
			warnx("%s and %s are both of %s: compare takes one of vmx and one of svm",
			      a.log.name, b.log.name, dump_isa_name(isa));
		else
			status = compare_steps(options, &a, &b);
	}
	step_log_free(&a);
	step_log_free(&b);
	return status;
}

static const struct command commands[] = {
	{ "list",    "F",      0, SIZE_MAX, run_list },
	{ "table",   "Fsnd",   0, SIZE_MAX, run_table },
	{ "diff",    "Fsnfta", 0, 2,        run_diff },
	{ "steps",   "Fsn",    0, SIZE_MAX, run_steps },
	{ "compare", "Fsn",    2, 2,        run_compare },
};

static const struct option long_options[] = {
	{ "dump",    required_argument, NULL, 'd' },
	{ "from",    required_argument, NULL, 'f' },
	{ "to",      required_argument, NULL, 't' },
	{ "all",     no_argument,       NULL, 'a' },
	{ "sort",    required_argument, NULL, 's' },
	{ "top",     required_argument, NULL, 'n' },
	{ "format",  required_argument, NULL, 'F' },
	{ "help",    no_argument,       NULL, 'h' },
	{ "version", no_argument,       NULL, 'V' },
	{ 0 },
};

static const char *option_name(char letter)
{
	const struct option *option = long_options;

	while (option->val != letter)
		option++;
	return option->name;
}

/* The index of @word in @words, or bad usage. */
static size_t choose(const char *option, const char *word, const char *const *words, size_t n,
		     const char *all)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return i;
	usage("--%s is %s, not '%s'", option, all, word);
}

/* Digits, and for a dump perhaps a dot and digits. */
static void check_label(const char *option, const char *label)
{
	size_t n = label ? strspn(label, "0123456789") : 1;

	if (n && label && label[n] == '.' && label[n + 1])
		n += 1 + strspn(label + n + 1, "0123456789");
	if (!n || (label && label[n]))
		usage("--%s is the number of a dump, not '%s'", option, label);
}

static void check_options(struct options *options)
{
	static const char *const formats[] = {
		[TABLE_TEXT] = "text", [TABLE_MARKDOWN] = "markdown",
		[TABLE_CSV] = "csv", [TABLE_JSON] = "json",
	};
	static const char *const sorts[] = { "code", "count" };
	struct view_options *view = &options->view;

	check_label("dump", options->dump);
	check_label("from", options->from);
	check_label("to", options->to);
	if (options->format)
		options->table_format = choose("format", options->format, formats, 4,
					       "text, markdown, csv or json");
	if (options->sort)
		view->by_count = choose("sort", options->sort, sorts, 2, "count or code");
	if (options->top) {
		char *end;

		errno = 0;
		view->top = strtoul(options->top, &end, 10);
		if (errno || *end || !view->top || strspn(options->top, "0123456789") == 0)
			usage("--top is a number of reasons or kinds from 1 up, not '%s'",
			      options->top);
	}
	view->all = options->all;
	view->lists = options->table_format == TABLE_CSV || options->table_format == TABLE_JSON;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	usage("there is no command '%s', only list, table, diff, steps and compare", name);
}

int main(int argc, char **argv)
{
	char dash[] = "-", *standard_input[] = { dash };
	const struct command *command;
	struct options options = { 0 };
	char given[UINT8_MAX + 1] = "";
	size_t stdins = 0;
	int c;

	while ((c = getopt_long(argc, argv, "d:f:t:as:n:F:hV", long_options, NULL)) != -1) {
		switch (c) {
		case 'd':
			options.dump = optarg;
			break;
		case 'f':
			options.from = optarg;
			break;
		case 't':
			options.to = optarg;
			break;
		case 'a':
			options.all = true;
			break;
		case 's':
			options.sort = optarg;
			break;
		case 'n':
			options.top = optarg;
			break;
		case 'F':
			options.format = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return fclose(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
		case 'V':
			puts("kvm-exits " VERSION);
			return fclose(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
		default:
			return EXIT_USAGE;
		}
		given[c] = true;
	}
	if (optind == argc)
		usage("no command given: list, table, diff, steps or compare");
	command = find_command(argv[optind++]);
	for (c = 0; c <= UINT8_MAX; c++)
		if (given[c] && !strchr(command->options, c))
			usage("%s has no option --%s", command->name, option_name(c));
	check_options(&options);

	options.files = argv + optind;
	options.nfiles = argc - optind;
	if (options.nfiles < command->min_files || options.nfiles > command->max_files)
		usage("%s reads %s, not %zu", command->name,
		      command->min_files ? "two FILEs" : "one FILE or two", options.nfiles);
	for (size_t i = 0; i < options.nfiles; i++)
		stdins += !strcmp(options.files[i], "-");
	if (stdins > 1)
		usage("standard input can be read only once");
	if (!options.nfiles) {
		options.files = standard_input;
		options.nfiles = 1;
	}
	/* people look for what is most; programs compare and want a fixed order */
	if (!options.sort)
		options.view.by_count = command->run != run_steps &&
					command->run != run_compare &&
					options.table_format != TABLE_CSV;
	return command->run(&options);
}
