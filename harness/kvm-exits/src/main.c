// SPDX-License-Identifier: GPL-2.0
/* kvm-exits - tables from the VM-exit counters that KVM dumps into the kernel log */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

#include "alloc.h"
#include "command.h"

enum {
	EXIT_USAGE = 2,
};

static const char help[] =
"Usage: kvm-exits list    [OPTION...] [FILE...]\n"
"       kvm-exits table   [OPTION...] [FILE...]\n"
"       kvm-exits diff    [OPTION...] [FILE [FILE2]]\n"
"       kvm-exits steps   [OPTION...] [FILE...]\n"
"       kvm-exits compare [OPTION...] FILE FILE2\n"
"       kvm-exits times   [OPTION...] [FILE...]\n"
"\n"
"Read dumps of VM-exit counters from kernel logs and print tables. FILE is the\n"
"output of dmesg, journalctl, a serial console or /dev/kmsg, or a copy of KVM's\n"
"debugfs file exit_counters. \"-\", or no FILE, is standard input. Several FILEs are\n"
"one log, read in the order given.\n"
"\n"
"  list    the dumps in the log, and what is wrong with damaged ones\n"
"  table   one dump, by default the last, and the VMs that it lists\n"
"  diff    the exits between two dumps, by default the first and the last; with\n"
"          two FILEs, from the last dump of FILE to the last dump of FILE2\n"
"  steps   the exits by reason and step; a step is from the first to the last dump\n"
"          between the marks \"kvm_exits_step: begin NAME\" and \"... end NAME\"\n"
"  compare the exits by reason and step of two logs, with a row for each log, labelled\n"
"          with its host, or with its FILE if both hosts have the same name; if one log\n"
"          is of vmx and one of svm, by kind of exit instead, with the reasons of either\n"
"          vendor; columns are the steps that both logs have\n"
"  times   how long exits took, by reason, and where the time was spent; FILE is a copy\n"
"          of KVM's debugfs file exit_times, or has two copies between the marks of\n"
"          each step; without marks the last copy is shown; CSV and JSON have all times\n"
"          in microseconds, text and markdown the parts in percent\n"
"\n"
"  -d, --dump N         table: the dump with number N\n"
"  -v, --vms            table: only the VMs that the dump lists, in its order; CSV has\n"
"                       them only with this option\n"
"  -S, --steps          times: only the table of steps, without that of reasons; CSV has\n"
"                       it only with this option\n"
"  -f, --from N         diff: the dump to start from\n"
"  -t, --to N           diff: the dump to end with\n"
"  -a, --all            diff: also reasons without a change; table, steps: also reasons\n"
"                       that were never taken, with a copy of KVM's debugfs file\n"
"                       exit_reasons as one more FILE\n"
"  -s, --sort WHAT      table, diff, steps: highest \"count\" or lowest \"code\" first\n"
"                       (default: count in table and diff, code in steps and CSV);\n"
"                       times: longest \"time\" (default) or lowest \"code\" (default in\n"
"                       CSV) first; compare: highest \"count\" of both logs or lowest\n"
"                       \"code\" (default) first, where kinds have a fixed order\n"
"  -n, --top N          all but list: only the first N reasons or kinds, and one row\n"
"                       with the sum of the others\n"
"  -F, --format FORMAT  text (the default), markdown, csv or json\n"
"  -h, --help           print this help\n"
"  -V, --version        print the version\n"
"\n"
"If a log has number N more than once, the dumps are N.1, N.2 and so on. Counters\n"
"that were read from debugfs have number 0. Rows \"of which\" count exits that the rows\n"
"above include already. Columns \"l2\" count the exits that came from an L2, a nested\n"
"guest.\n"
"\n"
"kvm-exits reads only dumps of format 2, and ignores text before and after a message.\n"
"A dump in which a byte or a line is changed, lost or duplicated is damaged, and\n"
"kvm-exits makes no table of it. Damage is an error in the dump to show (table), in\n"
"the first and last dump (diff), in the dumps between them unless both are named\n"
"(diff), and in any dump among the steps (steps, compare). Other damaged dumps give a\n"
"warning.\n"
"\n"
"Two dumps can be subtracted only if they are of the same host, VM or vCPU and of the\n"
"same load of kvm.ko; \"list\" shows both. Steps must not nest or share a name. A dump\n"
"must not straddle a step mark. The dumps of a step must be of the same load of\n"
"kvm.ko and have consecutive numbers.\n"
"\n"
"Exit status: 0 on success; 1 if the log is damaged or lacks the dump, or if reading\n"
"or writing fails; 2 for bad usage.\n";

/* The options on the command line; NULL if not given. */
struct options {
	const char *sort;
	const char *top;
	const char *format;
	struct request request;
};

struct command {
	const char *name;
	const char *options;	/* the short names of its options */
	size_t min_files;
	size_t max_files;
	bool apart;		/* each file is a log of its own */
	bool times;		/* it reads times, not dumps */
	int (*run)(const struct request *request, const struct log *logs, size_t nlogs);
};

static __attribute__((noreturn, format(printf, 1, 2))) void usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}

static void read_file(struct log *log, const char *name, bool times)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "r");
	size_t size = 1 << 16, len = 0, n;
	char *buf, *error;

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
	dump_log_add(log->dumps, name, buf, len);
	error = times ? times_log_add(&log->times, name, buf, len) : NULL;
	if (error)
		errx(EXIT_FAILURE, "%s", error);
	free(buf);
}

static struct log read_log(char *const *files, size_t nfiles, bool times)
{
	struct log log = { .dumps = dump_log_new(), .name = "the log" };

	for (size_t i = 0; i < nfiles; i++)
		read_file(&log, files[i], times);
	if (nfiles == 1)
		log.name = strcmp(files[0], "-") ? files[0] : "stdin";
	dump_log_finish(log.dumps);
	if (times && !log.times.ntimes)
		errx(EXIT_FAILURE, "no times of VM exits in %s", log.name);
	if (!times && !log.dumps->ndumps)
		errx(EXIT_FAILURE, "no dump of VM-exit counters in %s", log.name);
	return log;
}

static void log_free(struct log *log)
{
	dump_log_free(log->dumps);
	times_log_free(&log->times);
}

/* Close stdout. Return EXIT_FAILURE after an error message if writing failed. */
static int close_output(void)
{
	bool bad = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !bad)
		return EXIT_SUCCESS;
	if (errno)
		warn("cannot write the output");
	else
		warnx("cannot write the output");
	return EXIT_FAILURE;
}

/* Read the files as one log or as two, and run the command. Return its exit status. */
static int run(const struct command *command, const struct request *request, char **files,
	       size_t nfiles)
{
	size_t nlogs = command->apart ? nfiles : 1;
	struct log logs[2];
	int status;

	for (size_t i = 0; i < nlogs; i++)
		logs[i] = command->apart ? read_log(files + i, 1, false) :
					   read_log(files, nfiles, command->times);
	status = command->run(request, logs, nlogs);
	for (size_t i = 0; i < nlogs; i++)
		log_free(&logs[i]);
	return close_output() ? EXIT_FAILURE : status;
}

static const struct command commands[] = {
	{ "list",    "F",      0, SIZE_MAX, false, false, command_list },
	{ "table",   "Fsndva", 0, SIZE_MAX, false, false, command_table },
	{ "diff",    "Fsnfta", 0, 2,        true,  false, command_diff },
	{ "steps",   "Fsna",   0, SIZE_MAX, false, false, command_steps },
	{ "compare", "Fsn",    2, 2,        true,  false, command_compare },
	{ "times",   "FsnS",   0, SIZE_MAX, false, true,  command_times },
};

static const struct option long_options[] = {
	{ "dump",    required_argument, NULL, 'd' },
	{ "vms",     no_argument,       NULL, 'v' },
	{ "steps",   no_argument,       NULL, 'S' },
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

/* Return the index of @word in @words; exit if it is not there. @all names all words. */
static size_t choose(const char *option, const char *word, const char *const *words, size_t n,
		     const char *all)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return i;
	usage("--%s must be %s, not '%s'", option, all, word);
}

/* Exit unless @label is NULL or the label of a dump: "3" or "3.1". */
static void check_label(const char *option, const char *label)
{
	size_t n = label ? strspn(label, "0123456789") : 1;

	if (n && label && label[n] == '.' && label[n + 1])
		n += 1 + strspn(label + n + 1, "0123456789");
	if (!n || (label && label[n]))
		usage("--%s must be the number of a dump, not '%s'", option, label);
}

static void check_options(struct options *options, const struct command *command)
{
	static const char *const formats[] = {
		[TABLE_TEXT] = "text", [TABLE_MARKDOWN] = "markdown",
		[TABLE_CSV] = "csv", [TABLE_JSON] = "json",
	};
	static const char *const sorts[][2] = { { "code", "count" }, { "code", "time" } };
	struct request *request = &options->request;
	struct view_options *view = &request->view;

	check_label("dump", request->dump);
	check_label("from", request->from);
	check_label("to", request->to);
	if (options->format)
		request->format = choose("format", options->format, formats, 4,
					 "text, markdown, csv or json");
	if (options->sort)
		view->by_count = choose("sort", options->sort, sorts[command->times], 2,
					command->times ? "time or code" : "count or code");
	if (options->top) {
		char *end;

		errno = 0;
		view->top = strtoul(options->top, &end, 10);
		if (errno || *end || !view->top || strspn(options->top, "0123456789") == 0)
			usage("--top must be a number of reasons or kinds from 1 up, not '%s'",
			      options->top);
	}
	view->csv = request->format == TABLE_CSV;
	view->lists = view->csv || request->format == TABLE_JSON;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	usage("unknown command '%s': use list, table, diff, steps, compare or times", name);
}

int main(int argc, char **argv)
{
	char dash[] = "-", *standard_input[] = { dash };
	const struct command *command;
	struct options options = { .request = { .out = stdout, .err = stderr } };
	struct request *request = &options.request;
	size_t nfiles;
	char **files;
	char given[UINT8_MAX + 1] = "";
	size_t stdins = 0;
	int c;

	while ((c = getopt_long(argc, argv, "d:vSf:t:as:n:F:hV", long_options, NULL)) != -1) {
		switch (c) {
		case 'd':
			request->dump = optarg;
			break;
		case 'v':
			request->vms = true;
			break;
		case 'S':
			request->view.steps_only = true;
			break;
		case 'f':
			request->from = optarg;
			break;
		case 't':
			request->to = optarg;
			break;
		case 'a':
			request->view.all = true;
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
			return close_output();
		case 'V':
			puts("kvm-exits " VERSION);
			return close_output();
		default:
			return EXIT_USAGE;
		}
		given[c] = true;
	}
	if (optind == argc)
		usage("no command given: use list, table, diff, steps, compare or times");
	command = find_command(argv[optind++]);
	for (c = 0; c <= UINT8_MAX; c++)
		if (given[c] && !strchr(command->options, c))
			usage("%s has no option --%s", command->name, option_name(c));
	if (given['v'] && (given['s'] || given['n'] || given['a']))
		usage("--vms shows all VMs in the order of the dump: omit --sort, --top and --all");
	check_options(&options, command);

	files = argv + optind;
	nfiles = argc - optind;
	if (nfiles < command->min_files || nfiles > command->max_files)
		usage("%s reads %s, not %zu", command->name,
		      command->min_files ? "two FILEs" : "one FILE or two", nfiles);
	for (size_t i = 0; i < nfiles; i++)
		stdins += !strcmp(files[i], "-");
	if (stdins > 1)
		usage("standard input can be read only once");
	if (!nfiles) {
		files = standard_input;
		nfiles = 1;
	}
	/* people look for the highest counts; programs need a fixed order */
	if (!options.sort)
		request->view.by_count = command->run != command_steps &&
					 command->run != command_compare &&
					 request->format != TABLE_CSV;
	return run(command, request, files, nfiles);
}
