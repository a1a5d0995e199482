// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is a sleep of 1 ms.
 *
 * It causes the exits of setting a timer and of waiting for it: msr (the TSC
 * deadline) and hlt on SVM, MSR_WRITE and HLT on VMX. On VMX, KVM may also use the
 * preemption timer (PREEMPTION_TIMER).
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "workload.h"

static int prepare(unsigned long units)
{
	(void)units;
	/* 1 ns, the minimum: do not let the kernel coalesce sleeps. */
	prctl(PR_SET_TIMERSLACK, 1);
	return 0;
}

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int run(unsigned long units)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	long long start = now_ns();

	for (unsigned long i = 0; i < units; i++)
		if (nanosleep(&ms, NULL))
			return fail("sleep %lu failed: %s", i, strerror(errno));
	if (now_ns() - start < (long long)units * 1000000)
		return fail("%lu ms were over too early", units);
	return 0;
}

WORKLOAD(timer, .unit = "a sleep of 1 ms", .units = 100, .prepare = prepare, .run = run);
