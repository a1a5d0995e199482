/* SPDX-License-Identifier: GPL-2.0 */
/* "Did you mean": the known word that is most similar to a misspelt one. */
#ifndef KVM_EXITS_SUGGEST_H
#define KVM_EXITS_SUGGEST_H

#include <stddef.h>

/*
 * Return the one of @n @words that is most similar to @word, the first of several, or
 * NULL if none is similar. Case makes no difference. Words are similar if a third of
 * the longer one has to change at most: a letter that is wrong, missing or too much,
 * or two adjacent letters that are swapped, is one change.
 */
const char *suggest(const char *word, const char *const *words, size_t n);

#endif
