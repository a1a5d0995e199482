/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands: from logs that have been read to a table that is printed, or a
 * sentence that says why there is none. They open no file and never exit.
 */
#ifndef KVM_EXITS_COMMAND_H
#define KVM_EXITS_COMMAND_H

#include <stdio.h>

#include "view.h"

/*
 * A log with at least one dump, or for command_times() one reading of times, and what
 * messages call it.
 */
struct log {
	struct dump_log *dumps;
	struct times_log times;
	const char *name;
};

/* What the user wants. A dump is named by its label; NULL is what he does not say. */
struct request {
	const char *dump;
	const char *from;
	const char *to;
	bool vms;		/* of a dump the VMs, not the reasons */
	enum table_format format;
	struct view_options view;
	FILE *out;		/* for the table; whether it arrived is the caller's to ask */
	FILE *err;		/* for what went wrong and for warnings, a line each */
};

/*
 * Run one command. @logs has one log; for command_diff() one or two, for
 * command_compare() two. Return EXIT_SUCCESS, or EXIT_FAILURE after a line to
 * @request->err and nothing to @request->out; but command_list() prints its
 * table even of damaged dumps, and then returns EXIT_FAILURE.
 */
int command_list(const struct request *request, const struct log *logs, size_t nlogs);
int command_table(const struct request *request, const struct log *logs, size_t nlogs);
int command_diff(const struct request *request, const struct log *logs, size_t nlogs);
int command_steps(const struct request *request, const struct log *logs, size_t nlogs);
int command_compare(const struct request *request, const struct log *logs, size_t nlogs);
int command_times(const struct request *request, const struct log *logs, size_t nlogs);

#endif
