// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#include "alloc.h"
#include "journal.h"
#include "piece.h"

#define MARK "kvm_exits_step"

/* An entry of a journal: a JSON object, or a paragraph of the export format. */
struct entry {
	char time[40];		/* as in its field, see write_time(); or "" */
	bool mark;		/* it is from a program named kvm_exits_step */
	bool array;		/* JSON: it is an array, not an object */
	uint64_t nr;
	char *waiting;		/* its message, until the entry ends; or NULL */
};

#define JSON_DEPTH 32

struct json {
	struct entry stack[JSON_DEPTH];
	size_t depth;		/* may exceed JSON_DEPTH */
	struct piece string;
	struct piece number;
	struct piece bytes;	/* the elements of an array of numbers */
	size_t nbytes;		/* SIZE_MAX: not all are bytes */
	char key[32];
	bool in_string;
	bool in_key;
	bool want_key;
	bool escape;
	unsigned int hex;	/* digits of \uXXXX that are missing */
	unsigned int code;
	bool plain;		/* in a line that is no JSON */
	bool line_begins;
};

struct export {
	struct entry entry;
	struct piece line;
	char field[32];		/* the name of the field with binary data */
	unsigned int size_bytes;	/* bytes of its size that are missing */
	uint64_t size;
	uint64_t data;		/* bytes of data that are missing */
};

struct journal {
	enum journal_kind kind;
	journal_line *line;
	void *arg;
	uint64_t nr;		/* the number of newlines so far */
	struct json json;
	struct export export;
};

/* --- Entries -------------------------------------------------------------------- */

/* Copy @len bytes of @p to @out as a string, as many as fit. */
static void copy(char *out, size_t size, const char *p, size_t len)
{
	len = len < size ? len : size - 1;
	memcpy(out, p, len);
	out[len] = '\0';
}

/*
 * Write the time @stamp as in front of a line, "2026-11-26T03:10:22.118000Z ". It is
 * such a time, perhaps with nanoseconds, or the number of seconds, milliseconds,
 * microseconds or nanoseconds since 1970. Write nothing if it is something else.
 */
static void write_time(char *out, size_t size, const char *stamp)
{
	size_t digits = strspn(stamp, "0123456789"), len = strlen(stamp);
	uint64_t us = digits < 20 ? strtoull(stamp, NULL, 10) : 0;
	struct tm tm;
	time_t time;
	size_t n;

	*out = '\0';
	if (len > 18 && digits == 4) {
		const char *zone = stamp + 19 + strspn(stamp + 19, ".,0123456789");

		snprintf(out, size, "%.26s%s ", stamp, zone - stamp > 26 ? zone : stamp + (len < 26 ? len : 26));
		return;
	}
	if (digits == 10)
		us = us * 1000000 + (stamp[10] == '.' ? strtod(stamp + 10, NULL) * 1000000 : 0);
	else if (digits == 13)
		us *= 1000;
	else if (digits == 19)
		us /= 1000;
	else if (digits != 16)
		return;
	time = us / 1000000;
	n = gmtime_r(&time, &tm) ? strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm) : 0;
	snprintf(out + n, size - n, ".%06uZ ", (unsigned int)(us % 1000000));
}

static void entry_end(struct journal *journal, struct entry *entry)
{
	const char *p = entry->waiting, *eol;
	char time[64];

	if (p)
		write_time(time, sizeof(time), entry->time);
	while (p && *p) {
		bool bare = entry->mark && !strstr(p, MARK);
		char *line;

		eol = strchrnul(p, '\n');
		line = text("%s%s%.*s", time, bare ? MARK ": " : "", (int)(eol - p), p);
		journal->line(journal->arg, entry->nr, line, line + strlen(line));
		free(line);
		p = *eol ? eol + 1 : eol;
	}
	free(entry->waiting);
	*entry = (struct entry){};
}

/* Does a text that may be a message name its program only in another field? */
static bool is_bare_mark(const char *p, size_t len)
{
	return (len > 6 && !memcmp(p, "begin ", 6)) || (len > 4 && !memcmp(p, "end ", 4));
}

/* Take the value of a field of @entry. */
static void entry_field(struct journal *journal, struct entry *entry, const char *key, const char *p,
			size_t len)
{
	static const char *const times[] = {
		"__REALTIME_TIMESTAMP", "time", "timestamp", "@timestamp", "ts", "date",
	};
	static const char *const programs[] = {
		"SYSLOG_IDENTIFIER", "ident", "identifier", "appname", "app_name", "programname", "tag",
	};
	static const char *const messages[] = { "MESSAGE", "message", "msg", "log" };
	bool message = memmem(p, len, PIECE_MESSAGE, strlen(PIECE_MESSAGE));
	size_t mark = strlen(MARK);

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		if (strcmp(key, times[i]))
			continue;
		copy(entry->time, sizeof(entry->time), p, len);
		return;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (len >= mark && !memcmp(p, MARK, mark) && (len == mark || p[mark] == ':') &&
		    !strcmp(key, programs[i])) {
			entry->mark = true;
			return;
		}
	for (size_t i = 0; !message && i < sizeof(messages) / sizeof(*messages); i++)
		message = !strcmp(key, messages[i]) && is_bare_mark(p, len);
	if (!message)
		return;
	if (entry->waiting && strlen(entry->waiting) > PIECE_MAX) {
		/* one string with a whole log: do not wait for its time */
		struct entry now = { .nr = entry->nr, .waiting = entry->waiting };

		entry->waiting = NULL;
		entry_end(journal, &now);
	}
	if (!entry->waiting) {
		entry->nr = journal->nr + 1;
		entry->waiting = text("%.*s", (int)len, p);
	} else {
		char *both = text("%s\n%.*s", entry->waiting, (int)len, p);

		free(entry->waiting);
		entry->waiting = both;
	}
}

/* --- JSON ----------------------------------------------------------------------- */

static struct entry *json_top(struct json *json)
{
	return json->depth && json->depth <= JSON_DEPTH ? &json->stack[json->depth - 1] : NULL;
}

static void json_value(struct journal *journal, const char *p, size_t len)
{
	struct entry *top = json_top(&journal->json), none = { .array = true }, now;

	if (!top)
		top = &none;
	/* Loki has pairs of a time in nanoseconds and a line */
	entry_field(journal, top, !top->array ? journal->json.key : len == 19 ? "ts" : "", p, len);
	if (!top->array || !top->waiting)
		return;
	now = *top;
	top->waiting = NULL;
	entry_end(journal, &now);
}

static void json_number_end(struct journal *journal)
{
	struct json *json = &journal->json;
	struct piece *number = &json->number;
	struct entry *top = json_top(json);
	char value[32];

	if (!number->len)
		return;
	copy(value, sizeof(value), number->text, number->len);
	number->len = 0;
	if (top && !top->array) {
		entry_field(journal, top, json->key, value, strlen(value));
	} else if (top && json->nbytes != SIZE_MAX) {
		char *end, byte = strtoul(value, &end, 10);

		if (*end || strlen(value) > 3) {
			json->nbytes = SIZE_MAX;
			return;
		}
		json->nbytes++;
		piece_append(&json->bytes, &byte, 1);
	}
}

static void json_open(struct json *json, bool array)
{
	struct entry *top;

	json->depth++;
	top = json_top(json);
	if (top)
		*top = (struct entry){ .array = array };
	json->want_key = !array;
	json->nbytes = 0;
	json->bytes.len = 0;
}

static void json_close(struct journal *journal)
{
	struct json *json = &journal->json;
	struct entry *top = json_top(json);
	bool bytes = top && top->array && json->nbytes && json->nbytes != SIZE_MAX;

	if (!json->depth)
		return;
	if (top)
		entry_end(journal, top);
	json->depth--;
	top = json_top(json);
	json->want_key = top && !top->array;
	/* the key of the array is still the last key */
	if (bytes)
		json_value(journal, json->bytes.text, json->bytes.len);
	json->nbytes = SIZE_MAX;
}

static void json_string_end(struct journal *journal)
{
	struct json *json = &journal->json;

	json->in_string = false;
	if (json->in_key)
		copy(json->key, sizeof(json->key), json->string.text, json->string.len);
	else
		json_value(journal, json->string.text, json->string.len);
	json->nbytes = SIZE_MAX;
}

/* Append a character, in UTF-8. A newline in a value ends a line of it. */
static void json_char(struct journal *journal, unsigned int code)
{
	struct json *json = &journal->json;
	char utf8[3];

	if (code == '\n' && !json->in_key) {
		json_value(journal, json->string.text, json->string.len);
		json->string.len = 0;
	} else if (code < 0x80) {
		utf8[0] = code;
		piece_append(&json->string, utf8, 1);
	} else if (code < 0x800) {
		utf8[0] = 0xc0 | code >> 6;
		utf8[1] = 0x80 | (code & 0x3f);
		piece_append(&json->string, utf8, 2);
	} else {
		utf8[0] = 0xe0 | code >> 12;
		utf8[1] = 0x80 | (code >> 6 & 0x3f);
		utf8[2] = 0x80 | (code & 0x3f);
		piece_append(&json->string, utf8, 3);
	}
}

static void json_escape(struct journal *journal, char c)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	struct json *json = &journal->json;
	const char *at;

	if (json->hex) {
		int digit = hex_digit(c);

		json->code = json->code << 4 | (digit < 0 ? 0 : digit);
		if (--json->hex)
			return;
		json_char(journal, json->code);
	} else if (c == 'u') {
		json->hex = 4;
		json->code = 0;
		return;
	} else {
		at = c ? strchr(escapes, c) : NULL;
		json_char(journal, at && (at - escapes) % 2 == 0 ? at[1] : (unsigned char)c);
	}
	json->escape = false;
}

/* Take one character outside of strings. */
static void json_token(struct journal *journal, char c)
{
	struct json *json = &journal->json;

	if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E') {
		piece_append(&json->number, &c, 1);
		return;
	}
	json_number_end(journal);
	switch (c) {
	case '"':
		json->in_string = true;
		json->in_key = json->want_key;
		json->string.len = 0;
		break;
	case ':':
		json->want_key = false;
		break;
	case ',':
		json->want_key = json_top(json) && !json_top(json)->array;
		break;
	case '{':
	case '[':
		json_open(json, c == '[');
		break;
	case '}':
	case ']':
		json_close(journal);
		break;
	case ' ':
	case '\t':
	case '\n':
	case '\r':
		break;
	default:
		json->nbytes = SIZE_MAX;
	}
}

enum guess {
	GUESS_NO,
	GUESS_YES,
	GUESS_LATER,		/* there are too few characters */
};

/* Does JSON begin at @p, and not "[   12.345678] text" or other text? */
static enum guess is_json(const char *p, const char *end)
{
	static const char prefix[] = "data: ";
	size_t len = end - p < 6 ? end - p : 6;

	if (!memcmp(p, prefix, len))
		p += len;
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\036'))
		p++;
	if (p == end)
		return GUESS_LATER;
	if (*p != '{' && *p != '[')
		return GUESS_NO;
	for (p++; p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n');)
		p++;
	if (p == end)
		return GUESS_LATER;
	return *p == '"' || *p == '{' || *p == '[' || *p == '}' || *p == ']' ? GUESS_YES : GUESS_NO;
}

static void json_feed(struct journal *journal, const char *p, size_t len);

/* Take the first characters of a line that may be no JSON. */
static void json_line_begin(struct journal *journal, char c)
{
	struct json *json = &journal->json;
	enum guess guess = GUESS_YES;
	char held[PIECE_MAX];
	size_t n;

	if (c == '\n' && !json->string.len) {
		journal->nr++;
		return;
	}
	piece_append(&json->string, &c, 1);
	if (json->string.len > 1 || !strchr("]},\r\"", c))
		guess = is_json(json->string.text, json->string.text + json->string.len);
	if (guess == GUESS_LATER && json->string.len < 256)
		return;
	json->line_begins = false;
	json->plain = guess == GUESS_NO;
	n = json->string.len;
	memcpy(held, json->string.text, n);
	json->string.len = 0;
	json_feed(journal, held, n);
}

static void json_feed(struct journal *journal, const char *p, size_t len)
{
	struct json *json = &journal->json;
	const char *end = p + len;

	while (p < end) {
		char c = *p;

		if (json->line_begins) {
			json_line_begin(journal, c);
			p++;
			continue;
		}
		if (c == '\n') {
			/* a string has no newline: this is a line that was cut */
			if (json->in_string || json->plain) {
				if (json->plain)
					journal->line(journal->arg, journal->nr + 1, json->string.text,
						 json->string.text + json->string.len);
				else
					json_string_end(journal);
				while (json->depth)
					json_close(journal);
				json->in_string = json->escape = json->plain = false;
				json->hex = 0;
			}
			json_token(journal, c);
			journal->nr++;
			json->line_begins = !json->depth;
			json->string.len = 0;
			p++;
			continue;
		}
		if (json->plain || (json->in_string && !json->escape)) {
			const char *q = p;

			while (q < end && *q != '\n' &&
			       (json->plain || (*q != '"' && *q != '\\')))
				q++;
			piece_append(&json->string, p, q - p);
			p = q;
			if (p == end || *p == '\n')
				continue;
			c = *p++;
			if (c == '"')
				json_string_end(journal);
			else
				json->escape = true;
			continue;
		}
		p++;
		if (json->in_string)
			json_escape(journal, c);
		else
			json_token(journal, c);
	}
}

static void json_end(struct journal *journal)
{
	struct json *json = &journal->json;

	if (json->plain || json->line_begins)
		journal->line(journal->arg, journal->nr + 1, json->string.text, json->string.text + json->string.len);
	else if (json->in_string)
		json_string_end(journal);
	while (json->depth)
		json_close(journal);
}

/* --- The export format ------------------------------------------------------------ */

static void export_field(struct journal *journal, const char *name, const char *p, size_t len)
{
	struct entry *entry = &journal->export.entry;

	while (len) {
		const char *eol = memchr(p, '\n', len);
		size_t n = eol ? (size_t)(eol - p) : len;

		entry_field(journal, entry, name, p, n);
		p += n + (eol != NULL);
		len -= n + (eol != NULL);
	}
}

static void export_line(struct journal *journal)
{
	struct export *export = &journal->export;
	struct piece *line = &export->line;
	const char *equals = memchr(line->text, '=', line->len);
	size_t n = equals ? (size_t)(equals - line->text) : line->len;

	if (!line->len) {
		entry_end(journal, &export->entry);
		return;
	}
	copy(export->field, sizeof(export->field), line->text, n);
	if (equals)
		export_field(journal, export->field, equals + 1, line->text + line->len - equals - 1);
	else
		export->size_bytes = 8;
	line->len = 0;
}

static void export_feed(struct journal *journal, const char *p, size_t len)
{
	struct export *export = &journal->export;
	const char *end = p + len, *eol;

	while (p < end) {
		if (export->size_bytes) {
			/* little endian */
			export->size |= (uint64_t)(unsigned char)*p << 8 * (8 - export->size_bytes);
			journal->nr += *p++ == '\n';
			if (!--export->size_bytes) {
				export->data = export->size;
				export->size = 0;
			}
			continue;
		}
		if (export->data) {
			size_t n = (uint64_t)(end - p) < export->data ? (size_t)(end - p) : export->data;

			piece_append(&export->line, p, n);
			journal->nr += count(p, p + n, '\n');
			p += n;
			export->data -= n;
			if (!export->data) {
				export_field(journal, export->field, export->line.text, export->line.len);
				/* the newline that follows must not end the entry */
				export->line.text[0] = '=';
				export->line.len = 1;
			}
			continue;
		}
		eol = memchr(p, '\n', end - p);
		piece_append(&export->line, p, (eol ? eol : end) - p);
		if (!eol)
			return;
		p = eol + 1;
		export_line(journal);
		journal->nr++;
	}
}

static void export_end(struct journal *journal)
{
	if (journal->export.line.len)
		export_line(journal);
	entry_end(journal, &journal->export.entry);
}

enum journal_kind journal_find(const char *p, size_t len)
{
	static const char *const fields[] = { "__CURSOR=", "__REALTIME_TIMESTAMP=" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (len >= strlen(fields[i]) && !memcmp(p, fields[i], strlen(fields[i])))
			return JOURNAL_EXPORT;
	while (len && (*p == '\n' || *p == '\r')) {
		p++;
		len--;
	}
	return is_json(p, p + len) == GUESS_YES ? JOURNAL_JSON : JOURNAL_NONE;
}

struct journal *journal_new(enum journal_kind kind, journal_line *line, void *arg)
{
	struct journal *journal = must(calloc(1, sizeof(*journal)));

	journal->kind = kind;
	journal->line = line;
	journal->arg = arg;
	journal->json.line_begins = true;
	return journal;
}

void journal_feed(struct journal *journal, const char *p, size_t len)
{
	if (journal->kind == JOURNAL_JSON)
		json_feed(journal, p, len);
	else
		export_feed(journal, p, len);
}

void journal_end(struct journal *journal)
{
	if (journal->kind == JOURNAL_JSON)
		json_end(journal);
	else
		export_end(journal);
}

void journal_free(struct journal *journal)
{
	if (!journal)
		return;
	for (size_t i = 0; i < JSON_DEPTH; i++)
		free(journal->json.stack[i].waiting);
	free(journal->export.entry.waiting);
	free(journal);
}
