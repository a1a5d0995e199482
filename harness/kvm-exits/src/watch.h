/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Readings of the running kernel's counters, and tables of what changed between the
 * last two.
 */
#ifndef KVM_EXITS_WATCH_H
#define KVM_EXITS_WATCH_H

#include <regex.h>

#include "live.h"
#include "table.h"

struct watch {
	const char *debugfs;
	struct live *base;	/* totals are counted from here; NULL: from the load of kvm.ko */
	struct live *before;	/* the reading before the last one of this life, or NULL */
	struct live *now;	/* the last reading, or NULL */
	char *notice;		/* that the counters started at 0 again; NULL if they did not */
};

enum watch_by {
	WATCH_REASON,
	WATCH_VM,
	WATCH_VCPU,
};

enum watch_sort {
	WATCH_CHANGE,
	WATCH_TOTAL,
	WATCH_TIME,		/* by change if times are off */
};

/* What a table shows. */
struct watch_view {
	enum watch_by by;
	enum watch_sort sort;
	const regex_t *filter;	/* only the reasons that match; or NULL */
	const char *vm;		/* only VMs with this PID, PID-FD or part of a name; or NULL */
	bool clock;		/* begin each row with the uptime and the seconds between */
};

/*
 * Read the counters. Rates need two readings: @watch->before is NULL after the first
 * one of a life of the counters. Return NULL, or an error message to be freed; then
 * the former readings remain.
 */
char *watch_read(struct watch *watch);

/* Count totals from the last reading on. */
void watch_reset(struct watch *watch);

/*
 * Return a table with the totals, the rate, the share and, if times are on, the mean
 * time of the exits between the last two readings, which must exist. Rates are changes
 * over the difference of the uptimes. Rows without exits are omitted.
 */
struct table *watch_table(const struct watch *watch, const struct watch_view *view);

void watch_free(struct watch *watch);

#endif
