// SPDX-License-Identifier: GPL-2.0
/*
 * Mutations that know what a log is: a line twice, or gone; a digit more; a sign
 * for a letter. They seldom leave a dump's sums right, and a parser that does its
 * work lets nothing else any further. So most are repaired: lines are printed anew
 * in their form, end lines with sums that fit.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "naive.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

/* What the end line of a dump has to say, and the number that its begin line has. */
static unsigned long long rows, exits, since, bytes;
static char number[32];

static void no_dump(void)
{
	rows = exits = since = bytes = 0;
	*number = '\0';
}

/*
 * Print a dump's line anew, from its NUL-terminated text, perhaps with the number
 * of the begin line before. Return its length.
 */
static size_t reprint(char *out, size_t max, char *line, bool renumber)
{
	char *word[7], *rest = NULL, *save;
	unsigned long long total, change;
	static char copy[NAIVE_MAX];
	size_t n = 0, len;

	strcpy(copy, line);
	for (char *w = strtok_r(copy, " ", &save); w && n < 7; w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	if (n > 3)
		rest = line + (word[3] - copy);
	if (n > 2 && !strcmp(word[2], "begin")) {
		no_dump();
		snprintf(number, sizeof(number), "%s", word[1]);
	}
	if (n > 1 && renumber && *number)
		word[1] = number;

	if (n > 2 && !strcmp(word[2], "begin")) {
		len = snprintf(out, max, "%s", line);
	} else if (n > 2 && !strcmp(word[2], "code")) {
		len = snprintf(out, max, "kvm_exits: %s %7s  %-26s %12s %13s", word[1], "code",
			       "reason", "total", "since");
	} else if (n > 3 && !strcmp(word[2], "none")) {
		len = snprintf(out, max, "kvm_exits: %s %7s  %s", word[1], "none", rest);
	} else if (n > 2 && !strcmp(word[2], "end")) {
		len = snprintf(out, max,
			       "kvm_exits: %s end rows=%llu exits=%llu since=+%llu bytes=%llu",
			       word[1], rows, exits, since, bytes);
		no_dump();
		return len;
	} else if (n == 6) {
		total = strtoull(word[4], NULL, 10);
		change = strtoull(word[5], NULL, 10);
		len = snprintf(out, max, "kvm_exits: %s %7s  %-26s %12llu %+13lld", word[1],
			       word[2], word[3], total, (long long)change);
		if (strcmp(word[2], "also")) {
			rows++;
			exits += total;
			since += change;
		}
	} else {
		len = snprintf(out, max, "%s", line);
	}
	bytes += len;
	return len;
}

static size_t repair(uint8_t *data, size_t size, size_t max, bool renumber)
{
	static char out[NAIVE_MAX], line[NAIVE_MAX];
	const char *p = (const char *)data + FUZZ_HEADER, *end = (const char *)data + size;
	size_t n = FUZZ_HEADER;

	if (size < FUZZ_HEADER || max > sizeof(out))
		return size;
	memcpy(out, data, FUZZ_HEADER);
	no_dump();
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
			n += reprint(out + n, max - n, line + prefix, renumber);
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

/* A digit more, after the first one from @i on; numbers are what a log is about. */
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

/* A sign that some format quotes, for the first letter from @i on. */
static void put_sign(uint8_t *data, size_t size, size_t i, unsigned int which)
{
	while (i < size && (data[i] < 'A' || data[i] > 'z'))
		i++;
	if (i < size)
		data[i] = ",\"*|\\<[`"[which % 8];
}

/* Where the line begins that comes after @i. */
static size_t next_line(const uint8_t *data, size_t size, size_t i)
{
	const uint8_t *eol = memchr(data + i, '\n', size - i);

	return eol ? (size_t)(eol - data) + 1 : size;
}

/* The line after the one at @from again, after the line at @to. */
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
	/* the newline of the head is where the first line is looked for */
	i = FUZZ_HEADER - 1 + place % (size - FUZZ_HEADER + 1);
	k = FUZZ_HEADER - 1 + other % (size - FUZZ_HEADER + 1);
	switch (which) {
	case 0:
	case 1:
		/* the head is a few bytes of thousands, and decides so much */
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
	return repairs ? repair(data, size, max, repairs == 1) : size;
}
