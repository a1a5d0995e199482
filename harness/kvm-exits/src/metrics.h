/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters as metrics for Prometheus, and the command "metrics", which writes them:
 *
 *   kvm_exits_total{reason="cpuid",kind="CPUID",level="L1"} 1510
 *   kvm_vm_exits_total{vm="812-11",name="qemu-system-x86",reason="cpuid",...} 900
 *   kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="4.1e-06"} 710
 *
 * kvm-exits(1) lists all of them. No sample has a time stamp: node_exporter skips files
 * that have one. Names of hosts, VMs and reasons have only the characters of a dump,
 * so no label value needs a backslash.
 */
#ifndef KVM_EXITS_METRICS_H
#define KVM_EXITS_METRICS_H

#include <stdio.h>

#include "dump.h"
#include "times.h"

enum metrics_format {
	METRICS_PROMETHEUS,	/* text format 0.0.4, which node_exporter reads too */
	METRICS_OPENMETRICS,	/* OpenMetrics 1.0, which ends with "# EOF" */
};

/*
 * A VM. @counters has its exits by reason; if NULL, only @exits is known. @vm is
 * "PID-FD", or "PID" if only that is known; @name is the name of the process.
 */
struct metrics_vm {
	char *vm;
	char *name;
	uint64_t vcpus;
	uint64_t exits;
	const struct dump *counters;
};

/* What to write. */
struct metrics {
	const struct dump *host;
	const struct dump_counts *reasons;	/* more reasons, with counts of 0; or NULL */
	const struct times *times;		/* or NULL */
	struct metrics_vm *vms;
	size_t nvms;
	uint64_t more;				/* number of VMs that are not in @vms */
};

/*
 * Write @metrics. If it is NULL, write only that the counters could not be read:
 * kvm_exit_counters_up is 0. The caller checks @out for write errors.
 */
void metrics_write(const struct metrics *metrics, enum metrics_format format, FILE *out);

/*
 * Run the command with its options and arguments in @argv from index 1 on. Return the
 * exit status of the program.
 */
int metrics_main(int argc, char **argv);

#endif
