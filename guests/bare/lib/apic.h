/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The local APIC: SDM volume 3, "Advanced Programmable Interrupt Controller".
 */
#ifndef APIC_H
#define APIC_H

#include "bare.h"

#define MSR_APIC_BASE		0x1b
#define APIC_BASE_X2APIC	(1u << 10)
#define MSR_TSC_DEADLINE	0x6e0

/* Registers, by their offset in the page of xAPIC mode */
#define APIC_ID			0x020
#define APIC_SPURIOUS		0x0f0
#define APIC_ICR		0x300
#define APIC_LVT_TIMER		0x320
#define APIC_SELF_IPI		0x3f0

#define APIC_PAGE		0xfee00000
#define APIC_ENABLED		0x1ff	/* in APIC_SPURIOUS, with vector 0xff */
#define ICR_NMI			(4u << 8)
#define ICR_ASSERT		(1u << 14)
#define LVT_MASKED		(1u << 16)
#define LVT_TSC_DEADLINE	(2u << 17)

/* The vector that guests use for interrupts. It must be below NR_VECTORS. */
#define VECTOR			0x21

static inline void x2apic_write(uint32_t offset, uint64_t value)
{
	wrmsr(0x800 + offset / 16, value);
}

/*
 * Put the APIC in x2APIC mode and enable it. Returns GUEST_OK, or GUEST_NO_CPU if
 * this processor has no x2APIC or no TSC-deadline timer.
 */
static inline int x2apic_on(void)
{
	const uint32_t needed = 1u << 21 | 1u << 24;

	if ((cpuid(1).ecx & needed) != needed)
		return GUEST_NO_CPU;
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	x2apic_write(APIC_SPURIOUS, APIC_ENABLED);
	return GUEST_OK;
}

static inline volatile uint32_t *xapic(uint32_t offset)
{
	return (volatile uint32_t *)(APIC_PAGE + offset);
}

static inline uint32_t rdtsc_low(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a" (low), "=d" (high));
	return low;
}

static inline uint64_t rdtsc(void)
{
	uint64_t value;

	asm volatile("rdtsc" : "=A" (value));
	return value;
}

#endif
