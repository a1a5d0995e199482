// SPDX-License-Identifier: GPL-2.0
/*
 * The only process of a Linux guest. It runs one workload and powers off:
 *
 *	kernel command line:	workload=NAME [units=N] [load=MODULE,MODULE...]
 *	guest says:		guest: ready NAME N
 *	guest waits for:	go
 *	guest says:		guest: done NAME N
 *			or:	guest: failed NAME: SENTENCE
 *	guest waits for:	any line, for up to a minute; not if it failed
 *
 * The workload runs between "go" and "done". Powering off causes exits too, so the
 * guest waits before it until the host has read the counters. Lines end with a
 * newline and no carriage return. The guest also powers off if it failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "workload.h"

#define OFF_MS 60000

/* From the linker: the bounds of the section with the pointers of WORKLOAD() */
extern const struct workload *const __start_workloads[], *const __stop_workloads[];

static const struct workload *workload;
static unsigned long units;
static char sentence[512];

int fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	return -1;
}

int load_module(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("cannot open %s: %s", path, strerror(errno));
	if (syscall(SYS_finit_module, fd, "", 0))
		return fail("cannot load %s: %s", path, strerror(errno));
	return close(fd);
}

/* The kernel command line can have load=NAME,NAME... */
static int load_modules(void)
{
	char *names = getenv("load");

	for (char *name = names ? strtok(names, ",") : NULL; name; name = strtok(NULL, ","))
		if (load_module(name))
			return -1;
	return 0;
}

static int mount_filesystems(void)
{
	static const struct { const char *type, *where; } filesystems[] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
	};

	for (size_t i = 0; i < sizeof(filesystems) / sizeof(*filesystems); i++) {
		mkdir(filesystems[i].where, 0755);
		/* EBUSY: the kernel was built to mount devtmpfs itself. */
		if (mount("none", filesystems[i].where, filesystems[i].type, 0, NULL) &&
		    errno != EBUSY)
			return fail("cannot mount %s: %s", filesystems[i].where, strerror(errno));
	}
	return 0;
}

/*
 * Make the console the standard input and output. The kernel does that only if it
 * finds /dev/console before the file systems are mounted.
 *
 * Turn echo off, so that the log has only the guest's messages. Turn output
 * processing off, so that each byte written is one byte sent.
 */
static int open_console(void)
{
	struct termios t;
	int fd = open("/dev/console", O_RDWR);

	if (fd < 0)
		return fail("cannot open /dev/console: %s", strerror(errno));
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (tcgetattr(STDIN_FILENO, &t))
		return fail("/dev/console is not a terminal");
	t.c_lflag &= ~(ECHO | ECHONL);
	t.c_oflag &= ~OPOST;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	return 0;
}

static int no_such_workload(const char *name)
{
	char known[sizeof(sentence) / 2] = "";

	for (const struct workload *const *w = __start_workloads; w < __stop_workloads; w++) {
		strncat(known, " ", sizeof(known) - strlen(known) - 1);
		strncat(known, (*w)->name, sizeof(known) - strlen(known) - 1);
	}
	if (!name)
		return fail("the kernel command line has no workload=NAME, known are:%s", known);
	return fail("there is no workload \"%.64s\", known are:%s", name, known);
}

/*
 * The kernel passes unknown NAME=VALUE words of its command line to init as
 * environment variables.
 */
static int read_command_line(void)
{
	const char *name = getenv("workload"), *number = getenv("units");
	char *end;

	for (const struct workload *const *w = __start_workloads; w < __stop_workloads; w++)
		if (name && !strcmp((*w)->name, name))
			workload = *w;
	if (!workload)
		return no_such_workload(name);

	units = workload->units;
	if (!number)
		return 0;
	errno = 0;
	units = strtoul(number, &end, 10);
	if (*number < '0' || *number > '9' || *end || errno || units > UINT32_MAX)
		return fail("units=%.64s is not a number from 0 to %u", number, UINT32_MAX);
	return 0;
}

static int prepare(void)
{
	return workload->prepare ? workload->prepare(units) : 0;
}

static int wait_for_go(void)
{
	char line[64];
	ssize_t n;

	dprintf(STDOUT_FILENO, "guest: ready %s %lu\n", workload->name, units);
	n = read(STDIN_FILENO, line, sizeof(line));
	if (n != 3 || memcmp(line, "go\n", 3))
		return fail("the console said something other than \"go\"");
	return 0;
}

static int run(void)
{
	return workload->run(units);
}

static void report(int failed)
{
	const char *name = workload ? workload->name : "-";

	if (failed)
		dprintf(STDOUT_FILENO, "guest: failed %s: %s\n", name, sentence);
	else
		dprintf(STDOUT_FILENO, "guest: done %s %lu\n", name, units);
}

static void wait_for_off(void)
{
	struct pollfd console = { .fd = STDIN_FILENO, .events = POLLIN };

	poll(&console, 1, OFF_MS);
}

/* With -no-reboot a reset ends QEMU, and text still in the UART would be lost. */
static void power_off(void)
{
	tcdrain(STDOUT_FILENO);
	reboot(RB_AUTOBOOT);
}

int main(void)
{
	int failed = mount_filesystems() ||
		     open_console() ||
		     read_command_line() ||
		     load_modules() ||
		     prepare() ||
		     wait_for_go() ||
		     run();

	report(failed);
	if (!failed)
		wait_for_off();
	power_off();
	return 1;
}
