// SPDX-License-Identifier: GPL-2.0
/* kvm-exits - tables from the VM-exit counters that KVM dumps into the kernel log */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

#include "alloc.h"
#include "cli.h"
#include "command.h"
#include "explain.h"
#include "inside.h"
#include "metrics.h"
#include "reader.h"
#include "suggest.h"
#include "top.h"

/* How a command that prints a table is called. */
struct tables {
	struct cli cli;
	size_t min_files;
	size_t max_files;
	bool apart;		/* each file is a log of its own */
	bool times;		/* it reads times, not dumps */
	bool by_code;		/* sort text and markdown by code by default too */
	int (*run)(const struct request *request, const struct log *logs, size_t nlogs);
	enum dump_keep keep;	/* the dumps that it needs if no option names one */
	/* prints a dump as it comes, for --follow; or NULL */
	int (*follow)(const struct request *request, const struct log *log,
		      const struct dump *before, const struct dump *dump);
};

/* The options on the command line; NULL if not given. */
struct options {
	const char *sort;
	const char *top;
	const char *format;
	const char *reason;
	const char *since;
	struct dump_filter filter;
	bool follow;
	regex_t regex;
	struct request request;
};

/* What the command prints for each dump, with --follow. */
struct follower {
	const struct tables *tables;
	const struct request *request;
	struct log *log;
	int status;
};

static void follow_damaged(void *arg, const struct dump *dump)
{
	struct follower *follower = arg;

	command_warn_damaged(follower->request, dump);
}

static void follow_dump(void *arg, const struct dump *before, const struct dump *dump)
{
	struct follower *follower = arg;

	dump_log_drop_damaged(follower->log->dumps, follow_damaged, follower);
	follower->status |= follower->tables->follow(follower->request, follower->log, before,
						     dump);
	if (ferror(stdout))
		exit(cli_close_output());
}

/*
 * Read the files as one log. Keep all of its dumps only if the command needs them. With
 * --follow, print the dumps as they come.
 */
static struct log read_log(const struct tables *tables, const struct options *options,
			   char *const *files, size_t nfiles, struct follower *follower)
{
	const struct request *request = &options->request;
	struct log log = { .dumps = dump_log_new(), .name = "the log" };

	if (nfiles == 1)
		log.name = strcmp(files[0], "-") ? files[0] : "stdin";
	log.dumps->filter = options->filter;
	if (!request->dump && !request->from && !request->to && !options->filter.boot)
		log.dumps->keep = tables->keep;
	if (follower) {
		follower->log = &log;
		log.dumps->keep = DUMP_KEEP_LAST;
		log.dumps->complete = follow_dump;
		log.dumps->arg = follower;
	}
	reader_read(&log, files, nfiles, tables->times, follower);
	if (tables->times && !log.times.ntimes)
		errx(EXIT_FAILURE, "no times of VM exits in %s", log.name);
	if (!tables->times && !log.dumps->ndumps && !log.dumps->filtered)
		errx(EXIT_FAILURE, "no dump of VM-exit counters in %s", log.name);
	if (!tables->times && !log.dumps->ndumps)
		errx(EXIT_FAILURE, "no dump in %s is of that host, boot and time", log.name);
	return log;
}

static void log_free(struct log *log)
{
	dump_log_free(log->dumps);
	times_log_free(&log->times);
}

/* Read the files as one log or as two, and run the command. Return its exit status. */
static int run(const struct tables *tables, const struct options *options, char **files,
	       size_t nfiles)
{
	const struct request *request = &options->request;
	size_t nlogs = tables->apart ? nfiles : 1;
	struct log logs[2] = { 0 };
	int status;

	if (options->follow) {
		struct follower follower = { .tables = tables, .request = request };

		logs[0] = read_log(tables, options, files, nfiles, &follower);
		dump_log_drop_damaged(logs[0].dumps, follow_damaged, &follower);
		log_free(&logs[0]);
		return cli_close_output() ? EXIT_FAILURE : follower.status;
	}
	for (size_t i = 0; i < nlogs; i++)
		logs[i] = tables->apart ? read_log(tables, options, files + i, 1, NULL) :
					  read_log(tables, options, files, nfiles, NULL);
	status = tables->run(request, logs, nlogs);
	for (size_t i = 0; i < nlogs; i++)
		log_free(&logs[i]);
	return cli_close_output() ? EXIT_FAILURE : status;
}

/* Return the index of @word in @words; exit if it is not there. @all names all words. */
static size_t choose(const struct tables *tables, const char *option, const char *word,
		     const char *const *words, size_t n, const char *all)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return i;
	cli_usage(tables->cli.command, "--%s must be %s, not '%s'", option, all, word);
}

/* Exit unless @label is NULL or the label of a dump: "3" or "3.1". */
static void check_label(const struct tables *tables, const char *option, const char *label)
{
	size_t n = label ? strspn(label, "0123456789") : 1;

	if (n && label && label[n] == '.' && label[n + 1])
		n += 1 + strspn(label + n + 1, "0123456789");
	if (!n || (label && label[n]))
		cli_usage(tables->cli.command, "--%s must be the number of a dump, not '%s'",
			  option, label);
}

static void compile_reason(struct options *options, const struct tables *tables)
{
	int problem = regcomp(&options->regex, options->reason, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	char why[256];

	if (problem) {
		regerror(problem, &options->regex, why, sizeof(why));
		cli_usage(tables->cli.command,
			  "--reason must be an extended regular expression, not '%s': %s",
			  options->reason, why);
	}
	options->request.view.reason = &options->regex;
	options->request.view.reason_text = options->reason;
}

static void check_options(struct options *options, const struct tables *tables)
{
	static const char *const formats[] = {
		[TABLE_TEXT] = "text", [TABLE_MARKDOWN] = "markdown",
		[TABLE_CSV] = "csv", [TABLE_JSON] = "json", [TABLE_HTML] = "html",
	};
	static const char *const sorts[][2] = { { "code", "count" }, { "code", "time" } };
	struct request *request = &options->request;
	struct view_options *view = &request->view;

	check_label(tables, "dump", request->dump);
	check_label(tables, "from", request->from);
	check_label(tables, "to", request->to);
	if (options->format)
		request->format = choose(tables, "format", options->format, formats,
					 sizeof(formats) / sizeof(*formats),
					 "text, markdown, csv, json or html");
	if (options->sort)
		view->by_count = choose(tables, "sort", options->sort, sorts[tables->times], 2,
					tables->times ? "time or code" : "count or code");
	else	/* people look for the highest counts; programs need a fixed order */
		view->by_count = !tables->by_code && request->format != TABLE_CSV;
	if (options->top) {
		char *end;

		errno = 0;
		view->top = strtoul(options->top, &end, 10);
		if (errno || *end || !view->top || strspn(options->top, "0123456789") == 0)
			cli_usage(tables->cli.command,
				  "--top must be a number of reasons or kinds from 1 up, not '%s'",
				  options->top);
	}
	if (options->reason)
		compile_reason(options, tables);
	if (options->since && !when_parse(options->since, &options->filter.when))
		cli_usage(tables->cli.command,
			  "--since must be a time as in 2026-11-26 03:10, 03:10, today, -2h or 120.5, not '%s'",
			  options->since);
	options->filter.since = options->since;
	if (request->vms && (options->sort || options->top || options->reason || view->all))
		cli_usage(tables->cli.command,
			  "--vms shows all VMs in the order of the dump: omit --sort, --top, --reason and --all");
	if (view->steps_only && options->reason)
		cli_usage(tables->cli.command, "--steps shows all exits of each step: omit --reason");
	view->csv = request->format == TABLE_CSV;
	view->lists = view->csv || request->format == TABLE_JSON;
}

static void check_files(const struct tables *tables, char *const *files, size_t nfiles)
{
	size_t stdins = 0;

	if (nfiles < tables->min_files || nfiles > tables->max_files)
		cli_usage(tables->cli.command, "%s reads %s, not %zu", tables->cli.command,
			  tables->min_files ? "two FILEs" : "one FILE or two", nfiles);
	for (size_t i = 0; i < nfiles; i++)
		stdins += !strcmp(files[i], "-");
	if (stdins > 1)
		cli_usage(tables->cli.command, "standard input can be read only once");
}

static int tables_main(const struct tables *tables, int argc, char **argv)
{
	struct options options = { .request = { .out = stdout, .err = stderr } };
	char dash[] = "-", *standard_input[] = { dash };
	struct request *request = &options.request;
	struct cli cli = tables->cli;
	int c, status;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
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
		case 'p':
			request->view.per_second = true;
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
		case 'r':
			options.reason = optarg;
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
		case 'w':
			options.follow = true;
			break;
		case 'H':
			options.filter.host = optarg;
			break;
		case 'b':
			options.filter.boot = optarg;
			break;
		case 'i':
			options.since = optarg;
			break;
		}
	}
	check_options(&options, tables);
	check_files(tables, cli.args, cli.nargs);
	if (options.follow && (cli.nargs > 1 || request->dump || request->from || request->to))
		cli_usage(tables->cli.command,
			  "--follow shows the dumps of one FILE as they come: omit --dump, --from and --to");
	if (options.follow && request->format == TABLE_HTML)
		cli_usage(tables->cli.command, "--follow prints tables as they come: html is one page");
	status = run(tables, &options, cli.nargs ? cli.args : standard_input,
		     cli.nargs ? cli.nargs : 1);
	free(cli.args);
	if (options.reason)
		regfree(&options.regex);
	return status;
}

#define OPTION_REASON \
	{ 'r', "reason", "REGEX", "only the reasons that match the extended regular\n" \
				  "expression, in any case, and one row with the sum of\n" \
				  "the others" }
#define OPTION_TOP \
	{ 'n', "top", "N", "only the first N reasons, and one row with the sum of the\n" \
			   "others" }
#define OPTION_FORMAT \
	{ 'F', "format", "FORMAT", "text (the default), markdown, csv, json or html" }
#define OPTIONS_FILTER \
	{ 'H', "host", "NAME", "only dumps of this host" }, \
	{ 'b', "boot", "N", "only dumps of one boot: 0 is the last, -1 the one before it,\n" \
			    "1 the first; or the beginning of its time in \"loaded\"" }, \
	{ 'i', "since", "WHEN", "only dumps from this time on, by the times in the log:\n" \
				"\"2026-11-26 03:10\", \"03:10\", \"today\", \"-2h\"; or \"120.5\"\n" \
				"seconds of uptime" }
#define FILES "[OPTION...] [FILE...]"

static int list_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'w', "follow", NULL, "print each dump as it comes, and wait for more" },
		OPTIONS_FILTER, OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables list = {
		.cli = {
			.command = "list", .synopsis = FILES, .options = options,
			.about =
"Print the dumps in the log, whose counters they are, and what is wrong with\n"
"damaged ones.\n",
			.notes =
"A dump in which a byte or a line is changed, lost or duplicated is damaged. If\n"
"the log has one, the exit status is 1. A dump that comes again unchanged is one\n"
"dump.\n",
		},
		.max_files = SIZE_MAX, .run = command_list, .follow = command_follow_list,
	};

	return tables_main(&list, argc, argv);
}

static int table_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'd', "dump", "N", "the dump with number N" },
		{ 'v', "vms", NULL, "only the VMs that the dump lists, in its order; CSV has\n"
				    "them only with this option" },
		{ 'a', "all", NULL, "also reasons that were never taken; needs a copy of KVM's\n"
				    "debugfs file exit_reasons as one more FILE" },
		{ 's', "sort", "WHAT", "highest \"count\" (default) or lowest \"code\" (default\n"
				       "in CSV) first" },
		{ 'w', "follow", NULL, "print each dump as it comes, and wait for more" },
		OPTIONS_FILTER, OPTION_REASON, OPTION_TOP, OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables table = {
		.cli = {
			.command = "table", .synopsis = FILES, .options = options,
			.about =
"Print one dump, by default the last complete one, and the VMs that it lists.\n",
			.notes =
"If a log has number N more than once, the dumps are N.1, N.2 and so on. Counters\n"
"that were read from debugfs have number 0. Rows \"of which\" count exits that the\n"
"rows above include already. The column \"l2\" counts the exits that came from an\n"
"L2, a nested guest.\n",
		},
		.max_files = SIZE_MAX, .run = command_table, .follow = command_follow_table,
		.keep = DUMP_KEEP_LAST,
	};

	return tables_main(&table, argc, argv);
}

static int diff_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'f', "from", "N", "the dump to start from" },
		{ 't', "to", "N", "the dump to end with" },
		{ 'a', "all", NULL, "also reasons without a change" },
		{ 'p', "per-second", NULL, "also the exits per second of the host's uptime" },
		{ 's', "sort", "WHAT", "highest \"count\" (default) or lowest \"code\" (default\n"
				       "in CSV) first" },
		{ 'w', "follow", NULL, "print the exits between each dump and the one before it,\n"
				       "as they come, and wait for more" },
		OPTIONS_FILTER, OPTION_REASON, OPTION_TOP, OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables diff = {
		.cli = {
			.command = "diff", .synopsis = "[OPTION...] [FILE [FILE2]]",
			.options = options,
			.about =
"Print the exits between two dumps, by default the first and the last complete one.\n"
"With two FILEs: from the last dump of FILE to the last dump of FILE2.\n",
			.notes =
"Two dumps can be subtracted only if they are of the same host, VM or vCPU and of\n"
"the same load of kvm.ko; 'kvm-exits list' shows both. A damaged dump is skipped\n"
"with a warning, unless an option names it.\n",
		},
		.max_files = 2, .apart = true, .run = command_diff, .follow = command_follow_diff,
		.keep = DUMP_KEEP_ENDS,
	};

	return tables_main(&diff, argc, argv);
}

static int steps_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'a', "all", NULL, "also reasons that were never taken; needs a copy of KVM's\n"
				    "debugfs file exit_reasons as one more FILE" },
		{ 'p', "per-second", NULL, "exits per second of the host's uptime, instead of exits;\n"
					   "CSV and JSON have both" },
		{ 's', "sort", "WHAT", "highest \"count\" or lowest \"code\" (default) first" },
		OPTIONS_FILTER, OPTION_REASON, OPTION_TOP, OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables steps = {
		.cli = {
			.command = "steps", .synopsis = FILES, .options = options,
			.about =
"Print the exits by reason and step. A step is from the first to the last dump\n"
"between the marks \"kvm_exits_step: begin NAME\" and \"kvm_exits_step: end NAME\".\n",
			.notes =
"Steps must not nest or share a name. A dump must not straddle a step mark. The\n"
"dumps of a step must be of the same load of kvm.ko and have consecutive numbers.\n"
"No dump among the steps may be damaged. With --host, --boot or --since, steps with\n"
"other dumps are skipped.\n",
		},
		.max_files = SIZE_MAX, .by_code = true, .run = command_steps,
	};

	return tables_main(&steps, argc, argv);
}

static int compare_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 's', "sort", "WHAT", "highest \"count\" of both logs or lowest \"code\" (default)\n"
				       "first; kinds have a fixed order instead of codes" },
		OPTIONS_FILTER,
		{ 'r', "reason", "REGEX", "only the reasons that match the extended regular\n"
					  "expression, in any case, or the kinds that match or have\n"
					  "such a reason, and one row for each log with the sum of\n"
					  "the others" },
		{ 'n', "top", "N", "only the first N reasons or kinds, and one row for each\n"
				   "log with the sum of the others" },
		OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables compare = {
		.cli = {
			.command = "compare", .synopsis = "[OPTION...] FILE FILE2",
			.options = options,
			.about =
"Print the exits by reason and step of two logs, with a row for each log. A row is\n"
"labelled with the log's host, or with its FILE if both hosts have the same name. If\n"
"one log is of vmx and one of svm, rows are kinds of exit, with the reasons of either\n"
"vendor. Columns are the steps that both logs have.\n",
		},
		.min_files = 2, .max_files = 2, .apart = true, .by_code = true,
		.run = command_compare,
	};

	return tables_main(&compare, argc, argv);
}

static int times_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'S', "steps", NULL, "only the table of steps, without that of reasons; CSV\n"
				      "has it only with this option" },
		{ 's', "sort", "WHAT", "longest \"time\" (default) or lowest \"code\" (default in\n"
				       "CSV) first" },
		OPTION_REASON, OPTION_TOP, OPTION_FORMAT, CLI_OPTIONS_END
	};
	static const struct tables times = {
		.cli = {
			.command = "times", .synopsis = FILES, .options = options,
			.about =
"Print how long exits took, by reason, and where the time was spent. FILE is a copy\n"
"of KVM's debugfs file exit_times, or has two copies between the marks of each step.\n"
"Without marks the last copy is shown.\n",
			.notes =
"CSV and JSON have all times in microseconds, text and markdown have the parts in\n"
"percent.\n",
		},
		.max_files = SIZE_MAX, .times = true, .run = command_times,
	};

	return tables_main(&times, argc, argv);
}

/* Print the list of all reasons, or explain those that the words in @cli name. */
static int explain_words(const struct cli *cli, bool list, enum table_format format)
{
	struct explain_item *items = NULL;
	struct explain explain;
	size_t *found, n = 0;

	explain_load(&explain);
	found = must(calloc(explain.nreasons, sizeof(*found)));
	for (size_t i = 0; i < cli->nargs; i++) {
		const char *word = cli->args[i], *similar;
		size_t nfound = explain_find(&explain, word, found);

		if (!nfound) {
			similar = explain_suggest(&explain, word);
			if (similar)
				cli_usage("explain", "unknown exit reason '%s': did you mean '%s'?",
					  word, similar);
			cli_usage("explain", "unknown exit reason '%s': use --list to see all", word);
		}
		for (size_t k = 0; k < nfound; k++) {
			items = grow(items, n, sizeof(*items));
			items[n++] = (struct explain_item){ .reason = &explain.reasons[found[k]] };
		}
	}
	if (list)
		explain_write_list(&explain, format, stdout);
	else
		explain_write(&explain, items, n, format, stdout);
	free(items);
	free(found);
	explain_free(&explain);
	return cli_close_output();
}

static int explain_main(int argc, char **argv)
{
	static const struct cli_option cli_options[] = {
		{ 'l', "list", NULL, "list all reasons instead" },
		{ 'n', "top", "N", "explain the N most frequent reasons in the last dump of\n"
				   "FILE, with their shares" },
		{ 'F', "format", "FORMAT", "text (the default), markdown or json" },
		CLI_OPTIONS_END
	};
	static const struct tables top = {
		.cli = {
			.command = "explain",
			.synopsis = "[OPTION...] REASON...\n"
				    "       kvm-exits explain [OPTION...] --list\n"
				    "       kvm-exits explain [OPTION...] --top N [FILE...]",
			.options = cli_options,
			.about =
"Explain exit reasons: what they are, where the manual defines them, what causes\n"
"them, who handles them in KVM, what is normal, and what to do if they are high.\n",
			.notes =
"REASON is a name or a code of either vendor, or a kind of exits: cpuid, 10, 0x72,\n"
"svm:0x72, \"port I/O\". Case makes no difference. A decimal code is one of Intel, a\n"
"hexadecimal code one of AMD; \"vmx:\" or \"svm:\" before it says which. The texts are\n"
"about Linux 6.12; what differs on other kernels is said separately.\n",
		},
		.max_files = SIZE_MAX, .run = command_explain, .keep = DUMP_KEEP_LAST,
	};
	struct options options = { .request = { .out = stdout, .err = stderr } };
	char dash[] = "-", *standard_input[] = { dash };
	struct cli cli = top.cli;
	bool list = false;
	int c, status;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		switch (c) {
		case 'l':
			list = true;
			break;
		case 'n':
			options.top = optarg;
			break;
		case 'F':
			options.format = optarg;
			break;
		}
	}
	check_options(&options, &top);
	if (options.request.format != TABLE_TEXT && options.request.format != TABLE_MARKDOWN &&
	    options.request.format != TABLE_JSON)
		cli_usage("explain", "--format must be text, markdown or json, not '%s'",
			  options.format);
	if (list && (options.top || cli.nargs))
		cli_usage("explain", "--list shows all reasons: omit --top and the REASONs");
	if (options.top) {
		check_files(&top, cli.args, cli.nargs);
		status = run(&top, &options, cli.nargs ? cli.args : standard_input,
			     cli.nargs ? cli.nargs : 1);
	} else {
		if (!list && !cli.nargs)
			cli_usage("explain", "no exit reason given: name one, or use --top N FILE");
		status = explain_words(&cli, list, options.request.format);
	}
	free(cli.args);
	return status;
}

static int help_main(int argc, char **argv);

/* All commands, in the order of the overview. */
static const struct cli_command commands[] = {
	{ "list", "the dumps in a log, and what is wrong with damaged ones", list_main },
	{ "table", "one dump, by default the last, and the VMs that it lists", table_main },
	{ "diff", "the exits between two dumps", diff_main },
	{ "steps", "the exits by reason and step", steps_main },
	{ "compare", "the steps of two logs, also of AMD and Intel", compare_main },
	{ "times", "how long exits took, and where the time was spent", times_main },
	{ "top", "the exits of the running machine, on a screen", top_main },
	{ "inside", "which ports, MSRs or pages the exits of a reason are for", inside_main },
	{ "metrics", "metrics of the running kernel or of a log, for Prometheus", metrics_main },
	{ "explain", "what an exit reason is, what is normal, and what to do", explain_main },
	{ "help", "the options of a command, or this overview", help_main },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct cli_command *find_command(const char *name)
{
	const char *names[NR_COMMANDS], *similar;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(name, commands[i].name))
			return &commands[i];
		names[i] = commands[i].name;
	}
	similar = suggest(name, names, NR_COMMANDS);
	if (similar)
		cli_usage(NULL, "unknown command '%s': did you mean '%s'?", name, similar);
	cli_usage(NULL, "unknown command '%s'", name);
}

static int overview(void)
{
	puts("Usage: kvm-exits COMMAND [OPTION...] [FILE...]\n"
	     "\n"
	     "Read dumps of VM-exit counters from kernel logs and print tables.\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].summary);
	puts("\n"
	     "FILE is the output of dmesg, journalctl or a serial console, also compressed or\n"
	     "in JSON, or a copy of KVM's debugfs file exit_counters. \"-\", or no FILE, is\n"
	     "standard input.\n"
	     "\n"
	     "'kvm-exits help COMMAND' prints the options of a command, 'kvm-exits --version'\n"
	     "the version. Exit status: 0 on success; 1 if the log is damaged or lacks the\n"
	     "dump, or if reading or writing fails; 2 for bad usage.");
	return cli_close_output();
}

static int help_main(int argc, char **argv)
{
	static const struct cli_option options[] = { CLI_OPTIONS_END };
	struct cli cli = {
		.command = "help", .synopsis = "[COMMAND]", .options = options,
		.about = "Print the options of COMMAND, or an overview of all commands.\n",
	};
	char help[] = "--help", *arguments[] = { argv[0], help, NULL };
	const struct cli_command *command = NULL;

	cli_next(&cli, argc, argv);
	if (cli.nargs > 1)
		cli_usage("help", "help explains one COMMAND, not %zu", cli.nargs);
	if (cli.nargs)
		command = find_command(cli.args[0]);
	free(cli.args);
	if (!command)
		return overview();
	optind = 0;
	return command->main(2, arguments);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help",    no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	static char name[] = "kvm-exits";
	const struct cli_command *command;

	/* for the messages of warn() and getopt() */
	program_invocation_short_name = name;
	argv[0] = name;
	switch (getopt_long(argc, argv, "+hV", options, NULL)) {
	case 'h':
		return overview();
	case 'V':
		puts("kvm-exits " VERSION);
		return cli_close_output();
	case '?':
		cli_usage(NULL, "options of a command come after its name");
	}
	if (optind == argc)
		cli_usage(NULL, "no command given");
	command = find_command(argv[optind]);
	argv += optind;
	argc -= optind;
	argv[0] = name;
	/* 0 makes getopt() start again */
	optind = 0;
	return command->main(argc, argv);
}
