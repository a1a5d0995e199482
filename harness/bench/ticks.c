// SPDX-License-Identifier: GPL-2.0
/*
 * ticks FILE TEXT: write TEXT to FILE and print how many TSC ticks the write took.
 * On an emulated host a tick is one instruction of any CPU.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

int main(int argc, char **argv)
{
	unsigned long long start, ticks;
	ssize_t written;
	int file;

	if (argc != 3)
		errx(2, "usage: ticks FILE TEXT");
	file = open(argv[1], O_WRONLY);
	if (file < 0)
		err(1, "cannot open %s", argv[1]);
	start = __rdtsc();
	written = write(file, argv[2], strlen(argv[2]));
	ticks = __rdtsc() - start;
	if (written != (ssize_t)strlen(argv[2]))
		err(1, "cannot write to %s", argv[1]);
	printf("%llu\n", ticks);
	return 0;
}
