// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one CPUID in user space.
 *
 * It causes one exit: cpuid on SVM, CPUID on VMX. In addition the guest kernel
 * causes its own exits, unlike in bare/cpuid.c.
 */
#include <stdint.h>

#include "workload.h"

static int run(unsigned long units)
{
	uint32_t a, b, c, d, first = 0;

	for (unsigned long i = 0; i < units; i++) {
		asm volatile("cpuid" : "=a" (a), "=b" (b), "=c" (c), "=d" (d)
			     : "0" (0), "2" (0));
		if (i == 0)
			first = a ^ b ^ c ^ d;
		else if ((a ^ b ^ c ^ d) != first)
			return fail("CPUID %lu differs from the first", i);
	}
	return 0;
}

WORKLOAD(cpuid, .unit = "one CPUID", .units = 1000, .run = run);
