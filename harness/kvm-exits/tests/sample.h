/* SPDX-License-Identifier: GPL-2.0 */
/* Logs for tests, printed by the dump's grammar without using the parser's code. */
#ifndef KVM_EXITS_SAMPLE_H
#define KVM_EXITS_SAMPLE_H

#include "dump.h"

/* A text that grows. */
struct sample {
	char *text;
	size_t len;
	uint32_t crc;		/* of the dump being printed */
};

struct sample_row {
	const char *code;	/* "also" for such a row; NULL ends an array */
	const char *name;
	uint64_t total;
	uint64_t since;
	const char *l2;		/* NULL: "."; if all are NULL, the column is omitted */
};

#define SAMPLE_LOADED "2026-11-26T03:10:22.118Z"

/* NULL fields get a default: svm, host web1, SAMPLE_LOADED, "cpus=2/256 vms=0", "1.000". */
struct sample_dump {
	unsigned int number;
	const char *isa;
	const char *host;
	const char *loaded;
	const char *scope;	/* "cpus=2/256 vms=3", "vm=812-11 vcpu=0" */
	const char *uptime;
	const struct sample_row *rows;
	const char *const *vms;	/* the text after "vm"; NULL ends the array */
};

/* Append one line; the newline is added. */
__attribute__((format(printf, 2, 3)))
void sample_line(struct sample *sample, const char *fmt, ...);

/* Append a whole dump. */
void sample_dump(struct sample *sample, const struct sample_dump *dump);

/* Return the same as zlib's crc32(), computed bit by bit. */
uint32_t sample_crc(uint32_t crc, const char *text, size_t len);

/* Parse the text as a log of one file named "log". */
struct dump_log *sample_log(const struct sample *sample);

/* Return the number of damaged dumps of the log. */
size_t sample_damaged(const struct dump_log *log);

void sample_free(struct sample *sample);

#endif
