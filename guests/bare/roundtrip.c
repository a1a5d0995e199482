// SPDX-License-Identifier: GPL-2.0
/*
 * Measure round trips from the guest to the handler of an exit and back. The guest
 * takes each exit path N times and writes a line for each to the serial port: the
 * name of the path, how often it was taken, and the minimum and the average of TSC
 * ticks. On an emulated host whose TSC counts instructions, the minimum is the
 * number of instructions that an exit and the following entry take when nothing
 * interrupts them. The average includes what else the host did in the meantime.
 */
#include "apic.h"
#include "tables.h"

/* Its output causes a varying number of exits, so the coverage experiment skips it. */
GUEST_EXPECTED("");

#define CPUID_HYPERVISOR	0x40000000
#define KVM_HC_VAPIC_POLL_IRQ	1
#define PIC1_MASK		0x21
#define COM1_STATUS		0x3fd
/* An IPI to an x2APIC ID that no vCPU has. KVM's fastpath can send it. */
#define ICR_NOBODY		(0xffull << 32 | ICR_ASSERT | VECTOR)

#define PAGE			4096
#define NR_PAGES		3000

/* Only the inlined unit is between the two reads of the TSC. */
static inline __attribute__((always_inline))
void measure(const char *way, uint32_t n, void (*unit)(uint32_t))
{
	uint32_t fewest = UINT32_MAX, average, rest, i, start, ticks;
	uint64_t sum = 0;

	for (i = 0; i < n; i++) {
		start = rdtsc_low();
		unit(i);
		ticks = rdtsc_low() - start;
		sum += ticks;
		if (ticks < fewest)
			fewest = ticks;
	}
	if (!n)
		return;
	asm("divl %4" : "=a" (average), "=d" (rest)
	    : "a" ((uint32_t)sum), "d" ((uint32_t)(sum >> 32)), "r" (n));
	say_text(way);
	say_number(n);
	say_text(" ");
	say_number(fewest);
	say_text(" ");
	say_number(average);
	say_text("\n");
}

#define UNIT(name) static inline __attribute__((always_inline)) \
	void unit_##name(uint32_t i __attribute__((unused)))

UNIT(cpuid)
{
	cpuid(0);
}

UNIT(vmcall)
{
	uint32_t ret;

	asm volatile("vmcall" : "=a" (ret) : "0" (KVM_HC_VAPIC_POLL_IRQ) : "memory");
}

UNIT(vmmcall)
{
	uint32_t ret;

	asm volatile("vmmcall" : "=a" (ret) : "0" (KVM_HC_VAPIC_POLL_IRQ) : "memory");
}

UNIT(ipi)
{
	x2apic_write(APIC_ICR, ICR_NOBODY);
}

UNIT(port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a" (value) : "N" (PIC1_MASK));
}

UNIT(user_port)
{
	uint8_t value;

	asm volatile("inb %w1, %0" : "=a" (value) : "d" (COM1_STATUS));
}

UNIT(page)
{
	*(volatile uint32_t *)(MEMORY + i * PAGE) = 1;
}

int guest_run(uint32_t n)
{
	measure("cpuid ", n, unit_cpuid);
	/* "KVMK" */
	if (cpuid(CPUID_HYPERVISOR).ebx == 0x4b4d564b) {
		if (cpu_is_intel())
			measure("hypercall ", n, unit_vmcall);
		else
			measure("hypercall ", n, unit_vmmcall);
	}
	if (x2apic_on() == GUEST_OK)
		measure("msr-write ", n, unit_ipi);
	measure("kernel-port ", n, unit_port);
	measure("qemu-port ", n, unit_user_port);
	measure("page-fault ", n < NR_PAGES ? n : NR_PAGES, unit_page);
	return GUEST_OK;
}
