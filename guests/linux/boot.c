// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is nothing: the guest boots and powers off.
 *
 * It causes the exits of booting, for many reasons on both vendors. The guest of
 * each other workload causes these exits as well.
 */
#include "workload.h"

static int run(unsigned long units)
{
	(void)units;
	return 0;
}

WORKLOAD(boot, .unit = "nothing", .units = 1, .run = run);
