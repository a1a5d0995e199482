// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one interrupt from CPU 0 to CPU 1, which spins in user space, and the
 * wait until CPU 1 has taken it. membarrier() makes the kernel send an interrupt to
 * each other CPU that runs a thread of the process.
 *
 * Sending causes msr on SVM, MSR_WRITE on VMX (the x2APIC's command register), or
 * without an x2APIC the exits of an emulated MMIO access (npf, APIC_WRITE). CPU 1
 * must leave the guest to take the interrupt: interrupt on SVM, EXTERNAL_INTERRUPT
 * on VMX, unless the processor can post interrupts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workload.h"

static volatile int spinning;

static int membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static int pin(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return pthread_setaffinity_np(thread, sizeof(set), &set);
}

static void *spin(void *arg)
{
	/* The thread may start on CPU 0, to which no interrupt would be sent. */
	while (sched_getcpu() != 1)
		sched_yield();
	spinning = 1;
	for (;;)
		asm volatile("pause");
	return arg;
}

/* Returns how many function call interrupts CPU 1 has taken; -1 on failure. */
static long taken(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	char line[512];
	long count = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " CAL: %*d %ld", &count) == 1)
			break;
	if (f)
		fclose(f);
	return count;
}

static int prepare(unsigned long units)
{
	pthread_t thread;
	int err;

	(void)units;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return fail("the guest has one CPU and needs two");
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED))
		return fail("cannot register for membarrier: %s", strerror(errno));
	if (taken() < 0)
		return fail("/proc/interrupts has no function call interrupts of CPU 1");
	err = pthread_create(&thread, NULL, spin, NULL);
	if (!err)
		err = pin(thread, 1);
	if (!err)
		err = pin(pthread_self(), 0);
	if (err)
		return fail("cannot set a thread up on each CPU: %s", strerror(err));
	/*
	 * Sleep: with -icount, QEMU's emulator may give CPU 1 no turn as long as CPU 0 does
	 * not halt.
	 */
	while (!spinning)
		usleep(1000);
	return 0;
}

static int run(unsigned long units)
{
	long before = taken();

	/* While CPU 1 runs a kernel thread, membarrier() does not interrupt it. */
	for (unsigned long i = 0; i < units || taken() - before < (long)units; i++)
		if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
			return fail("membarrier %lu failed: %s", i, strerror(errno));
	return 0;
}

WORKLOAD(ipi, .unit = "an interrupt from CPU 0 to CPU 1", .units = 200,
	 .prepare = prepare, .run = run);
