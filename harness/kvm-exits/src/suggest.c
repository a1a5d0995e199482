// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>

#include "alloc.h"
#include "suggest.h"

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Return the number of changes that make @a of @b: their optimal string alignment. */
static size_t distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), result;
	size_t (*d)[n + 1] = must(calloc(m + 1, sizeof(*d)));

	for (size_t i = 0; i <= m; i++) {
		for (size_t k = 0; k <= n; k++) {
			if (!i || !k) {
				d[i][k] = i + k;
				continue;
			}
			d[i][k] = d[i - 1][k - 1] + !same(a[i - 1], b[k - 1]);
			d[i][k] = min(d[i][k], min(d[i - 1][k], d[i][k - 1]) + 1);
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]))
				d[i][k] = min(d[i][k], d[i - 2][k - 2] + 1);
		}
	}
	result = d[m][n];
	free(d);
	return result;
}

const char *suggest(const char *word, const char *const *words, size_t n)
{
	size_t length = strlen(word), least = SIZE_MAX;
	const char *best = NULL;

	/* no known word is as long: don't spend quadratic time on it */
	if (length > 64)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t longer = strlen(words[i]) > length ? strlen(words[i]) : length;
		size_t changes = distance(word, words[i]);

		if (changes <= longer / 3 && changes < least) {
			least = changes;
			best = words[i];
		}
	}
	return best;
}
