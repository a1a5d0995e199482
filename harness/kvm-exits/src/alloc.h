/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation that never returns NULL: out of memory ends the program. */
#ifndef KVM_EXITS_ALLOC_H
#define KVM_EXITS_ALLOC_H

#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Return @p, the result of malloc(), strdup() or the like; exit if it is NULL. */
static inline void *must(void *p)
{
	if (!p)
		err(1, "no memory");
	return p;
}

/*
 * Make room for one more element in an array of @n elements of @size bytes.
 * Return the array. Only this function may have grown the array: its capacity is at
 * least the power of two at or above @n, so appending takes amortized constant time.
 */
static inline void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return must(reallocarray(array, n ? 2 * n : 1, size));
}

static inline char *vtext(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		err(1, "no memory");
	return s;
}

/* Format a new string; the caller frees it. */
static inline __attribute__((format(printf, 1, 2))) char *text(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = vtext(fmt, ap);
	va_end(ap);
	return s;
}

#endif
