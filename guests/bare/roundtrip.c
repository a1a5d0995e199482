// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one CPUID, timed: the guest writes the fewest TSC ticks that any
 * of the N took to the serial port, a decimal number and a newline. On an
 * emulated host whose TSC counts instructions, that is what an exit and the
 * following entry cost there, in instructions, when nothing interrupts.
 */
#include "bare.h"

GUEST_CAUSES("svm:cpuid vmx:CPUID exits:1");

#define COM1		0x3f8
#define COM1_STATUS	(COM1 + 5)
#define STATUS_EMPTY	0x20

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a" (value), "Nd" (port));
}

/* The low half is enough: a round trip takes fewer than 2^32 ticks. */
static inline uint32_t rdtsc_low(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a" (low), "=d" (high));
	return low;
}

static void put_char(char c)
{
	while (!(inb(COM1_STATUS) & STATUS_EMPTY))
		;
	outb(COM1, c);
}

static void put_number(uint32_t n)
{
	if (n > 9)
		put_number(n / 10);
	put_char('0' + n % 10);
}

int guest_run(uint32_t n)
{
	uint32_t fewest = UINT32_MAX, start, ticks;

	for (; n; n--) {
		start = rdtsc_low();
		cpuid(0);
		ticks = rdtsc_low() - start;
		if (ticks < fewest)
			fewest = ticks;
	}
	put_number(fewest);
	put_char('\n');
	return GUEST_OK;
}
