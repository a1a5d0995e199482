/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of the running kernel, from KVM's folder in debugfs:
 *
 *   exit_counters         exit_times         of the host
 *   PID-FD/exit_counters  PID-FD/exit_times  of a VM
 *   PID-FD/vcpuN/...                         of a vCPU
 *   exit_reasons                             all exit reasons of this vendor
 *
 * Functions that return a string return NULL on success, or an error message that
 * the caller frees.
 */
#ifndef KVM_EXITS_LIVE_H
#define KVM_EXITS_LIVE_H

#include "dump.h"
#include "times.h"

#define LIVE_DEBUGFS "/sys/kernel/debug/kvm"

/* What to print if a command needs times and they are off. */
#define LIVE_TIMES_OFF "exit times are off: run echo 1 > /sys/module/kvm/parameters/exit_times"

/* Whose counters to read. Each level includes those before it. */
enum live_level {
	LIVE_HOST,
	LIVE_VMS,
	LIVE_VCPUS,
};

/*
 * The counters of the host, a VM or a vCPU: the dump's scope says which. No dump is
 * damaged. @times is NULL if no times were measured since kvm.ko was loaded, or if the
 * VM ended before they were read.
 */
struct live_counters {
	const struct dump *dump;
	const struct times *times;
};

/*
 * One reading of all counters. The host is first. Then come the VMs, each followed by
 * its vCPUs, in the order of their numbers.
 */
struct live {
	struct live_counters *counters;
	size_t ncounters;
	bool times_on;		/* times are being measured */
	struct dump_log *log;	/* all dumps */
	struct times_log times;
	char **paths;		/* the files' names in the log */
	size_t npaths;
};

/*
 * Read the counters in the folder @debugfs, usually LIVE_DEBUGFS. VMs and vCPUs that
 * end meanwhile are omitted. The parts are read one after the other: the sum over the
 * VMs is not the host's. It is an error if debugfs is not mounted or not readable, if
 * KVM is not loaded or has no counters, or if a file is damaged. Free with live_free()
 * even after an error.
 */
char *live_read(struct live *live, const char *debugfs, enum live_level level);

/*
 * Read all exit reasons, with counts of 0, in the folder @debugfs. Set *@reasons,
 * which live as long as @live, the result of live_read().
 */
char *live_reasons(struct live *live, const char *debugfs, const struct dump_counts **reasons);

/*
 * Return the name of the VM @vm, a PID-FD: what QEMU got with -name, else the name of the
 * process, or "-" if it has ended. Bytes that the kernel would not write in a name are
 * "_". The caller frees it.
 */
char *live_vm_name(const char *vm);

void live_free(struct live *live);

#endif
