// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is 10 ms in which the guest is idle. All units are one sleep.
 *
 * It causes the exits of a vCPU that waits: hlt on SVM, HLT on VMX, and msr or
 * MSR_WRITE for the timer that ends the sleep. Their number also depends on the time
 * and on the guest kernel's tick.
 */
#include <string.h>
#include <time.h>

#include "workload.h"

#define UNIT_MS 10

static int run(unsigned long units)
{
	struct timespec t = {
		.tv_sec = units / (1000 / UNIT_MS),
		.tv_nsec = units % (1000 / UNIT_MS) * UNIT_MS * 1000000L,
	};
	int err = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);

	return err ? fail("cannot sleep: %s", strerror(err)) : 0;
}

WORKLOAD(idle, .unit = "10 ms of sleep", .units = 20, .run = run);
