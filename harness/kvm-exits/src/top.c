// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cli.h"
#include "screen.h"
#include "top.h"
#include "watch.h"

struct options {
	struct watch_view view;
	const char *filter;
	double interval;
	bool batch;
	unsigned long count;	/* 0: without end */
	enum table_format format;
};

bool read_interval(const char *text, double *interval)
{
	char *end;

	/* strtod() would also read "inf", "0x1" and blanks */
	if (!*text || text[strspn(text, "0123456789.")])
		return false;
	*interval = strtod(text, &end);
	return !*end && *interval >= INTERVAL_MIN && *interval <= INTERVAL_MAX;
}

/* Return the index of @word in @words, a list that ends with NULL; exit if it is not there. */
static int choose(const char *option, const char *word, const char *const *words, const char *all)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(word, words[i]))
			return i;
	cli_usage("top", "--%s must be %s, not '%s'", option, all, word);
}

static void read_options(int argc, char **argv, struct options *options, struct watch *watch)
{
	static const struct cli_option cli_options[] = {
		{ 'b', "by", "WHAT", "rows are \"reason\" (default), \"vm\" or \"vcpu\"" },
		{ 'o', "order", "WHAT", "highest \"change\" (default), \"total\" or \"time\" first" },
		{ 'f', "filter", "REGEX", "only reasons that match the extended regular expression" },
		{ 'g', "guest", "NAME", "only VMs with this PID, this PID-FD or NAME in their name" },
		{ 'i', "interval", "S", "refresh every S seconds, 0.1 to 3600 (default: 3)" },
		{ 'B', "batch", NULL, "print tables instead of showing a screen" },
		{ 'c', "count", "N", "print N tables, then exit (needs --batch)" },
		{ 'F', "format", "FORMAT", "text (the default) or csv (needs --batch)" },
		{ 'D', "debugfs", "FOLDER", "read FOLDER instead of " LIVE_DEBUGFS },
		CLI_OPTIONS_END
	};
	struct cli cli = {
		.command = "top", .synopsis = "[OPTION...]", .options = cli_options,
		.about =
		"Show the VM exits of the running machine by reason: the total since kvm.ko was\n"
		"loaded, the exits per second and their share since the last refresh and, if exit\n"
		"times are on, how long an exit took on average, in microseconds. Rates are changes\n"
		"of the counters over the difference of their uptimes.\n",
		.notes = "The key h lists the keys.\n",
	};
	static const char *const rows[] = { "reason", "vm", "vcpu", NULL };
	static const char *const orders[] = { "change", "total", "time", NULL };
	static const char *const formats[] = { "text", "csv", NULL };
	bool batch_only = false;
	char *end;
	int c;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		switch (c) {
		case 'b':
			options->view.by = choose("by", optarg, rows, "reason, vm or vcpu");
			break;
		case 'o':
			options->view.sort = choose("order", optarg, orders,
						    "change, total or time");
			break;
		case 'f':
			options->filter = optarg;
			break;
		case 'g':
			options->view.vm = optarg;
			break;
		case 'i':
			if (!read_interval(optarg, &options->interval))
				cli_usage("top", "--interval must be 0.1 to 3600 seconds, not '%s'",
				      optarg);
			break;
		case 'B':
			options->batch = true;
			break;
		case 'c':
			batch_only = true;
			errno = 0;
			options->count = strtoul(optarg, &end, 10);
			if (errno || *end || !options->count || *optarg < '0' || *optarg > '9')
				cli_usage("top", "--count must be a number of tables from 1 up, not '%s'",
				      optarg);
			break;
		case 'F':
			batch_only = true;
			options->format = choose("format", optarg, formats, "text or csv") ?
					  TABLE_CSV : TABLE_TEXT;
			break;
		case 'D':
			watch->debugfs = optarg;
			break;
		}
	}
	if (cli.nargs)
		cli_usage("top", "top reads no FILE, but '%s' was given", cli.args[0]);
	free(cli.args);
	if (batch_only && !options->batch)
		cli_usage("top", "--count and --format need --batch");
}

/* Print the table. The header of CSV is printed only at the @first time. */
static void print(const struct table *table, enum table_format format, bool first)
{
	char *content, *p;
	size_t size;
	FILE *memory = must(open_memstream(&content, &size));

	/* Text and CSV can hold every table. */
	table_write(table, format, memory);
	if (fclose(memory))
		err(1, "no memory");
	p = content;
	if (!first && format == TABLE_CSV)
		p = strchr(content, '\n') + 1;
	if (!first && format == TABLE_TEXT)
		putchar('\n');
	fputs(p, stdout);
	free(content);
	if (fflush(stdout))
		err(EXIT_FAILURE, "cannot write the output");
}

/* Print a notice of @watch, once. */
static void print_notice(struct watch *watch)
{
	if (watch->notice)
		warnx("%s", watch->notice);
	free(watch->notice);
	watch->notice = NULL;
}

/* Print a table at each interval, for ever or options->count times. */
static int run_batch(struct watch *watch, struct options *options)
{
	struct timespec next;
	bool first = true;
	double whole;

	options->view.clock = options->format == TABLE_CSV;
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (first || !options->count || --options->count) {
		struct table *table;
		char *error;

		/* Without rates, a table says nothing about now: wait for the next reading. */
		do {
			next.tv_nsec += modf(options->interval, &whole) * 1e9;
			next.tv_sec += (time_t)whole + next.tv_nsec / 1000000000;
			next.tv_nsec %= 1000000000;
			while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR)
				;
			error = watch_read(watch);
			if (error)
				errx(EXIT_FAILURE, "%s", error);
			print_notice(watch);
		} while (!watch->before);
		table = watch_table(watch, &options->view);
		print(table, options->format, first);
		table_free(table);
		first = false;
	}
	return EXIT_SUCCESS;
}

int top_main(int argc, char **argv)
{
	struct options options = { .interval = 3 };
	struct watch watch = { .debugfs = LIVE_DEBUGFS };
	char *error;
	regex_t filter;
	int status, bad;

	read_options(argc, argv, &options, &watch);
	if (options.filter) {
		bad = regcomp(&filter, options.filter, REG_EXTENDED | REG_NOSUB);
		if (bad) {
			char why[200];

			regerror(bad, &filter, why, sizeof(why));
			cli_usage("top", "--filter '%s': %s", options.filter, why);
		}
		options.view.filter = &filter;
	}
	error = watch_read(&watch);
	if (error)
		errx(EXIT_FAILURE, "%s", error);
	if (options.view.sort == WATCH_TIME && !watch.now->times_on)
		errx(EXIT_FAILURE, LIVE_TIMES_OFF);
	if (options.batch)
		status = run_batch(&watch, &options);
	else
		status = screen_run(&watch, &options.view, options.filter, options.interval, &error);
	watch_free(&watch);
	if (options.filter)
		regfree(&filter);
	if (error)
		errx(EXIT_FAILURE, "%s", error);
	/* End as the signal ends other programs. */
	if (!options.batch && status) {
		signal(status, SIG_DFL);
		raise(status);
	}
	return status;
}
