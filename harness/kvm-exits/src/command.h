/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands. Each prints a table of logs that have been read, or an error
 * message. They open no file and never exit.
 */
#ifndef KVM_EXITS_COMMAND_H
#define KVM_EXITS_COMMAND_H

#include <stdio.h>

#include "view.h"

/*
 * A log, and its name in messages. It has at least one dump, or for command_times()
 * one reading of times.
 */
struct log {
	struct dump_log *dumps;
	struct times_log times;
	const char *name;
};

/* The command's options. A dump is named by its label; NULL if it is not given. */
struct request {
	const char *dump;
	const char *from;
	const char *to;
	bool vms;		/* show a dump's VMs, not its reasons */
	enum table_format format;
	struct view_options view;
	FILE *out;		/* for the table; the caller checks for write errors */
	FILE *err;		/* for errors and warnings, one line each */
};

/*
 * Run one command. @logs has one log; for command_diff() one or two, for
 * command_compare() two. Return EXIT_SUCCESS after writing a table to @request->out,
 * or EXIT_FAILURE after writing an error to @request->err. If dumps are damaged,
 * command_list() writes its table and returns EXIT_FAILURE.
 */
int command_list(const struct request *request, const struct log *logs, size_t nlogs);
int command_table(const struct request *request, const struct log *logs, size_t nlogs);
int command_diff(const struct request *request, const struct log *logs, size_t nlogs);
int command_steps(const struct request *request, const struct log *logs, size_t nlogs);
int command_compare(const struct request *request, const struct log *logs, size_t nlogs);
int command_explain(const struct request *request, const struct log *logs, size_t nlogs);
int command_times(const struct request *request, const struct log *logs, size_t nlogs);

/*
 * Run one command for @dump, which @log just got. @before is the latest dump of its life
 * before it, or NULL. command_follow_diff() writes nothing if that is NULL. Return as
 * above.
 */
int command_follow_list(const struct request *request, const struct log *log,
			const struct dump *before, const struct dump *dump);
int command_follow_table(const struct request *request, const struct log *log,
			 const struct dump *before, const struct dump *dump);
int command_follow_diff(const struct request *request, const struct log *log,
			const struct dump *before, const struct dump *dump);

/* Write a warning that @dump is damaged. */
void command_warn_damaged(const struct request *request, const struct dump *dump);

#endif
