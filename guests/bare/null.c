// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing: start and stop, whatever N is. What it causes is what any bare guest
 * causes beside its units: firmware, start code, the exit through port 0xf4.
 */
#include "bare.h"

GUEST_EXPECTED("svm:none vmx:none");

int guest_run(uint32_t n)
{
	(void)n;
	return GUEST_OK;
}
