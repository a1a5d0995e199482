// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "alloc.h"
#include "input.h"
#include "reader.h"

#define READ_SIZE (64 << 10)

/* How long to wait for input before a note, and for a file to grow, in milliseconds */
#define PATIENCE 2000
#define GROWTH 250

/* A file to read. */
struct file {
	char *name;
	size_t stem;		/* the length of the name without what rotation adds */
	long age;		/* 0 for the newest file of a stem */
	unsigned long record;	/* pstore: the number of the panic, and the part of it */
	unsigned long part;
};

/* The logs that the lines of a file go to. */
struct sink {
	struct log *log;
	const char *file;
	bool times;
};

static bool take_line(void *arg, const struct input_text *text)
{
	const struct sink *sink = arg;
	struct dump_place at = { .file = sink->file, .line = text->line, .order = text->order };

	if (sink->times)
		times_log_line(&sink->log->times, &at, text->text, text->len);
	return dump_log_line(sink->log->dumps, &at, text->text, text->len);
}

/* Find out whether the name is one of a rotated log: "x.2", "x.2.gz" or "x-20261126.xz". */
static void find_age(struct file *file)
{
	static const char *const packed[] = { ".gz", ".xz", ".zst" };
	size_t len = strlen(file->name), digits = 0;

	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		if (len > strlen(packed[i]) && !strcmp(file->name + len - strlen(packed[i]), packed[i]))
			len -= strlen(packed[i]);
	while (digits < len && digits < 9 && file->name[len - digits - 1] >= '0' &&
	       file->name[len - digits - 1] <= '9')
		digits++;
	file->stem = len;
	if (digits && digits < 4 && len > digits + 1 && file->name[len - digits - 1] == '.') {
		file->stem = len - digits - 1;
		file->age = strtol(file->name + len - digits, NULL, 10);
	} else if (digits == 8 && len > digits + 1 && file->name[len - digits - 1] == '-') {
		/* a later date is a lower age, and any date is above 0 */
		file->stem = len - digits - 1;
		file->age = 100000000 - strtol(file->name + len - digits, NULL, 10);
	}
}

/* Find out whether the file is a record of pstore: its first line is "Panic#2 Part3". */
static void find_part(struct file *file)
{
	struct stat status;
	char head[64] = "", word[16];
	int fd;

	if (stat(file->name, &status) || !S_ISREG(status.st_mode))
		return;
	fd = open(file->name, O_RDONLY);
	if (fd < 0)
		return;
	if (read(fd, head, sizeof(head) - 1) < 0 ||
	    sscanf(head, "%15[A-Za-z]#%lu Part%lu", word, &file->record, &file->part) != 3)
		file->part = 0;
	close(fd);
}

/* Compare files that are all of one rotated log, or all of pstore: the oldest first. */
static int file_cmp(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	if (x->part != y->part)
		return x->part > y->part ? -1 : 1;
	return (x->age < y->age) - (x->age > y->age);
}

/* Sort files that are all of one rotated log, or all of pstore. Others stay as they are. */
static void sort_files(struct file *files, size_t n)
{
	bool rotated = true, parts = true;

	for (size_t i = 0; i < n; i++) {
		find_age(&files[i]);
		find_part(&files[i]);
		rotated &= files[i].stem == files[0].stem &&
			   !memcmp(files[i].name, files[0].name, files[0].stem);
		parts &= files[i].part != 0;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			/* the same file twice, or two kinds of ages: no order */
			rotated &= files[i].age != files[k].age;
		if (!parts)
			files[i].record = files[i].part = 0;
		if (parts)
			files[i].age = 0;
	}
	if (rotated || parts)
		qsort(files, n, sizeof(*files), file_cmp);
}

/* Say once that the file has not ended. */
static void say_waiting(const char *name, int fd, mode_t mode)
{
	if (isatty(fd))
		warnx("reading %s, a terminal: press Ctrl-D to end, or name a FILE", name);
	else if (S_ISCHR(mode))
		warnx("reading %s, which never ends: use --follow", name);
	else if (isatty(STDERR_FILENO))
		warnx("reading %s, which has not ended: use --follow to see each dump as it comes", name);
}

/* Wait for bytes. Return false if the file, which has a new end, has nothing more. */
static void wait_for_input(const char *name, int fd, mode_t mode, bool follow, bool *said)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (follow || *said || S_ISREG(mode) || poll(&poll_fd, 1, PATIENCE))
		return;
	say_waiting(name, fd, mode);
	*said = true;
}

/* Wait for a file to grow. */
static void wait_for_growth(int fd)
{
	struct stat status;
	off_t at = lseek(fd, 0, SEEK_CUR);

	/* it was truncated: begin again */
	if (!fstat(fd, &status) && status.st_size < at)
		lseek(fd, 0, SEEK_SET);
	else
		poll(NULL, 0, GROWTH);
}

static void read_file(struct log *log, const char *name, bool times, bool follow)
{
	bool is_stdin = !strcmp(name, "-"), said = false, kmsg, fatal;
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY);
	struct sink sink = { .log = log, .times = times };
	char *buf = must(malloc(READ_SIZE)), *error;
	struct input *input;
	struct stat status;
	ssize_t n;

	if (is_stdin)
		name = "stdin";
	if (fd < 0)
		err(EXIT_FAILURE, "cannot open %s", name);
	if (fstat(fd, &status))
		err(EXIT_FAILURE, "cannot read %s", name);
	kmsg = S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 11);
	if (kmsg && !follow)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	sink.file = dump_log_begin(log->dumps, name);
	input = input_new(INPUT_ANY, take_line, &sink);
	while (true) {
		wait_for_input(name, fd, status.st_mode, follow || kmsg, &said);
		n = read(fd, buf, READ_SIZE);
		if (n > 0 && !input_feed(input, buf, n))
			break;
		if (!n && follow && S_ISREG(status.st_mode) && !is_stdin) {
			wait_for_growth(fd);
			continue;
		}
		/* EPIPE: the kernel has overwritten the next message of /dev/kmsg */
		if (n < 0 && (errno == EINTR || (kmsg && errno == EPIPE)))
			continue;
		if (n <= 0)
			break;
	}
	if (n < 0 && !(kmsg && errno == EAGAIN))
		err(EXIT_FAILURE, "cannot read %s", name);
	error = input_end(input, &fatal);
	if (error && fatal)
		errx(EXIT_FAILURE, "%s: %s", name, error);
	if (error)
		warnx("warning: %s: %s", name, error);
	free(error);
	dump_log_end(log->dumps, input_order(input));
	error = times ? times_log_end(&log->times, input_order(input)) : NULL;
	if (error)
		errx(EXIT_FAILURE, "%s", error);
	input_free(input);
	free(buf);
	if (!is_stdin)
		close(fd);
}

void reader_read(struct log *log, char *const *names, size_t nfiles, bool times, bool follow)
{
	struct file *files = must(calloc(nfiles, sizeof(*files)));
	char *error;

	for (size_t i = 0; i < nfiles; i++)
		files[i].name = names[i];
	sort_files(files, nfiles);
	for (size_t i = 0; i < nfiles; i++)
		read_file(log, files[i].name, times, follow);
	free(files);
	error = dump_log_finish(log->dumps);
	if (error)
		errx(EXIT_FAILURE, "%s", error);
	if (log->dumps->newest_first)
		errx(EXIT_FAILURE, "the newest line comes first in %s: reverse it, for example with tac", log->name);
	if (log->dumps->nstrays)
		warnx("warning: %s:%" PRIu64 ": %s like %s of a dump, but %s: ignored",
		      log->dumps->stray.file, log->dumps->stray.line,
		      log->dumps->nstrays == 1 ? "this line looks" : "this line and others look",
		      log->dumps->nstrays == 1 ? "one" : "some", log->dumps->nstrays == 1 ? "is none" : "are none");
}
