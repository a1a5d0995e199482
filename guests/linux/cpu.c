// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a million iterations of a loop of user-space arithmetic.
 *
 * The loop itself causes no exits. On both vendors, the guest only takes the exits
 * of the host's interrupts (interrupt, EXTERNAL_INTERRUPT) and of the guest kernel's
 * tick.
 */
#include <stdint.h>

#include "workload.h"

#define TURNS	1000000ul
#define MUL	6364136223846793005ull
#define ADD	1442695040888963407ull

/* The expected result: apply x -> MUL * x + ADD n times to 0, by squaring. */
static uint64_t jump(uint64_t n)
{
	uint64_t mul = MUL, add = ADD, all_mul = 1, all_add = 0;

	for (; n; n >>= 1) {
		if (n & 1) {
			all_mul *= mul;
			all_add = all_add * mul + add;
		}
		add *= mul + 1;
		mul *= mul;
	}
	return all_add;
}

static int run(unsigned long units)
{
	uint64_t x = 0;

	for (uint64_t n = units * TURNS; n; n--) {
		x = x * MUL + ADD;
		/* Keep the compiler from optimizing the loop away. */
		asm volatile("" : "+r" (x));
	}
	return x == jump(units * TURNS) ? 0 : fail("the sum came out wrong");
}

WORKLOAD(cpu, .unit = "a million loop turns", .units = 5, .run = run);
