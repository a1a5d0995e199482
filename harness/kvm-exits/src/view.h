/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables: of all dumps of a log, of one dump, of its VMs, of the exits
 * between two dumps, of the exits in each step, of those of two logs side by
 * side, and of how long exits took.
 *
 * Each function sets *@error to a sentence, to be freed by the caller, and
 * returns NULL if there is no such table.
 */
#ifndef KVM_EXITS_VIEW_H
#define KVM_EXITS_VIEW_H

#include "table.h"
#include "tally.h"
#include "times.h"

struct view_options {
	bool by_count;		/* else by code, and kinds in the order of reason_kinds */
	size_t top;		/* reasons, or kinds, to show; 0: all */
	bool all;		/* reasons without a change as well */
	const struct dump_counts *reasons;	/* these as well, although never taken; or NULL */
	bool lists;		/* steps as a list of single reasons, not as a matrix */
	bool csv;		/* there is place for one table only */
	bool steps_only;	/* of times, the table of steps without that of reasons */
};

struct table *view_list(const struct dump_log *log);

/* The dump's exits, and below them its VMs. */
struct table *view_dump(const struct dump *dump, const struct view_options *options, char **error);

/* The VMs that a dump of a host lists. */
struct table *view_vms(const struct dump *dump, char **error);

/*
 * @exits are those between the dumps. @from_file and @to_file are NULL for two
 * dumps of one log.
 */
struct table *view_diff(const struct dump *from, const char *from_file, const struct dump *to,
			const char *to_file, const struct dump_counts *exits,
			const struct view_options *options, char **error);

/* @nsteps is at least 1. */
struct table *view_steps(const struct step *steps, size_t nsteps,
			 const struct view_options *options, char **error);

/*
 * The exits in the steps @a and @b of two logs, a row for each reason and log, or if
 * the logs' isas differ for each kind of reasons: @nsteps of each, at least 1, which
 * have the same names in the same order.
 */
struct table *view_compare(const struct step *a, const char *a_file, const struct step *b,
			   const char *b_file, size_t nsteps, const struct view_options *options,
			   char **error);

/* How long exits took, and where the time went: as one reading says, or in each step. */
struct table *view_times(const struct times *times, const struct view_options *options);
struct table *view_times_steps(const struct times_step *steps, size_t nsteps,
			       const struct view_options *options);

#endif
