// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "printed.h"

static void new_row(struct printed *printed, enum table_section section)
{
	printed->row[printed->nrows++] = (struct printed_row){
		.section = section, .word = &printed->word[printed->nwords],
	};
}

/* Append the words of a cell, or of a whole line, to the last row. */
static void add_words(struct printed *printed, const char *s, size_t len)
{
	for (size_t i = 0, k; i < len; i = k + 1) {
		for (k = i; k < len && s[k] != ' '; k++)
			;
		if (k == i)
			continue;
		printed->word[printed->nwords++] = printed->text + printed->len;
		printed->row[printed->nrows - 1].nwords++;
		memcpy(printed->text + printed->len, s + i, k - i);
		printed->len += k - i;
		printed->text[printed->len++] = '\0';
	}
}

/* The next line of text, without its end, which it must have. */
static bool next_line(const char **line, size_t *len, const char *end)
{
	const char *next = *line + *len + 1, *eol;

	if (next >= end)
		return false;
	eol = memchr(next, '\n', end - next);
	if (!eol)
		return false;
	*line = next;
	*len = eol - next;
	return true;
}

/*
 * Text and markdown are paragraphs with one empty line between them: the head, the
 * table, and if there is one the head of the table below, that table, and a note.
 */
enum { HEAD, ROWS, BELOW_HEAD, BELOW_ROWS, NOTE, PARAGRAPHS };

/* The next line is of paragraph @at: return how many lines that has had before. */
static const char *next_paragraph(struct printed *printed, size_t len, size_t *at, size_t *nr)
{
	if (len) {
		if (*at == BELOW_ROWS)
			printed->has_below = true;
		if (*at == NOTE)
			printed->has_note = true;
		(*nr)++;
		return NULL;
	}
	if (!*nr)
		return "an empty line at the beginning or after another";
	if ((*at == HEAD || *at == BELOW_HEAD || *at == NOTE) && *nr != 1)
		return "a sentence has more than one line";
	*nr = 0;
	return ++*at == PARAGRAPHS ? "too many paragraphs" : NULL;
}

static bool is_rows(size_t at)
{
	return at == ROWS || at == BELOW_ROWS;
}

static const char *read_text(struct printed *printed, const char *out, size_t n)
{
	const char *line = out - 1;
	size_t len = 0, nr = 0, at = HEAD;

	while (next_line(&line, &len, out + n)) {
		const char *wrong = next_paragraph(printed, len, &at, &nr);

		if (wrong)
			return wrong;
		if (len && line[len - 1] == ' ')
			return "a line ends in a blank";
		if (!is_rows(at) || nr < 2)
			continue;
		new_row(printed, TABLE_ROWS);
		add_words(printed, line, len);
		printed->nbelow += at == BELOW_ROWS;
	}
	return at < ROWS || !nr ? "no heading" : NULL;
}

static const char *read_markdown(struct printed *printed, const char *out, size_t n)
{
	static char plain[PRINTED_MAX];
	const char *line = out - 1;
	size_t len = 0, nr = 0, at = HEAD, pipes = 0, had;

	while (next_line(&line, &len, out + n)) {
		const char *wrong = next_paragraph(printed, len, &at, &nr);
		size_t k = 0;

		if (wrong)
			return wrong;
		if (!is_rows(at) || !nr)
			continue;
		had = nr == 1 ? 0 : pipes;
		pipes = 0;
		for (size_t i = 0; i < len; i++) {
			if (line[i] == '|') {
				pipes++;
				plain[k++] = ' ';
			} else if (line[i] == '\\' && ++i == len) {
				return "a backslash ends the line";
			} else {
				plain[k++] = line[i];
			}
		}
		if (line[0] != '|' || line[len - 1] != '|' || (had && had != pipes))
			return "a line has not as many cells as the one before it";
		if (nr <= 2)
			continue;
		new_row(printed, TABLE_ROWS);
		add_words(printed, plain, k);
		printed->nbelow += at == BELOW_ROWS;
	}
	return at < ROWS || !nr ? "no heading" : NULL;
}

static const char *read_csv(struct printed *printed, const char *out, size_t n)
{
	static char plain[PRINTED_MAX];
	size_t fields = 0, had = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		/* one field, and what follows it */
		if (!fields++)
			new_row(printed, TABLE_ROWS);
		if (out[i] == '"') {
			for (i++; i < n; i++) {
				if (out[i] == '"' && (++i == n || out[i] != '"'))
					break;
				plain[k++] = out[i];
			}
		} else {
			for (; i < n && !strchr(",\n", out[i]); i++) {
				if (out[i] == '"')
					return "a quote in a field without quotes";
				plain[k++] = out[i];
			}
		}
		add_words(printed, plain, k);
		if (i == n || (out[i] != ',' && out[i] != '\n'))
			return "no end of a field";
		if (out[i] == ',')
			continue;
		if (had && fields != had)
			return "a line has not as many fields as the one before it";
		had = fields;
		fields = 0;
	}
	if (fields || !printed->nrows)
		return "no heading, or no end of a line";
	printed->nrows--;
	memmove(printed->row, printed->row + 1, printed->nrows * sizeof(*printed->row));
	return NULL;
}

static void add_json(struct printed *printed, const json_t *value)
{
	char number[64];

	if (json_is_string(value)) {
		add_words(printed, json_string_value(value), strlen(json_string_value(value)));
		return;
	}
	*number = '\0';
	if (json_is_integer(value))
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
	if (json_is_real(value))
		snprintf(number, sizeof(number), "%.3f", json_real_value(value));
	add_words(printed, number, strlen(number));
}

static const char *read_json(struct printed *printed, const char *out, size_t n)
{
	static const char *const sections[] = {
		[TABLE_ROWS] = "rows", [TABLE_TOTAL] = "total", [TABLE_OF_WHICH] = "of_which",
	};
	json_t *root = json_loadb(out, n, JSON_REJECT_DUPLICATES, NULL), *object, *value;
	const char *key;
	size_t i;

	if (!root)
		return "not to be read as JSON";
	for (int section = TABLE_ROWS; section < TABLE_SECTIONS; section++) {
		json_t *array = json_object_get(root, sections[section]);

		if (!json_is_array(array)) {
			json_decref(root);
			return "a section is missing";
		}
		json_array_foreach(array, i, object) {
			new_row(printed, section);
			json_object_foreach(object, key, value)
				add_json(printed, value);
		}
	}
	value = json_object_get(root, "vms");
	printed->has_below = json_is_array(value);
	json_array_foreach(value, i, object) {
		const json_t *cell;

		new_row(printed, TABLE_ROWS);
		json_object_foreach(object, key, cell)
			add_json(printed, cell);
		printed->nbelow++;
	}
	json_decref(root);
	return NULL;
}

const char *printed_read(struct printed *printed, enum table_format format, const char *out,
			 size_t len)
{
	printed->nrows = printed->nwords = printed->len = printed->nbelow = 0;
	printed->has_below = printed->has_note = false;
	switch (format) {
	case TABLE_TEXT:
		return read_text(printed, out, len);
	case TABLE_MARKDOWN:
		return read_markdown(printed, out, len);
	case TABLE_CSV:
		return read_csv(printed, out, len);
	default:
		return read_json(printed, out, len);
	}
}
