/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line: what all commands share. A command has a main() of its own, which
 * gets "kvm-exits" as argv[0], and then its options and arguments. It returns the exit
 * status of the program.
 *
 * Messages begin with "kvm-exits: ". Bad usage ends the program with CLI_USAGE, after
 * a line that says which help to read.
 */
#ifndef KVM_EXITS_CLI_H
#define KVM_EXITS_CLI_H

#include <stddef.h>

enum {
	CLI_USAGE = 2,		/* exit status of bad usage */
};

/* A command in the overview of kvm-exits(1). "COMMAND --help" prints its help. */
struct cli_command {
	const char *name;
	const char *summary;	/* one line */
	int (*main)(int argc, char **argv);
};

/* An option, "-d, --dump N". @argument is NULL if it has none. @help can have lines. */
struct cli_option {
	char letter;		/* 0 behind the last option of an array */
	const char *name;
	const char *argument;
	const char *help;
};

#define CLI_OPTIONS_END { 0, NULL, NULL, NULL }

/* The command line of one command. The option --help exists without being listed. */
struct cli {
	const char *command;
	const char *synopsis;	/* what follows the command: "[OPTION...] [FILE...]" */
	const char *about;	/* what the command does: lines that end in "\n" */
	const struct cli_option *options;
	const char *notes;	/* the same below the options, or NULL */

	/* set by cli_next() at the end */
	char **args;		/* the arguments that are no options; the caller frees it */
	size_t nargs;

	struct option *getopt;	/* for cli_next() only */
	char *letters;
};

/*
 * Return the letter of the next option, with its argument in optarg, or -1 at the end.
 * Options can follow arguments, also with POSIXLY_CORRECT in the environment. Exit
 * after --help and after bad usage.
 */
int cli_next(struct cli *cli, int argc, char **argv);

/* Print an error of usage and which help to read: that of @command, or all if NULL. Exit. */
__attribute__((noreturn, format(printf, 2, 3)))
void cli_usage(const char *command, const char *fmt, ...);

/* Close stdout. Return EXIT_SUCCESS, or EXIT_FAILURE after an error if writing failed. */
int cli_close_output(void);

#endif
