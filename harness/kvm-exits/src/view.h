/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables: all dumps of a log, one dump, its VMs, the exits between two dumps, the
 * exits in each step, the steps of two logs, and how long exits took.
 *
 * Each function returns a table, or sets *@error to an error message, to be freed by
 * the caller, and returns NULL.
 */
#ifndef KVM_EXITS_VIEW_H
#define KVM_EXITS_VIEW_H

#include <regex.h>

#include "table.h"
#include "tally.h"
#include "times.h"

struct view_options {
	bool by_count;		/* sort by count; else by code, kinds as in reason_kinds */
	size_t top;		/* how many reasons or kinds to show; 0: all */
	const regex_t *reason;	/* show only reasons or kinds that match; NULL: all */
	const char *reason_text;	/* the regular expression as it was typed */
	bool all;		/* also show reasons without a change */
	const struct dump_counts *reasons;	/* also show these reasons; or NULL */
	bool lists;		/* show steps as a list of reasons, not as a matrix */
	bool csv;		/* the format holds only one table */
	bool per_second;	/* differences and steps: show rates too, or instead */
	bool steps_only;	/* times: show only the table of steps */
};

struct table *view_list(const struct dump_log *log, const struct view_options *options);

/* The dump's exits, with its VMs in a second table below. */
struct table *view_dump(const struct dump *dump, const struct view_options *options, char **error);

/* The VMs that a dump of a host lists. */
struct table *view_vms(const struct dump *dump, char **error);

/*
 * The difference @exits of two dumps. @from_file and @to_file are NULL if both dumps
 * are of one log.
 */
struct table *view_diff(const struct dump *from, const char *from_file, const struct dump *to,
			const char *to_file, const struct dump_counts *exits,
			const struct view_options *options, char **error);

/* The exits by reason and step. @nsteps is at least 1. */
struct table *view_steps(const struct step *steps, size_t nsteps,
			 const struct view_options *options, char **error);

/*
 * The exits in the steps @a and @b of two logs, with a row for each log and reason, or
 * each log and kind if the isas differ. Both have @nsteps steps, at least 1, with the
 * same names in the same order.
 */
struct table *view_compare(const struct step *a, const char *a_file, const struct step *b,
			   const char *b_file, size_t nsteps, const struct view_options *options,
			   char **error);

/* How long exits took, by part: of one reading, or of each step. @nsteps is at least 1. */
struct table *view_times(const struct times *times, const struct view_options *options,
			 char **error);
struct table *view_times_steps(const struct times_step *steps, size_t nsteps,
			       const struct view_options *options, char **error);

#endif
