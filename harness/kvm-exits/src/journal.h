/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logs whose lines are in a syntax: JSON, as of journalctl, dmesg, containers and log
 * servers, and the journal's export format.
 *
 * In JSON, each string and each array of bytes is a text of its own. Lines that are no
 * JSON are texts too. A time in a field of the same object or paragraph is put in front
 * of the text. If a field says that the program is kvm_exits_step, so is its name.
 */
#ifndef KVM_EXITS_JOURNAL_H
#define KVM_EXITS_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

enum journal_kind {
	JOURNAL_NONE,		/* lines of text */
	JOURNAL_JSON,
	JOURNAL_EXPORT,
};

struct journal;

/* Take a text from @p to @end, which is on line @nr of the file. */
typedef void journal_line(void *arg, uint64_t nr, const char *p, const char *end);

/* Find out the syntax of a file from its first @len bytes. */
enum journal_kind journal_find(const char *p, size_t len);

/* Return a reader, which gives texts that may have a message to @line. */
struct journal *journal_new(enum journal_kind kind, journal_line *line, void *arg);

/* Take the next bytes of the file. */
void journal_feed(struct journal *journal, const char *p, size_t len);

/* End the file. */
void journal_end(struct journal *journal);

/* @journal may be NULL. */
void journal_free(struct journal *journal);

#endif
