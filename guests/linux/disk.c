// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a 4-KiB block of the disk that is written and read back. The disk is
 * /dev/vda (virtio) or /dev/sda (IDE). The blocks bypass the guest's page cache. There
 * is one request at a time: first all blocks are written, then all are read and
 * compared.
 *
 * With virtio-blk over MMIO, it causes exits for the doorbell, the interrupt status and
 * its acknowledgment (npf on SVM, EPT_MISCONFIG on VMX), and hlt while the guest waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "workload.h"

#define DISK	"/dev/vda"
#define BLOCK	4096ul
#define WORDS	(BLOCK / sizeof(uint64_t))

static uint64_t block[WORDS] __attribute__((aligned(BLOCK)));
static int fd;

static int prepare(unsigned long units)
{
	uint64_t size;

	fd = open(DISK, O_RDWR | O_DIRECT);
	if (fd < 0 && errno == ENOENT)
		fd = open("/dev/sda", O_RDWR | O_DIRECT);
	if (fd < 0)
		return fail("cannot open " DISK ": %s", strerror(errno));
	if (ioctl(fd, BLKGETSIZE64, &size))
		return fail("cannot get the size of " DISK ": %s", strerror(errno));
	if (size / BLOCK < units)
		return fail(DISK " has %lu blocks, fewer than %lu", size / BLOCK, units);
	return 0;
}

/* Any two words of the disk differ. */
static uint64_t word(unsigned long nr, unsigned long i)
{
	return (nr * WORDS + i + 1) * 0x9e3779b97f4a7c15ull;
}

static int write_block(unsigned long nr)
{
	for (unsigned long i = 0; i < WORDS; i++)
		block[i] = word(nr, i);
	if (pwrite(fd, block, BLOCK, nr * BLOCK) != BLOCK)
		return fail("cannot write block %lu: %s", nr, strerror(errno));
	return 0;
}

static int check_block(unsigned long nr)
{
	memset(block, 0, BLOCK);
	if (pread(fd, block, BLOCK, nr * BLOCK) != BLOCK)
		return fail("cannot read block %lu: %s", nr, strerror(errno));
	for (unsigned long i = 0; i < WORDS; i++)
		if (block[i] != word(nr, i))
			return fail("block %lu does not hold what was written to it", nr);
	return 0;
}

static int run(unsigned long units)
{
	for (unsigned long nr = 0; nr < units; nr++)
		if (write_block(nr))
			return -1;
	for (unsigned long nr = 0; nr < units; nr++)
		if (check_block(nr))
			return -1;
	return 0;
}

WORKLOAD(disk, .unit = "a 4-KiB block written and read back", .units = 100,
	 .prepare = prepare, .run = run);
