// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cli.h"
#include "kinds.h"
#include "live.h"
#include "metrics.h"
#include "reader.h"

/* The VMs to write by default. Each has a series for each of its reasons. */
#define MAX_VMS 100

#define NANOSECONDS 1000000000

enum metric_type {
	GAUGE,
	COUNTER,
	HISTOGRAM,
	INFO,
};

struct writer {
	enum metrics_format format;
	FILE *out;
};

/*
 * Write the head of the metric @name, whose samples follow. The name of a counter's
 * samples ends in "_total", that of an INFO's in "_info". @unit ends the name; or NULL.
 */
static void head(const struct writer *w, const char *name, enum metric_type type,
		 const char *unit, const char *help)
{
	static const char *const types[] = {
		[GAUGE] = "gauge", [COUNTER] = "counter", [HISTOGRAM] = "histogram",
		[INFO] = "info",
	};
	const char *suffix = type == COUNTER ? "_total" : type == INFO ? "_info" : "";

	if (w->format == METRICS_OPENMETRICS) {
		fprintf(w->out, "# TYPE %s %s\n", name, types[type]);
		if (unit)
			fprintf(w->out, "# UNIT %s %s\n", name, unit);
		fprintf(w->out, "# HELP %s %s\n", name, help);
	} else {
		fprintf(w->out, "# HELP %s%s %s\n", name, suffix, help);
		fprintf(w->out, "# TYPE %s%s %s\n", name, suffix,
			types[type == INFO ? GAUGE : type]);
	}
}

static void gauge(const struct writer *w, const char *name, const char *help, uint64_t value)
{
	head(w, name, GAUGE, NULL, help);
	fprintf(w->out, "%s %" PRIu64 "\n", name, value);
}

/* Format "reason=...,kind=...". The caller frees it. */
static char *reason_labels(enum dump_isa isa, const char *code, const char *name)
{
	const struct reason_kind *kind = reason_kind_find(isa, name);

	/* Several codes may have no name. */
	return text("reason=\"%s\",kind=\"%s\"", strcmp(name, "unnamed") ? name : code,
		    kind ? kind->name : "other");
}

/* Write the exits of a reason. @labels has the labels of a VM and a comma, or nothing. */
static void exits_row(const struct writer *w, const char *name, const char *labels,
		      const struct dump *dump, const struct dump_row *row)
{
	char code[DUMP_CODE_SIZE], *reason;

	dump_code_text(dump->isa, row->code, code);
	reason = reason_labels(dump->isa, code, row->name);
	fprintf(w->out, "%s{%s%s,level=\"L1\"} %" PRIu64 "\n", name, labels, reason,
		row->total - row->l2);
	if (dump->counts.has_l2)
		fprintf(w->out, "%s{%s%s,level=\"L2\"} %" PRIu64 "\n", name, labels, reason,
			row->l2);
	free(reason);
}

static bool has_row(const struct dump_counts *counts, uint64_t code)
{
	for (size_t i = 0; i < counts->nrows; i++)
		if (!counts->rows[i].other && counts->rows[i].code == code)
			return true;
	return false;
}

static void host_exits(const struct writer *w, const struct metrics *metrics)
{
	const struct dump_counts *counts = &metrics->host->counts, *reasons = metrics->reasons;

	head(w, "kvm_exits", COUNTER, NULL,
	     "VM exits since kvm.ko was loaded, by reason and by the level of the guest.");
	for (size_t i = 0; i < counts->nrows; i++)
		exits_row(w, "kvm_exits_total", "", metrics->host, &counts->rows[i]);
	/* A counter that begins at 0 shows its first increase. */
	for (size_t i = 0; reasons && i < reasons->nrows; i++)
		if (!has_row(counts, reasons->rows[i].code))
			exits_row(w, "kvm_exits_total", "", metrics->host, &reasons->rows[i]);
}

static void failed_entries(const struct writer *w, const struct dump *host)
{
	static const struct dump_row none = {};
	const struct dump_row *row = host->counts.nalso ? host->counts.also : &none;

	head(w, "kvm_failed_entries", COUNTER, NULL,
	     "VM entries that failed, by the level of the guest. kvm_exits_total has them too.");
	fprintf(w->out, "kvm_failed_entries_total{level=\"L1\"} %" PRIu64 "\n",
		row->total - row->l2);
	if (host->counts.has_l2)
		fprintf(w->out, "kvm_failed_entries_total{level=\"L2\"} %" PRIu64 "\n", row->l2);
}

/* Format "vm=...,name=...". The caller frees it. */
static char *vm_labels(const struct metrics_vm *vm)
{
	return text("vm=\"%s\",name=\"%s\"", vm->vm, vm->name);
}

static void vms(const struct writer *w, const struct metrics *metrics)
{
	gauge(w, "kvm_vms", "VMs that exist.", metrics->host->nvms);
	gauge(w, "kvm_vms_omitted", "VMs without metrics of their own in this file.",
	      metrics->more);
	if (!metrics->nvms)
		return;
	head(w, "kvm_vm_vcpus", GAUGE, NULL, "vCPUs of a VM.");
	for (size_t i = 0; i < metrics->nvms; i++) {
		const struct metrics_vm *vm = &metrics->vms[i];
		char *labels = vm_labels(vm);

		fprintf(w->out, "kvm_vm_vcpus{%s} %" PRIu64 "\n", labels, vm->vcpus);
		free(labels);
	}
	head(w, "kvm_vm_exits", COUNTER, NULL,
	     "VM exits of a VM since its creation, by reason and by the level of the guest.");
	for (size_t i = 0; i < metrics->nvms; i++) {
		const struct metrics_vm *vm = &metrics->vms[i];
		char *labels = vm_labels(vm), *before = text("%s,", labels);

		for (size_t k = 0; vm->counters && k < vm->counters->counts.nrows; k++)
			exits_row(w, "kvm_vm_exits_total", before, vm->counters,
				  &vm->counters->counts.rows[k]);
		if (!vm->counters)
			fprintf(w->out, "kvm_vm_exits_total{%s} %" PRIu64 "\n", labels, vm->exits);
		free(labels);
		free(before);
	}
}

/* Write @ns as seconds. */
static void seconds(FILE *out, uint64_t ns)
{
	fprintf(out, " %" PRIu64 ".%09" PRIu64 "\n", ns / NANOSECONDS, ns % NANOSECONDS);
}

/*
 * Write the durations of a reason's exits as a histogram. A bucket ends at a power of 4
 * of cycles of the TSC. In seconds it has three digits: the frequency of the TSC is
 * measured at each boot, and its last digits would make new series each time.
 */
static void duration(const struct writer *w, const char *labels, const struct times *times,
		     const struct times_row *row)
{
	double end = 4 / (times->tsc_khz * 1e3);
	uint64_t n = 0;

	for (size_t i = 0; i < TIMES_BUCKETS - 1; i++, end *= 4) {
		n += row->buckets[i];
		fprintf(w->out, "kvm_exit_duration_seconds_bucket{%s,le=\"%.3g\"} %" PRIu64 "\n",
			labels, end, n);
	}
	fprintf(w->out, "kvm_exit_duration_seconds_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", labels,
		row->number);
	fprintf(w->out, "kvm_exit_duration_seconds_count{%s} %" PRIu64 "\n", labels, row->number);
	fprintf(w->out, "kvm_exit_duration_seconds_sum{%s}", labels);
	seconds(w->out, row->sum);
}

static void durations(const struct writer *w, const struct times *times)
{
	static const char *const parts[TIMES_PARTS] = {
		[TIMES_FASTPATH] = "fastpath", [TIMES_KERNEL] = "kernel", [TIMES_USER] = "user",
		[TIMES_HALTED] = "halted", [TIMES_SCHED_OUT] = "sched_out",
	};
	const struct times_rows *rows = &times->rows;
	char **labels = must(calloc(rows->nrows + 1, sizeof(*labels)));

	for (size_t i = 0; i < rows->nrows; i++)
		labels[i] = reason_labels(times->whose.isa, rows->rows[i].code,
					  rows->rows[i].name);
	head(w, "kvm_exit_duration_seconds", HISTOGRAM, "seconds",
	     "Time from a VM exit to the next VM entry, by reason.");
	for (size_t i = 0; i < rows->nrows; i++)
		duration(w, labels[i], times, &rows->rows[i]);
	head(w, "kvm_exit_duration_max_seconds", GAUGE, "seconds",
	     "Longest time from a VM exit to the next VM entry, by reason.");
	for (size_t i = 0; i < rows->nrows; i++) {
		fprintf(w->out, "kvm_exit_duration_max_seconds{%s}", labels[i]);
		seconds(w->out, rows->rows[i].max);
	}
	head(w, "kvm_exit_time_seconds", COUNTER, "seconds",
	     "Time between VM exits and VM entries, by reason and by where it was spent.");
	for (size_t i = 0; i < rows->nrows; i++) {
		for (size_t k = 0; k < TIMES_PARTS; k++) {
			fprintf(w->out, "kvm_exit_time_seconds_total{%s,part=\"%s\"}", labels[i],
				parts[k]);
			seconds(w->out, rows->rows[i].parts[k]);
		}
		free(labels[i]);
	}
	free(labels);
}

/* Return the seconds from 1970 to @loaded, "2026-11-26T03:10:22.118Z", without ".118". */
static uint64_t loaded_time(const char *loaded)
{
	struct tm tm = {};

	strptime(loaded, "%Y-%m-%dT%H:%M:%S", &tm);
	return timegm(&tm);
}

void metrics_write(const struct metrics *metrics, enum metrics_format format, FILE *out)
{
	const struct writer writer = { format, out }, *w = &writer;
	const struct dump *host = metrics ? metrics->host : NULL;

	gauge(w, "kvm_exit_counters_up", "Whether the exit counters could be read.", !!metrics);
	if (metrics) {
		head(w, "kvm_exit_counters", INFO, NULL,
		     "The instruction set whose exit reasons these are, and the host's name.");
		fprintf(out, "kvm_exit_counters_info{isa=\"%s\",host=\"%s\"} 1\n",
			dump_isa_name(host->isa), host->host);
		head(w, "kvm_exit_counters_loaded_timestamp_seconds", GAUGE, "seconds",
		     "When kvm.ko was loaded, in seconds since 1970.");
		fprintf(out, "kvm_exit_counters_loaded_timestamp_seconds %" PRIu64 ".%.3s\n",
			loaded_time(host->loaded), strchr(host->loaded, '.') + 1);
		head(w, "kvm_exit_counters_uptime_seconds", GAUGE, "seconds",
		     "When the counters were read, by the clock of the kernel log.");
		fprintf(out, "kvm_exit_counters_uptime_seconds %" PRIu64 ".%03" PRIu64 "\n",
			host->uptime_ms / 1000, host->uptime_ms % 1000);
		gauge(w, "kvm_exit_counters_cpus", "CPUs that are online.", host->cpus_online);
		host_exits(w, metrics);
		/* Only VMX has a counter of failed entries. */
		if (host->isa == DUMP_ISA_VMX)
			failed_entries(w, host);
		vms(w, metrics);
		if (metrics->times)
			gauge(w, "kvm_exit_times_enabled", "Whether KVM measures times of exits.",
			      metrics->times->on);
		if (metrics->times && metrics->times->rows.nrows)
			durations(w, metrics->times);
	}
	if (format == METRICS_OPENMETRICS)
		fputs("# EOF\n", out);
}

/* What the command line asks for. */
struct metrics_request {
	enum metrics_format format;
	const char *output;	/* NULL: stdout */
	const char *debugfs;
	size_t max_vms;
	char **files;		/* logs to read instead of debugfs */
	size_t nfiles;
};

/* Everything that was read. */
struct source {
	struct metrics metrics;
	struct live live;
	struct dump_log *log;
	struct times_log times;
};

/* Return the name of process @pid, with the characters that a dump has, or "-". */
static char *process_name(uint64_t pid)
{
	char name[64] = "", *path = text("/proc/%" PRIu64 "/comm", pid);
	FILE *file = fopen(path, "re");

	free(path);
	if (file) {
		if (!fgets(name, sizeof(name), file))
			*name = '\0';
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	for (char *p = name; *p; p++)
		if (!(*p >= '0' && *p <= '9') && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') &&
		    *p != '.' && *p != '-')
			*p = '_';
	return must(strdup(*name ? name : "-"));
}

static void add_vm(struct metrics *metrics, struct metrics_vm vm)
{
	metrics->vms = grow(metrics->vms, metrics->nvms, sizeof(vm));
	metrics->vms[metrics->nvms++] = vm;
}

/* Compare by exits, most first. */
static int vm_cmp(const void *a, const void *b)
{
	const struct metrics_vm *x = a, *y = b;

	if (x->exits != y->exits)
		return x->exits > y->exits ? -1 : 1;
	return strcmp(x->vm, y->vm);
}

/* Keep the @max VMs with the most exits. */
static void limit_vms(struct metrics *metrics, size_t max)
{
	if (metrics->nvms)
		qsort(metrics->vms, metrics->nvms, sizeof(*metrics->vms), vm_cmp);
	for (; metrics->nvms > max; metrics->more++) {
		struct metrics_vm *last = &metrics->vms[--metrics->nvms];

		free(last->vm);
		free(last->name);
	}
}

/* Read the running kernel's counters. Return NULL, or an error message. */
static char *read_debugfs(struct source *source, const char *debugfs)
{
	struct metrics *metrics = &source->metrics;
	struct live *live = &source->live;
	char *error = live_read(live, debugfs, LIVE_VMS);
	/* A copy of the folder may be of another machine. */
	bool here = !strcmp(debugfs, LIVE_DEBUGFS);

	if (!error)
		error = live_reasons(live, debugfs, &metrics->reasons);
	if (error)
		return error;
	metrics->host = live->counters[0].dump;
	metrics->times = live->times.ntimes ? &live->times.times[0] : NULL;
	for (size_t i = 1; i < live->ncounters; i++) {
		const struct dump *dump = live->counters[i].dump;

		add_vm(metrics, (struct metrics_vm){
			.vm = must(strdup(dump->vm)),
			.name = here ? process_name(strtoull(dump->vm, NULL, 10)) :
				       must(strdup("-")),
			.vcpus = dump->vcpus, .exits = dump->exits, .counters = dump,
		});
	}
	return NULL;
}

/*
 * Use the last complete dump of a host in the log, and the last times of the same counters. Exit
 * if a file cannot be read.
 */
static char *read_files(struct source *source, char *const *files, size_t nfiles)
{
	struct metrics *metrics = &source->metrics;
	const struct dump *host = NULL, *damaged = NULL;
	struct log log = { .dumps = dump_log_new(), .name = "the log" };
	const struct request messages = { .err = stderr };

	if (nfiles == 1)
		log.name = strcmp(files[0], "-") ? files[0] : "stdin";
	log.dumps->keep = DUMP_KEEP_LAST;
	reader_read(&log, files, nfiles, true, false);
	source->log = log.dumps;
	source->times = log.times;
	for (size_t i = 0; i < source->log->ndumps; i++) {
		const struct dump *dump = source->log->dumps[i];

		if (dump->scope != DUMP_SCOPE_HOST)
			continue;
		if (damaged)
			command_warn_damaged(&messages, damaged);
		damaged = dump->problem ? dump : NULL;
		host = dump->problem ? host : dump;
	}
	if (damaged && host)
		command_warn_damaged(&messages, damaged);
	if (!host && damaged)
		return text("%s:%" PRIu64 ": dump %" PRIu64 " is damaged: %s",
			    damaged->problem_at.file, damaged->problem_at.line,
			    damaged->number, damaged->problem);
	if (!host)
		return text("no dump of a host's exit counters in %s", log.name);
	metrics->host = host;
	metrics->reasons = &source->log->reasons[host->isa];
	for (size_t i = 0; i < source->times.ntimes; i++)
		if (dump_same_life(&source->times.times[i].whose, host))
			metrics->times = &source->times.times[i];
	for (size_t i = 0; i < host->nlisted; i++) {
		const struct dump_vm *vm = &host->vms[i];

		add_vm(metrics, (struct metrics_vm){
			.vm = text("%" PRIu64, vm->pid), .name = must(strdup(vm->name)),
			.vcpus = vm->vcpus, .exits = vm->total,
		});
	}
	metrics->more = host->nvms - host->nlisted;
	return NULL;
}

static void source_free(struct source *source)
{
	limit_vms(&source->metrics, 0);
	free(source->metrics.vms);
	if (source->log)
		dump_log_free(source->log);
	times_log_free(&source->times);
	if (source->live.log)
		live_free(&source->live);
}

/* Return an error message about the file that is to be written. */
static char *cannot_write(const char *path)
{
	return text("cannot write %s: %s", path, strerror(errno));
}

/*
 * Write @metrics to a new file, and then rename it to @path, so that a reader never
 * sees a part. Until then its name does not end in ".prom", so node_exporter ignores
 * it. All users can read it, because node_exporter does not run as root.
 */
static char *write_file(const struct metrics *metrics, enum metrics_format format,
			const char *path)
{
	char *new = text("%s.XXXXXX", path), *error = NULL;
	int fd = mkostemp(new, O_CLOEXEC);
	FILE *out = fd < 0 ? NULL : must(fdopen(fd, "w"));

	if (!out) {
		error = cannot_write(path);
	} else {
		metrics_write(metrics, format, out);
		if (fflush(out) || fchmod(fd, 0644) || fsync(fd))
			error = cannot_write(path);
		if (fclose(out) && !error)
			error = cannot_write(path);
		if (!error && rename(new, path))
			error = cannot_write(path);
		if (error)
			unlink(new);
	}
	free(new);
	return error;
}

static char *write_stdout(const struct metrics *metrics, enum metrics_format format)
{
	errno = 0;
	metrics_write(metrics, format, stdout);
	return fflush(stdout) || ferror(stdout) ? cannot_write("the output") : NULL;
}

/* Print and free @error, if it is not NULL. Return whether it was. */
static bool good(char *error)
{
	if (error)
		warnx("%s", error);
	free(error);
	return !error;
}

static int run(const struct metrics_request *request)
{
	struct source source = {};
	bool read = good(request->nfiles ? read_files(&source, request->files, request->nfiles) :
					   read_debugfs(&source, request->debugfs));
	bool written = true;

	if (read)
		limit_vms(&source.metrics, request->max_vms);
	/* An old file would look as if the counters stood still. */
	if (request->output)
		written = good(write_file(read ? &source.metrics : NULL, request->format,
					  request->output));
	else if (read)
		written = good(write_stdout(&source.metrics, request->format));
	source_free(&source);
	return read && written ? EXIT_SUCCESS : EXIT_FAILURE;
}

static size_t number_of_vms(const char *word)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(word, &end, 10);
	if (errno || *end || *word < '0' || *word > '9')
		cli_usage("metrics", "--max-vms must be a number of VMs, not '%s'", word);
	return n;
}

static enum metrics_format format_named(const char *word)
{
	if (!strcmp(word, "openmetrics"))
		return METRICS_OPENMETRICS;
	if (strcmp(word, "prometheus"))
		cli_usage("metrics", "--format must be prometheus or openmetrics, not '%s'", word);
	return METRICS_PROMETHEUS;
}

/* Does the name @path end in ".prom"? */
static bool ends_in_prom(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && !strcmp(path + len - 5, ".prom");
}

int metrics_main(int argc, char **argv)
{
	static const struct cli_option options[] = {
		{ 'o', "output", "FILE",
		  "write to FILE, which node_exporter's textfile collector reads\n"
		  "if its name ends in .prom; the new content replaces the old in\n"
		  "one step; if the counters cannot be read, it is only\n"
		  "kvm_exit_counters_up 0" },
		{ 'F', "format", "FORMAT",
		  "prometheus (the default), the text format that Prometheus and\n"
		  "node_exporter read; or openmetrics" },
		{ 'm', "max-vms", "N",
		  "metrics of at most N VMs, those with the most exits (default:\n"
		  "100)" },
		{ 'D', "debugfs", "FOLDER", "read FOLDER instead of " LIVE_DEBUGFS },
		CLI_OPTIONS_END
	};
	struct cli cli = {
		.command = "metrics", .synopsis = "[OPTION...] [FILE...]", .options = options,
		.about =
		"Write the exit counters as metrics for Prometheus. Without FILE, read those of the\n"
		"running kernel from debugfs. With FILEs, which are one log, write the last\n"
		"complete dump in the log, and the last times of the same counters; a copy of the debugfs file\n"
		"exit_reasons adds the reasons that were never taken.\n",
	};
	struct metrics_request request = { .debugfs = LIVE_DEBUGFS, .max_vms = MAX_VMS };
	bool named = false;
	size_t stdins = 0;
	int c, status;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		switch (c) {
		case 'o':
			request.output = optarg;
			break;
		case 'F':
			request.format = format_named(optarg);
			break;
		case 'm':
			request.max_vms = number_of_vms(optarg);
			break;
		case 'D':
			request.debugfs = optarg;
			named = true;
			break;
		}
	}
	request.files = cli.args;
	request.nfiles = cli.nargs;
	for (size_t i = 0; i < request.nfiles; i++)
		stdins += !strcmp(request.files[i], "-");
	if (stdins > 1)
		cli_usage("metrics", "standard input can be read only once");
	if (named && request.nfiles)
		cli_usage("metrics", "metrics reads --debugfs or FILEs, not both");
	if (request.output && request.format == METRICS_PROMETHEUS && !ends_in_prom(request.output))
		cli_usage("metrics",
			  "the name of --output must end in .prom, or node_exporter ignores it: '%s'",
			  request.output);
	status = run(&request);
	free(cli.args);
	return status;
}
