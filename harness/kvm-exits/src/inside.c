// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cli.h"
#include "inside.h"
#include "live.h"
#include "table.h"
#include "tally.h"

#define TRACEFS "/sys/kernel/tracing"
#define INSTANCE "kvm-exits-"

/* How often the threads of VMs are looked up, in milliseconds */
#define LOOK_UP_MS 50

#define FIELD(head, field, how, ...) \
	{ .heading = head, .name = field, .format = how, ##__VA_ARGS__ }
#define WORD(head, field, ...) FIELD(head, field, INSIDE_WORD, .words = { __VA_ARGS__ })
#define ACCESS(field, ...) WORD("access", field, __VA_ARGS__)

const struct inside_event inside_events[] = {
	{ "IO_INSTRUCTION", "io", "kvm_pio", "", {
		FIELD("port", "port", INSIDE_HEX4), ACCESS("rw", "in", "out") } },
	{ "", "msr", "kvm_msr", "", {
		FIELD("msr", "ecx", INSIDE_HEX8), ACCESS("write", "read", "write") } },
	{ "MSR_READ MSR_READ_IMM", "", "kvm_msr", "write == 0", {
		FIELD("msr", "ecx", INSIDE_HEX8) } },
	{ "MSR_WRITE MSR_WRITE_IMM", "", "kvm_msr", "write == 1", {
		FIELD("msr", "ecx", INSIDE_HEX8) } },
	{ "EPT_VIOLATION", "npf PF_excp", "kvm_page_fault", "", {
		FIELD("page", "fault_address", INSIDE_PAGE) } },
	{ "", "npf", "kvm_fast_mmio", "", {
		FIELD("page", "gpa", INSIDE_PAGE) } },
	/* Type 0 is a read that user space has still to finish. */
	{ "EPT_MISCONFIG", "", "kvm_mmio", "type != 0", {
		FIELD("page", "gpa", INSIDE_PAGE), ACCESS("type", "", "read", "write") } },
	{ "EPT_MISCONFIG", "", "kvm_fast_mmio", "", {
		FIELD("page", "gpa", INSIDE_PAGE), ACCESS(NULL, "write") } },
	{ "CPUID", "cpuid", "kvm_cpuid", "", {
		FIELD("leaf", "function", INSIDE_HEX8), FIELD("subleaf", "index", INSIDE_HEX8) } },
	{ "VMCALL", "hypercall", "kvm_hypercall", "", {
		FIELD("hypercall", "nr", INSIDE_DECIMAL),
		WORD("interface", NULL, "kvm") } },
	{ "VMCALL", "hypercall", "kvm_hv_hypercall", "", {
		FIELD("hypercall", "code", INSIDE_DECIMAL),
		WORD("interface", NULL, "hyper-v") } },
	{ "VMCALL", "hypercall", "kvm_xen_hypercall", "", {
		FIELD("hypercall", "nr", INSIDE_DECIMAL),
		WORD("interface", NULL, "xen") } },
	{ "CR_ACCESS", "", "kvm_cr", "", {
		FIELD("cr", "cr", INSIDE_DECIMAL), ACCESS("rw", "read", "write") } },
	/* SDM volume 3, "Exit Qualification for MOV DR" */
	{ "DR_ACCESS", "", "kvm_exit", "exit_reason == 29", {
		FIELD("dr", "info1", INSIDE_DECIMAL, .mask = 7),
		FIELD("access", "info1", INSIDE_WORD, .shift = 4, .mask = 1,
		      .words = { "write", "read" }) } },
	{ "APIC_ACCESS", "", "kvm_apic", "", {
		FIELD("register", "reg", INSIDE_HEX4), ACCESS("rw", "read", "write") } },
	/* SDM volume 3, "VM-Exit Interruption Information": the vector in bits 7:0 */
	{ "EXCEPTION_NMI", "", "kvm_exit", "exit_reason == 0", {
		FIELD("vector", "intr_info", INSIDE_HEX2, .mask = 0xff) } },
	{ "EXTERNAL_INTERRUPT", "", "kvm_exit", "exit_reason == 1", {
		FIELD("vector", "intr_info", INSIDE_HEX2, .mask = 0xff) } },
	{ "INTERRUPT_WINDOW", "vintr", "kvm_inj_virq", "", {
		FIELD("vector", "vector", INSIDE_HEX2) } },
	{ 0 },
};

/* Rows are counts of a VM with the same values. */
struct row {
	char *vm;
	char *name;
	char *values[INSIDE_FIELDS];
	uint64_t count;
};

/* A thread of a VM. */
struct thread {
	uint64_t id;
	char *vm;
	char *name;
};

struct inside {
	const char *debugfs;
	const char *tracefs;
	const char *reason;		/* as in the dump */
	struct dump_row kind;		/* its code */
	enum dump_isa isa;
	double seconds;
	size_t top;
	enum table_format format;
	const struct inside_event *events[4];
	size_t nevents;
	struct thread *threads;
	size_t nthreads;
	struct row *rows;
	size_t nrows;
	uint64_t dropped;
};

/* The trace instance, which exit() removes; NULL without one. */
static char *instance;
static volatile sig_atomic_t signalled;

/* Exit after the error message @error, if it is not NULL. */
static void check(char *error)
{
	if (error)
		errx(EXIT_FAILURE, "%s", error);
}

static bool is_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; (p = strstr(p, word)); p += len)
		if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
	return false;
}

char *inside_trigger(const struct inside_event *event)
{
	const char *before = "";
	char *keys = text("%s", "common_pid"), *more, *trigger;
	bool pages = false;

	for (size_t i = 0; i < INSIDE_FIELDS && event->fields[i].heading; i++) {
		const struct inside_field *field = &event->fields[i];

		/* Two parts of one field are one key. */
		if (!field->name || !strcmp(field->name, before))
			continue;
		before = field->name;
		pages |= field->format == INSIDE_PAGE;
		more = text("%s,%s%s", keys, field->name,
			    field->format == INSIDE_PAGE ? ".buckets=4096" : "");
		free(keys);
		keys = more;
	}
	/* a power of two of entries; there are more pages than ports */
	trigger = text("hist:keys=%s:size=%d%s%s", keys, pages ? 16384 : 4096,
		       *event->filter ? " if " : "", event->filter);
	free(keys);
	return trigger;
}

/* Read "NAME: 12" or "NAME: ~ 4096-8191" at *@p, before @end. */
static bool read_key(const char **p, const char *end, const char *name, uint64_t *value)
{
	const char *at = *p + strspn(*p, " ,{");
	size_t len = strlen(name);
	char *after;

	if (strncmp(at, name, len) || at[len] != ':')
		return false;
	at += len + 1;
	at += strspn(at, " ~");
	if (*at < '0' || *at > '9')
		return false;
	*value = strtoull(at, &after, 10);
	*p = after + strcspn(after, " ,}");
	return *p < end;
}

static bool read_entry(const struct inside_event *event, const char *p, const char *end,
		       struct inside_line *line)
{
	const char *before = "";

	*line = (struct inside_line){ 0 };
	if (*p != '{' || !read_key(&p, end, "common_pid", &line->thread))
		return false;
	for (size_t i = 0; i < INSIDE_FIELDS && event->fields[i].heading; i++) {
		const char *name = event->fields[i].name;

		if (name && !strcmp(name, before))
			line->values[i] = line->values[i - 1];
		else if (name && !read_key(&p, end, name, &line->values[i]))
			return false;
		before = name ? name : "";
	}
	p += strspn(p, " }");
	return sscanf(p, "hitcount: %" SCNu64, &line->count) == 1;
}

bool inside_read_line(const struct inside_event *event, const char **text,
		      struct inside_line *line, uint64_t *dropped)
{
	while (**text) {
		const char *start = *text, *end = strchrnul(start, '\n');

		*text = *end ? end + 1 : end;
		if (read_entry(event, start, end, line))
			return true;
		sscanf(start, " Dropped: %" SCNu64, dropped);
	}
	return false;
}

char *inside_text(const struct inside_field *field, uint64_t value)
{
	value >>= field->shift;
	if (field->mask)
		value &= field->mask;
	switch (field->format) {
	case INSIDE_HEX2:
		return text("0x%02" PRIx64, value);
	case INSIDE_HEX4:
		return text("0x%04" PRIx64, value);
	case INSIDE_HEX8:
		return text("0x%08" PRIx64, value);
	case INSIDE_PAGE:
		return text("0x%09" PRIx64, value & ~(uint64_t)4095);
	case INSIDE_WORD:
		if (value < sizeof(field->words) / sizeof(*field->words) && field->words[value])
			return text("%s", field->words[value]);
		return text("%" PRIu64, value);
	default:
		return text("%" PRIu64, value);
	}
}

static void remove_instance(void)
{
	char *path = instance;

	instance = NULL;
	/* A file of it may be open for a moment. */
	for (int i = 0; path && rmdir(path) && errno != ENOENT; i++) {
		if (i == 20) {
			warn("cannot remove %s: run rmdir", path);
			break;
		}
		usleep(50000);
	}
	free(path);
}

/* Remove the instances of processes that were killed. */
static void remove_stale(const char *instances)
{
	DIR *dir = opendir(instances);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path, *end;
		long pid;

		if (strncmp(entry->d_name, INSTANCE, strlen(INSTANCE)))
			continue;
		pid = strtol(entry->d_name + strlen(INSTANCE), &end, 10);
		if (*end || pid <= 0 || !kill(pid, 0) || errno != ESRCH)
			continue;
		path = text("%s/%s", instances, entry->d_name);
		rmdir(path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

/* Return the path of @file of the tracepoint @event below @where. The caller frees it. */
static char *event_path(const char *where, const struct inside_event *event, const char *file)
{
	return text("%s/events/kvm/%s/%s", where, event->event, file);
}

/* Exit unless the kernel can make histograms of @event. Return false if it lacks @event. */
static bool check_event(const struct inside *inside, const struct inside_event *event)
{
	char *path = event_path(inside->tracefs, event, "");
	char *hist = event_path(inside->tracefs, event, "hist");
	bool has = !access(path, F_OK);

	if (has && access(hist, F_OK))
		errx(EXIT_FAILURE, "this kernel has no histograms of tracepoints: no file %s: it needs CONFIG_HIST_TRIGGERS=y",
		     hist);
	free(path);
	free(hist);
	return has;
}

static void check_tracefs(const struct inside *inside)
{
	char *events = text("%s/events", inside->tracefs);
	struct statfs fs;

	if (statfs(inside->tracefs, &fs) && errno != ENOENT)
		err(EXIT_FAILURE, "cannot read %s: run kvm-exits as root", inside->tracefs);
	if (access(events, R_OK) && errno == EACCES)
		err(EXIT_FAILURE, "cannot read %s: run kvm-exits as root", events);
	if (access(events, F_OK))
		errx(EXIT_FAILURE, "tracefs is not mounted: no folder %s: run mount -t tracefs tracefs %s",
		     events, inside->tracefs);
	free(events);
}

/* Find the code of the reason and the tracepoints for it, or exit. */
static void find_reason(struct inside *inside)
{
	const struct dump_counts *reasons;
	const struct dump_row *found = NULL;
	char code[DUMP_CODE_SIZE], *end;
	uint64_t number;
	struct live live;

	check(live_read(&live, inside->debugfs, LIVE_HOST));
	check(live_reasons(&live, inside->debugfs, &reasons));
	inside->isa = live.counters[0].dump->isa;
	errno = 0;
	number = strtoull(inside->reason, &end, 0);
	for (size_t i = 0; i < reasons->nrows; i++) {
		const struct dump_row *row = &reasons->rows[i];

		dump_code_text(inside->isa, row->code, code);
		if (!strcasecmp(row->name, inside->reason) || !strcmp(code, inside->reason) ||
		    (!errno && !*end && *inside->reason != '-' && row->code == number))
			found = row;
	}
	if (!found)
		errx(EXIT_FAILURE, "no exit reason '%s' of %s: %s/exit_reasons lists them",
		     inside->reason, dump_isa_name(inside->isa), inside->debugfs);
	inside->reason = must(strdup(found->name));
	inside->kind.code = found->code;
	live_free(&live);

	for (const struct inside_event *event = inside_events; event->event; event++)
		if (is_word(inside->isa == DUMP_ISA_VMX ? event->vmx : event->svm, inside->reason))
			inside->events[inside->nevents++] = event;
	if (!inside->nevents)
		errx(EXIT_FAILURE, "there is nothing inside %s exits that a tracepoint of KVM records",
		     inside->reason);
}

/* Write @line into the file @path. Return false and set errno if that fails. */
static bool write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return good;
}

/* Make the instance, and start the histograms in it. */
static void start(struct inside *inside)
{
	char *instances = text("%s/instances", inside->tracefs), *path, *trigger;
	size_t n = 0;

	check_tracefs(inside);
	for (size_t i = 0; i < inside->nevents; i++) {
		if (check_event(inside, inside->events[i]))
			inside->events[n++] = inside->events[i];
		else if (!i)
			errx(EXIT_FAILURE, "this kernel has no tracepoint kvm:%s",
			     inside->events[i]->event);
	}
	inside->nevents = n;
	remove_stale(instances);
	path = text("%s/" INSTANCE "%d", instances, (int)getpid());
	atexit(remove_instance);
	if (mkdir(path, 0700))
		err(EXIT_FAILURE, "cannot make the trace instance %s", path);
	instance = path;
	free(instances);
	for (size_t i = 0; i < inside->nevents; i++) {
		trigger = inside_trigger(inside->events[i]);
		path = event_path(instance, inside->events[i], "trigger");
		if (!write_line(path, trigger))
			err(EXIT_FAILURE, "cannot write '%s' to %s", trigger, path);
		free(trigger);
		free(path);
	}
}

static void add_thread(struct inside *inside, uint64_t id, const char *vm)
{
	for (size_t i = 0; i < inside->nthreads; i++)
		if (inside->threads[i].id == id && !strcmp(inside->threads[i].vm, vm))
			return;
	inside->threads = grow(inside->threads, inside->nthreads, sizeof(*inside->threads));
	inside->threads[inside->nthreads++] = (struct thread){
		.id = id, .vm = must(strdup(vm)), .name = live_vm_name(vm),
	};
}

/* Remember the threads of all VMs: they may be gone when the histograms are read. */
static void look_up_threads(struct inside *inside)
{
	DIR *dir = opendir(inside->debugfs), *tasks;
	struct dirent *entry, *task;

	while (dir && (entry = readdir(dir))) {
		unsigned long pid, fd;
		char *path;

		if (sscanf(entry->d_name, "%lu-%lu", &pid, &fd) != 2)
			continue;
		path = text("/proc/%lu/task", pid);
		tasks = opendir(path);
		while (tasks && (task = readdir(tasks)))
			if (*task->d_name != '.')
				add_thread(inside, strtoull(task->d_name, NULL, 10), entry->d_name);
		if (tasks)
			closedir(tasks);
		free(path);
	}
	if (dir)
		closedir(dir);
}

static const struct thread *find_thread(const struct inside *inside, uint64_t id)
{
	/* the latest: numbers are used again */
	for (size_t i = inside->nthreads; i; i--)
		if (inside->threads[i - 1].id == id)
			return &inside->threads[i - 1];
	return NULL;
}

static void on_signal(int number)
{
	signalled = number;
}

/* Wait until the time is over or a signal arrives. Only then signals are unblocked. */
static void wait_for_end(struct inside *inside, const sigset_t *mask)
{
	struct timespec now, slice = { .tv_nsec = LOOK_UP_MS * 1000000 };
	double end, left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + now.tv_nsec / 1e9 + inside->seconds;
	while (!signalled) {
		look_up_threads(inside);
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = end - now.tv_sec - now.tv_nsec / 1e9;
		if (left <= 0)
			break;
		if (left < LOOK_UP_MS / 1000.0)
			slice.tv_nsec = left * 1e9;
		ppoll(NULL, 0, &slice, mask);
	}
	look_up_threads(inside);
}

static bool same_row(const struct row *a, const struct row *b)
{
	if (strcmp(a->vm, b->vm))
		return false;
	for (size_t i = 0; i < INSIDE_FIELDS; i++)
		if (strcmp(a->values[i], b->values[i]))
			return false;
	return true;
}

static void free_row(struct row *row)
{
	free(row->vm);
	free(row->name);
	for (size_t i = 0; i < INSIDE_FIELDS; i++)
		free(row->values[i]);
}

/* Add @line to the row of its VM and values. */
static void add_line(struct inside *inside, const struct inside_event *event,
		     const struct inside_line *line)
{
	const struct thread *thread = find_thread(inside, line->thread);
	struct row row = {
		.vm = thread ? text("%s", thread->vm) : text("thread %" PRIu64, line->thread),
		.name = text("%s", thread ? thread->name : "-"),
		.count = line->count,
	};

	for (size_t i = 0; i < INSIDE_FIELDS; i++)
		row.values[i] = event->fields[i].heading ?
				inside_text(&event->fields[i], line->values[i]) : text("%s", "");
	for (size_t i = 0; i < inside->nrows; i++) {
		if (!same_row(&inside->rows[i], &row))
			continue;
		inside->rows[i].count += row.count;
		free_row(&row);
		return;
	}
	inside->rows = grow(inside->rows, inside->nrows, sizeof(row));
	inside->rows[inside->nrows++] = row;
}

/* Return the content of the file @path as a string. The caller frees it. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *content = NULL;
	size_t size = 0;

	if (!file || (getdelim(&content, &size, '\0', file) < 0 && ferror(file)))
		err(EXIT_FAILURE, "cannot read %s", path);
	fclose(file);
	return content ? content : text("%s", "");
}

static void read_histograms(struct inside *inside)
{
	for (size_t i = 0; i < inside->nevents; i++) {
		char *path = event_path(instance, inside->events[i], "hist");
		char *content = read_text(path);
		const char *p = content;
		uint64_t dropped = 0;
		struct inside_line line;

		while (inside_read_line(inside->events[i], &p, &line, &dropped))
			add_line(inside, inside->events[i], &line);
		inside->dropped += dropped;
		free(content);
		free(path);
	}
}

static int row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int cmp = (x->count < y->count) - (x->count > y->count);

	for (size_t i = 0; !cmp && i < INSIDE_FIELDS; i++)
		cmp = strcmp(x->values[i], y->values[i]);
	return cmp ? cmp : strcmp(x->vm, y->vm);
}

/* Return the exits of the reason between two readings of the host. */
static uint64_t count_exits(const struct inside *inside, const struct live *from,
			    const struct live *to)
{
	struct dump_counts change;
	uint64_t n = 0;
	char *error = dump_diff(from->counters[0].dump, to->counters[0].dump, &change);

	for (size_t i = 0; !error && i < change.nrows; i++)
		if (!dump_row_cmp(&change.rows[i], &inside->kind))
			n = change.rows[i].total;
	dump_counts_free(&change);
	check(error);
	return n;
}

static void print(const struct inside *inside, const struct live *from, const struct live *to)
{
	const struct dump *dump = to->counters[0].dump;
	const struct inside_event *event = inside->events[0];
	uint64_t ms = dump->uptime_ms - from->counters[0].dump->uptime_ms;
	uint64_t exits = count_exits(inside, from, to), sum = 0, others = 0;
	size_t shown = inside->nrows, n = 0;
	struct table_cell *cell;
	struct table *table;
	char *names, *more;

	names = text("kvm:%s", event->event);
	for (size_t i = 1; i < inside->nevents; i++) {
		more = text("%s, kvm:%s", names, inside->events[i]->event);
		free(names);
		names = more;
	}
	for (size_t i = 0; i < inside->nrows; i++)
		sum += inside->rows[i].count;
	table = table_new(text("%s, host %s, %s: %" PRIu64 " exits in %" PRIu64 ".%03" PRIu64
			       " s, %" PRIu64 " events (%s)", inside->reason, dump->host,
			       dump_isa_name(inside->isa), exits, ms / 1000, ms % 1000, sum, names));
	free(names);
	table_property(table, "isa", table_string(dump_isa_name(inside->isa)));
	table_property(table, "host", table_string(dump->host));
	table_property(table, "reason", table_string(inside->reason));
	table_property(table, "exits", table_number(TABLE_COUNT, exits));
	table_property(table, "seconds", table_number(TABLE_THOUSANDTHS, ms));
	table_column(table, "vm", "vm", false);
	table_column(table, "name", "name", true);
	for (; n < INSIDE_FIELDS && event->fields[n].heading; n++)
		table_column(table, event->fields[n].heading, event->fields[n].heading, true);
	table_column(table, "events", "events", false);
	table_column(table, "share", "share", false);
	if (inside->top && inside->top < shown)
		shown = inside->top;
	for (size_t i = 0; i < inside->nrows; i++) {
		const struct row *row = &inside->rows[i];

		if (i >= shown) {
			others += row->count;
			continue;
		}
		cell = table_row(table, TABLE_ROWS);
		*cell++ = table_string(row->vm);
		*cell++ = table_string(row->name);
		for (size_t k = 0; k < n; k++)
			*cell++ = table_string(row->values[k]);
		*cell++ = table_number(TABLE_COUNT, row->count);
		*cell = table_share(row->count, sum);
	}
	if (shown < inside->nrows) {
		more = text("(%zu other%s)", inside->nrows - shown,
			    inside->nrows - shown == 1 ? "" : "s");
		cell = table_row(table, TABLE_ROWS);
		cell[1] = table_string(more);
		cell[2 + n] = table_number(TABLE_COUNT, others);
		cell[3 + n] = table_share(others, sum);
		free(more);
	}
	cell = table_row(table, TABLE_TOTAL);
	cell[1] = table_string("total");
	cell[2 + n] = table_number(TABLE_COUNT, sum);
	cell[3 + n] = table_share(sum, sum);
	check(table_write(table, inside->format, stdout));
	table_free(table);
	if (fclose(stdout))
		err(EXIT_FAILURE, "cannot write the output");
}

/* Count, and print the table. Return the signal that ended it, except SIGINT, or 0. */
static int run(struct inside *inside)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block, before;
	struct live from, to;

	/* From here on, signals only end the wait, so that the instance is removed. */
	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&block, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, &before);
	check(live_read(&from, inside->debugfs, LIVE_HOST));
	start(inside);
	wait_for_end(inside, &before);
	read_histograms(inside);
	check(live_read(&to, inside->debugfs, LIVE_HOST));
	remove_instance();
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (!signalled || signalled == SIGINT) {
		if (inside->nrows)
			qsort(inside->rows, inside->nrows, sizeof(*inside->rows), row_cmp);
		if (inside->dropped)
			warnx("warning: %" PRIu64 " events are missing: the histogram was full",
			      inside->dropped);
		print(inside, &from, &to);
	}
	live_free(&from);
	live_free(&to);
	return signalled == SIGINT ? 0 : signalled;
}

static void read_options(int argc, char **argv, struct inside *inside)
{
	static const struct cli_option options[] = {
		{ 's', "seconds", "S", "count for S seconds, 0.1 to 86400 (default: 10)" },
		{ 'n', "top", "N", "only the first N rows, and one row with the sum of the others" },
		{ 'F', "format", "FORMAT", "text (the default), markdown, csv or json" },
		{ 'D', "debugfs", "FOLDER", "read FOLDER instead of " LIVE_DEBUGFS },
		{ 'T', "tracefs", "FOLDER", "use FOLDER instead of " TRACEFS },
		CLI_OPTIONS_END
	};
	struct cli cli = {
		.command = "inside", .synopsis = "[OPTION...] REASON", .options = options,
		.about =
		"Count what the exits of one reason are for while VMs run: I/O ports, MSRs, guest\n"
		"pages, vectors or hypercalls, by VM. REASON is a name or a code of this vendor, as\n"
		"in the first two columns of kvm-exits table. Ctrl-C ends the count early.\n",
		.notes =
		"The kernel counts, in histograms of KVM's tracepoints. They are in a trace\n"
		"instance of their own, which is removed at the end.\n",
	};
	static const char *const formats[] = {
		[TABLE_TEXT] = "text", [TABLE_MARKDOWN] = "markdown",
		[TABLE_CSV] = "csv", [TABLE_JSON] = "json",
	};
	char *end;
	int c;

	while ((c = cli_next(&cli, argc, argv)) != -1) {
		switch (c) {
		case 's':
			inside->seconds = strtod(optarg, &end);
			if (!*optarg || optarg[strspn(optarg, "0123456789.")] || *end ||
			    inside->seconds < 0.1 || inside->seconds > 86400)
				cli_usage("inside", "--seconds must be 0.1 to 86400, not '%s'", optarg);
			break;
		case 'n':
			errno = 0;
			inside->top = strtoul(optarg, &end, 10);
			if (errno || *end || !inside->top || *optarg < '0' || *optarg > '9')
				cli_usage("inside", "--top must be a number of rows from 1 up, not '%s'",
				      optarg);
			break;
		case 'F':
			for (c = 0; c < 4 && strcmp(optarg, formats[c]); c++)
				;
			if (c == 4)
				cli_usage("inside", "--format must be text, markdown, csv or json, not '%s'",
				      optarg);
			inside->format = c;
			break;
		case 'D':
			inside->debugfs = optarg;
			break;
		case 'T':
			inside->tracefs = optarg;
			break;
		}
	}
	if (cli.nargs != 1)
		cli_usage("inside", "inside needs one exit REASON, a name or a code: kvm-exits top shows those that occur");
	inside->reason = cli.args[0];
	free(cli.args);
}

int inside_main(int argc, char **argv)
{
	struct inside inside = {
		.debugfs = LIVE_DEBUGFS, .tracefs = TRACEFS, .seconds = 10,
	};
	int status;

	read_options(argc, argv, &inside);
	find_reason(&inside);
	status = run(&inside);
	for (size_t i = 0; i < inside.nrows; i++)
		free_row(&inside.rows[i]);
	for (size_t i = 0; i < inside.nthreads; i++) {
		free(inside.threads[i].vm);
		free(inside.threads[i].name);
	}
	free(inside.rows);
	free(inside.threads);
	free((char *)inside.reason);
	if (status) {
		signal(status, SIG_DFL);
		raise(status);
	}
	return EXIT_SUCCESS;
}
