/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bare guest is one source file, linked with start.S and bare.c. It reads a number
 * N from its command line, executes N units of work (or N + 1, if its loop tests at
 * the end) and stops. The exits of a run are those of a run with N = 0 plus N times
 * the exits of one unit, which are known in advance.
 */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

/*
 * How a guest ends. The guest writes the value to QEMU's isa-debug-exit device, and
 * QEMU exits with status 2 * value + 1, given in brackets. A triple fault of the
 * guest gives another status. QEMU also exits with status 1 if it cannot start, and
 * prints why on standard error.
 */
enum {
	GUEST_OK	= 0,	/* [1] executed its units */
	GUEST_NO_N	= 1,	/* [3] the command line is empty */
	GUEST_BAD_N	= 2,	/* [5] N is not a decimal number from 0 to 4294967295 */
	GUEST_WRONG	= 3,	/* [7] an instruction did not do what it must do */
	GUEST_NO_KVM	= 4,	/* [9] the guest needs KVM and does not run on it */
	GUEST_NO_CPU	= 5,	/* [11] the processor lacks what the guest needs */
};

/*
 * The expected exits of one unit on each vendor's processors, and the parameters of
 * the vendor's module that they need. The text has any of these words, separated by
 * blanks:
 *
 *	svm:REASON,...			vmx:REASON,...
 *	svm-parameters:NAME=VALUE,...	vmx-parameters:NAME=VALUE,...
 *
 * REASON is a name in the kernel's SVM_EXIT_REASONS or VMX_EXIT_REASONS with `_`
 * for each blank. REASON*K means K exits for this reason, and "none" means no exits.
 * The guest does not run on hosts of a vendor that the text does not name. The
 * linker puts the text in its own section, and the Makefile copies it to
 * NAME.expected.
 */
#define GUEST_EXPECTED(text) \
	static const char guest_expected[sizeof(text)] \
	__attribute__((used, section(".guest_expected"))) = text "\n"

/**
 * guest_run() - Execute @n units, or always @n + 1. Each bare guest defines it.
 * @n: number of units, from 0 to 2^32 - 1.
 *
 * Code that can cause an exit and is not part of a unit must run the same number
 * of times whatever @n is.
 *
 * Return: GUEST_OK, or the GUEST_ value of the failure.
 */
int guest_run(uint32_t n);

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* Messages on the serial port, see serial.c */
void say_text(const char *text);
void say_number(uint32_t n);
int wrong(const char *what, uint32_t where, uint32_t is, uint32_t must_be);

static inline struct cpuid_regs cpuid(uint32_t leaf)
{
	struct cpuid_regs r;

	asm volatile("cpuid"
		     : "=a" (r.eax), "=b" (r.ebx), "=c" (r.ecx), "=d" (r.edx)
		     : "0" (leaf), "2" (0));
	return r;
}

/* "Genu", "ineI", "ntel" in EBX, EDX, ECX. Processors of other vendors have SVM. */
static inline int cpu_is_intel(void)
{
	struct cpuid_regs vendor = cpuid(0);

	return vendor.ebx == 0x756e6547 && vendor.edx == 0x49656e69 &&
	       vendor.ecx == 0x6c65746e;
}

static inline uint64_t rdmsr(uint32_t msr)
{
	uint64_t value;

	asm volatile("rdmsr" : "=A" (value) : "c" (msr));
	return value;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c" (msr), "A" (value) : "memory");
}

#define CONTROL_REGISTER(n) \
static inline uint32_t read_cr##n(void) \
{ \
	uint32_t value; \
	asm volatile("movl %%cr" #n ", %0" : "=r" (value) : : "memory"); \
	return value; \
} \
static inline void write_cr##n(uint32_t value) \
{ \
	asm volatile("movl %0, %%cr" #n : : "r" (value) : "memory"); \
}
CONTROL_REGISTER(0)
CONTROL_REGISTER(3)
CONTROL_REGISTER(4)

#endif
