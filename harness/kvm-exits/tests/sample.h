/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logs to test with, printed with the format strings of the dump's grammar and
 * not with anything of the parser's.
 */
#ifndef KVM_EXITS_SAMPLE_H
#define KVM_EXITS_SAMPLE_H

#include "dump.h"

/* A text that grows. */
struct sample {
	char *text;
	size_t len;
};

struct sample_row {
	const char *code;	/* "also" for such a row; NULL ends an array */
	const char *name;
	uint64_t total;
	uint64_t since;
};

/* Append one line; the newline is added. */
__attribute__((format(printf, 2, 3)))
void sample_line(struct sample *sample, const char *fmt, ...);

/* Append a whole dump. @none is an array of lines of names that NULL ends. */
void sample_dump(struct sample *sample, unsigned int number, const char *isa, const char *uptime,
		 const struct sample_row *rows, const char *const *none);

/* Parse the text as a log of one file named "log". */
struct dump_log *sample_log(const struct sample *sample);

/* How many dumps of the log are damaged. */
size_t sample_damaged(const struct dump_log *log);

void sample_free(struct sample *sample);

#endif
