// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one XSETBV that leaves XCR0 as it is after reset: SDM volume 3,
 * "Instructions That Cause VM Exits Unconditionally".
 */
#include "bare.h"

GUEST_EXPECTED("vmx:XSETBV");

#define CR4_OSXSAVE	(1u << 18)

int guest_run(uint32_t n)
{
	write_cr4(read_cr4() | CR4_OSXSAVE);
	for (; n; n--)
		asm volatile("xsetbv" : : "a" (1), "d" (0), "c" (0));
	return GUEST_OK;
}
