// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one CPUID, timed: the guest writes the fewest TSC ticks that any
 * of the N took to the serial port, a decimal number and a newline. On an
 * emulated host whose TSC counts instructions, that is what an exit and the
 * following entry cost there, in instructions, when nothing interrupts.
 */
#include "apic.h"

/* What it says takes exits too, more or fewer: it is no guest to count. */
GUEST_CAUSES("");

int guest_run(uint32_t n)
{
	/* The low half is enough: a round trip takes fewer than 2^32 ticks. */
	uint32_t fewest = UINT32_MAX, start, ticks;

	for (; n; n--) {
		start = rdtsc_low();
		cpuid(0);
		ticks = rdtsc_low() - start;
		if (ticks < fewest)
			fewest = ticks;
	}
	say_number(fewest);
	return GUEST_OK;
}
