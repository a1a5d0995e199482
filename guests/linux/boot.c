// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is nothing: the guest boots and powers off.
 *
 * For the exits of booting itself, all kinds of them on both vendors. Any other
 * workload's guest takes these as well.
 */
#include "workload.h"

static int run(unsigned long units)
{
	(void)units;
	return 0;
}

WORKLOAD(boot, .unit = "nothing", .units = 1, .run = run);
