// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a byte sent through the serial port, in lines of at most 64 bytes,
 * including the newline.
 *
 * It causes the exits of an emulated 16550A: io on SVM, IO_INSTRUCTION on VMX,
 * slightly more than one for each byte. QEMU handles all of them.
 */
#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "workload.h"

#define LINE 64

static int run(unsigned long units)
{
	char line[LINE];
	size_t len;

	for (; units; units -= len) {
		len = units < LINE ? units : LINE;
		memset(line, '.', len - 1);
		line[len - 1] = '\n';
		if (write(STDOUT_FILENO, line, len) != (ssize_t)len)
			return fail("cannot write to the console: %s", strerror(errno));
	}
	if (tcdrain(STDOUT_FILENO))
		return fail("the console does not drain: %s", strerror(errno));
	return 0;
}

WORKLOAD(console, .unit = "a byte to the serial port", .units = 500, .run = run);
