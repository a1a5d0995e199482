// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is the first touch of a 4-KiB page of anonymous memory. The guest kernel
 * takes a free page and clears it. Afterwards all pages are read back.
 *
 * It causes one exit, npf on SVM, EPT_VIOLATION on VMX, if the host does not back the
 * guest with huge pages and the guest never used the page before. The kernel first
 * hands out pages that were used and freed while it booted. So prepare() touches and
 * keeps some pages first.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "workload.h"

#define PAGE	4096ul
#define USED	2048ul	/* pages; more than booting used and freed */

static char *mem;

static void touch(unsigned long pages)
{
	for (unsigned long i = 0; i < pages; i++)
		*(volatile uint64_t *)(mem + i * PAGE) = ~i;
}

static int prepare(unsigned long units)
{
	struct sysinfo info;

	/* Each page also needs a page table entry. The kernel needs some memory too. */
	sysinfo(&info);
	if ((USED + units) * (PAGE + 16) + (1 << 20) > info.freeram * info.mem_unit)
		return fail("%lu pages do not fit in the %lu KiB that are free", units,
			    info.freeram * info.mem_unit / 1024);
	mem = mmap(NULL, (USED + units) * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return fail("cannot map %lu pages: %s", USED + units, strerror(errno));
	/* This fails if the kernel has no huge pages, and is not needed then. */
	madvise(mem, (USED + units) * PAGE, MADV_NOHUGEPAGE);
	touch(USED);
	mem += USED * PAGE;
	return 0;
}

static int run(unsigned long units)
{
	touch(units);
	for (unsigned long i = 0; i < units; i++)
		if (*(volatile uint64_t *)(mem + i * PAGE) != ~i)
			return fail("page %lu lost what was written to it", i);
	return 0;
}

WORKLOAD(memory, .unit = "first touch of a 4-KiB page", .units = 1000,
	 .prepare = prepare, .run = run);
