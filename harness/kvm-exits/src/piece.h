/* SPDX-License-Identifier: GPL-2.0 */
/* A part of a line, and helpers for input.c and journal.c. */
#ifndef KVM_EXITS_PIECE_H
#define KVM_EXITS_PIECE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What each message has */
#define PIECE_MESSAGE "kvm_exit"

#define PIECE_MAX 4096

/* A text that grows to at most PIECE_MAX bytes, then loses its beginning. */
struct piece {
	char text[PIECE_MAX];
	size_t len;
};

/* Append to @piece. If it is full, drop what is before or behind its message. */
static inline void piece_append(struct piece *piece, const char *p, size_t len)
{
	/* gcc 14 warns without the first condition, which is always true */
	if (piece->len <= PIECE_MAX && piece->len + len > PIECE_MAX &&
	    memmem(piece->text, piece->len, PIECE_MESSAGE, strlen(PIECE_MESSAGE)))
		return;
	if (len > PIECE_MAX / 2) {
		p += len - PIECE_MAX / 2;
		len = PIECE_MAX / 2;
	}
	if (piece->len + len > PIECE_MAX) {
		size_t keep = PIECE_MAX / 2;

		memmove(piece->text, piece->text + piece->len - keep, keep);
		piece->len = keep;
	}
	memcpy(piece->text + piece->len, p, len);
	piece->len += len;
}

/* Does the text from @p to @end begin with @word? Most texts differ in the first byte. */
static inline bool piece_begins(const char *p, const char *end, const char *word)
{
	return p < end && *p == *word && (size_t)(end - p) >= strlen(word) &&
	       !memcmp(p, word, strlen(word));
}

/* Return the value of a hexadecimal digit, or -1. */
static inline int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	if (c >= 'A' && c <= 'F')
		c += 'a' - 'A';
	at = c ? strchr(digits, c) : NULL;
	return at ? at - digits : -1;
}

/* Return how often @c is between @p and @end. */
static inline uint64_t count(const char *p, const char *end, char c)
{
	uint64_t n = 0;

	for (; p < end && (p = memchr(p, c, end - p)); p++)
		n++;
	return n;
}

#endif
