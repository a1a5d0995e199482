// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations specific to logs: duplicate or remove a line, add a digit. They seldom
 * leave a dump's sums and CRC right, and a correct parser stops there. So most results
 * are repaired: lines are printed again, end lines with the right sums and CRC, and in
 * some repairs with "since" columns that match the previous dump.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz.h"
#include "naive.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

/* The values for the end line of the current dump, and the number of its begin line. */
static unsigned long long rows, exits, since;
static unsigned long crc;
static bool has_l2;
static char number[32];

/* The totals of the dumps so far, by code. */
static struct {
	char code[24];
	unsigned long long total;
} known[64];
static size_t nknown;

static void no_dump(void)
{
	rows = exits = since = 0;
	crc = 0;
	has_l2 = false;
	*number = '\0';
}

/* Return the change of a row's total since the previous dump. */
static unsigned long long change_of(const char *code, unsigned long long total)
{
	unsigned long long before = 0;
	size_t i = 0;

	while (i < nknown && strcmp(known[i].code, code))
		i++;
	if (i == sizeof(known) / sizeof(*known) || strlen(code) >= sizeof(known[i].code))
		return total;
	if (i == nknown)
		strcpy(known[nknown++].code, code);
	else
		before = known[i].total;
	known[i].total = total;
	return total < before ? total : total - before;
}

#define WORDS 10

/*
 * Print the NUL-terminated @line of a dump again: with @renumber, with the number of
 * its begin line; with @changes, with the right "since". Return its length.
 */
static size_t reprint(char *out, size_t max, char *line, bool renumber, bool changes)
{
	unsigned long long total, change;
	static char copy[NAIVE_MAX];
	char *word[WORDS], *save;
	size_t n = 0, len = 0, most = WORDS;

	strcpy(copy, line);
	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS; w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	if (n > 2 && !strcmp(word[2], "begin")) {
		no_dump();
		snprintf(number, sizeof(number), "%s", word[1]);
	}
	if (n > 1 && renumber && *number)
		word[1] = number;

	if (n > 2 && !strcmp(word[2], "end")) {
		len = snprintf(out, max, "kvm_exits: %s end rows=%llu exits=%llu since=+%llu ",
			       word[1], rows, exits, since);
		if (len < max) {
			crc = crc32(crc, (const Bytef *)out, len);
			len += snprintf(out + len, max - len, "crc=%08lx", crc);
		}
		no_dump();
		return len;
	}
	if (n > 2 && !strcmp(word[2], "code")) {
		has_l2 = n > 6 && !strcmp(word[6], "l2");
		most = 6 + has_l2;
	} else if (n > 3 && !strcmp(word[2], "vm")) {
		most = n < 9 ? 4 : 9;
	} else if (n > 5 && strcmp(word[2], "begin")) {
		static char since_word[32];

		total = strtoull(word[4], NULL, 10);
		change = strtoull(word[5], NULL, 10);
		if (changes) {
			change = change_of(word[2], total);
			snprintf(since_word, sizeof(since_word), "+%llu", change);
			word[5] = since_word;
		}
		if (strcmp(word[2], "also")) {
			rows++;
			exits += total;
			since += change;
		}
		most = 6 + has_l2;
	}
	for (size_t i = 0; i < n && i < most && len < max; i++)
		len += snprintf(out + len, max - len, i ? " %s" : "%s", word[i]);
	if (len < max) {
		crc = crc32(crc, (const Bytef *)out, len);
		crc = crc32(crc, (const Bytef *)"\n", 1);
	}
	return len;
}

static size_t repair(uint8_t *data, size_t size, size_t max, bool renumber, bool changes)
{
	static char out[NAIVE_MAX], line[NAIVE_MAX];
	const char *p = (const char *)data + FUZZ_HEADER, *end = (const char *)data + size;
	size_t n = FUZZ_HEADER;

	if (size < FUZZ_HEADER || max > sizeof(out))
		return size;
	memcpy(out, data, FUZZ_HEADER);
	no_dump();
	nknown = 0;
	while (p < end) {
		const char *eol = memchr(p, '\n', end - p), *message;
		size_t len, prefix;

		if (!eol)
			eol = end;
		len = eol - p;
		memcpy(line, p, len);
		line[len] = '\0';
		message = strstr(line, "kvm_exits: ");
		prefix = message ? (size_t)(message - line) : len;
		if (n + prefix >= max)
			break;
		memcpy(out + n, p, prefix);
		n += prefix;
		if (message)
			n += reprint(out + n, max - n, line + prefix, renumber, changes);
		if (n >= max)
			break;
		if (eol < end)
			out[n++] = '\n';
		p = eol + 1;
	}
	if (n > max)
		n = max;
	memcpy(data, out, n);
	return n;
}

/* Insert a digit after the first one from @i on. Return the new size. */
static size_t add_digit(uint8_t *data, size_t size, size_t max, size_t i, char digit)
{
	while (i < size && (data[i] < '0' || data[i] > '9'))
		i++;
	if (i >= size || size == max)
		return size;
	memmove(data + i + 1, data + i, size - i);
	data[i + 1] = digit;
	return size + 1;
}

/* Replace the first letter from @i on. */
static void put_sign(uint8_t *data, size_t size, size_t i, unsigned int which)
{
	while (i < size && (data[i] < 'A' || data[i] > 'z'))
		i++;
	if (i < size)
		data[i] = "_.-,a0\"+"[which % 8];
}

/* Return where the line after @i begins. */
static size_t next_line(const uint8_t *data, size_t size, size_t i)
{
	const uint8_t *eol = memchr(data + i, '\n', size - i);

	return eol ? (size_t)(eol - data) + 1 : size;
}

/* Insert a copy of the line after the one at @from after the line at @to. Return the size. */
static size_t add_line(uint8_t *data, size_t size, size_t max, size_t from, size_t to)
{
	static uint8_t line[NAIVE_MAX];
	size_t begin = next_line(data, size, from), len = next_line(data, size, begin) - begin;

	if (len > max - size || len > sizeof(line))
		return size;
	memcpy(line, data + begin, len);
	to = next_line(data, size, to);
	memmove(data + to + len, data + to, size - to);
	memcpy(data + to, line, len);
	return size + len;
}

static size_t drop_line(uint8_t *data, size_t size, size_t i)
{
	size_t begin = next_line(data, size, i), end = next_line(data, size, begin);

	memmove(data + begin, data + end, size - end);
	return size - (end - begin);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	unsigned int which = seed % 16, value = seed / 16 % 16, repairs = seed / 256 % 4;
	unsigned int place = seed / 1024, other = seed * 2654435761u;
	size_t i, k;

	if (size <= FUZZ_HEADER)
		return LLVMFuzzerMutate(data, size, max);
	/* the newline of the header stands for the line before the first */
	i = FUZZ_HEADER - 1 + place % (size - FUZZ_HEADER + 1);
	k = FUZZ_HEADER - 1 + other % (size - FUZZ_HEADER + 1);
	switch (which) {
	case 0:
	case 1:
		/* the header is small but important: mutate it more often */
		data[place % (FUZZ_HEADER - 1)] = '0' + value;
		break;
	case 2:
	case 3:
		size = add_digit(data, size, max, i, '0' + value % 10);
		break;
	case 4:
		size = add_line(data, size, max, i, i);
		break;
	case 5:
		size = add_line(data, size, max, i, k);
		break;
	case 6:
		size = drop_line(data, size, i);
		break;
	case 7:
		put_sign(data, size, i, value);
		break;
	default:
		size = LLVMFuzzerMutate(data, size, max);
	}
	return repairs ? repair(data, size, max, repairs == 1, repairs == 2) : size;
}
