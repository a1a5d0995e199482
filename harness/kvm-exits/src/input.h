/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the bytes of a file to the lines that may have messages of KVM's counters.
 *
 * The bytes may be compressed with gzip, zlib, xz or zstd, and UTF-16 with a byte order
 * mark. The content decides, not the name. Two kinds of text are read in their own way:
 *
 * - JSON and the journal's export format, see journal.h
 * - quoted-printable mail
 *
 * In any text, a carriage return ends a line too, "<br", "</" and a backslash with an
 * "n" end a message, colours are removed, and "&nbsp;" and U+00A0 are blanks.
 *
 * Memory does not grow with the size of the file: of a longer line, only some KiB
 * around a message are used.
 */
#ifndef KVM_EXITS_INPUT_H
#define KVM_EXITS_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/* A line, or the part of one that a message is in. */
struct input_text {
	const char *text;	/* NUL-terminated */
	size_t len;
	uint64_t line;		/* its number in the file, from 1 */
	uint64_t order;		/* increases from text to text with a message in the file */
};

/*
 * Take a text. Return whether lines without messages are needed too. They come as long
 * as this is so from the file's first line on.
 */
typedef bool input_line(void *arg, const struct input_text *text);

/* How much of the file is interpreted. */
enum input_kind {
	INPUT_ANY,
	INPUT_TEXT,		/* it is text of lines: for tests */
};

/* Return an input whose lines go to @line. Free it with input_free(). */
struct input *input_new(enum input_kind kind, input_line *line, void *arg);

/*
 * Take the next @len bytes of the file. Return false if no more are needed, because
 * input_end() will return an error.
 */
bool input_feed(struct input *input, const char *bytes, size_t len);

/*
 * End the file. Return NULL, or why it cannot be read, in words that follow the name of
 * the file and a colon. If @fatal is set to false, the lines that came are valid. The
 * caller frees the string.
 */
char *input_end(struct input *input, bool *fatal);

/* Return a number that is higher than the order of each text so far. */
uint64_t input_order(const struct input *input);

void input_free(struct input *input);

#endif
