// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a million turns of a loop of user-space arithmetic.
 *
 * For the exits that a guest takes when it does nothing to cause one: on both
 * vendors only the host's interrupts (interrupt, EXTERNAL_INTERRUPT) and what the
 * guest kernel's tick costs.
 */
#include <stdint.h>

#include "workload.h"

#define TURNS	1000000ul
#define MUL	6364136223846793005ull
#define ADD	1442695040888963407ull

/* x -> MUL * x + ADD, @n times over from 0, by squaring: the result to check by. */
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
		/* Keep the compiler from finding a shorter way. */
		asm volatile("" : "+r" (x));
	}
	return x == jump(units * TURNS) ? 0 : fail("the sum came out wrong");
}

WORKLOAD(cpu, .unit = "a million loop turns", .units = 5, .run = run);
