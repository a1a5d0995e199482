// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <lzma.h>
#include <time.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "alloc.h"
#include "input.h"

#define MESSAGE "kvm_exit"
#define MARK "kvm_exits_step"

/* Text that waits for the end of its line, at least and at most; decompressed text; a line */
#define BUFFER_MIN (8 << 10)
#define BUFFER_SIZE (256 << 10)
#define CHUNK_SIZE (64 << 10)
#define TEXT_MAX 4096

/* The order of a text: the number of its line, and in these bits that in the line */
#define ORDER_BITS 24

/* How many bytes must be there to know the kind of a file, unless it is smaller */
#define MAGIC_MIN 24

/* xz -9 needs 65 MiB, zstd --ultra -22 128 MiB. */
#define XZ_MEMORY (256ULL << 20)

enum packing {
	PACKING_UNKNOWN,	/* too few bytes so far */
	PACKING_NONE,
	PACKING_GZIP,
	PACKING_XZ,
	PACKING_ZSTD,
};

enum charset {
	CHARSET_UNKNOWN,
	CHARSET_BYTES,
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
};

enum syntax {
	SYNTAX_UNKNOWN,
	SYNTAX_LINES,
	SYNTAX_JSON,
	SYNTAX_EXPORT,
};

/* A text that grows to at most TEXT_MAX bytes, then loses its beginning. */
struct piece {
	char text[TEXT_MAX];
	size_t len;
};

/* An entry of a journal: a JSON object, or a paragraph of the export format. */
struct entry {
	char time[64];		/* "2026-11-26T03:10:22.118000Z ", or "" */
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

struct input {
	enum input_kind kind;
	input_line *line;
	void *arg;
	bool every;		/* all lines are needed */
	char *error;
	bool fatal;

	enum packing packing;
	char magic[512];	/* the first bytes, until the packing is known */
	size_t nmagic;
	union {
		z_stream gzip;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	};
	bool between;		/* at the end of a compressed part: nothing is missing */
	char *chunk;

	enum charset charset;
	unsigned char half;	/* UTF-16: the first byte of a unit */
	bool odd;

	enum syntax syntax;
	char *buffer;		/* text of lines that were not read yet */
	size_t size;
	size_t len;
	uint64_t nr;		/* the number of newlines before the buffer */
	uint64_t order;		/* of the last text */
	bool skipping;		/* a line that is longer than the buffer: it had its message */
	bool mail;		/* quoted-printable */
	struct piece soft;	/* quoted-printable: a line that goes on */
	struct json *json;
	struct export *export;
};

/* --- Lines ---------------------------------------------------------------------- */

/* Return the length of the colour sequence at @p, as of dmesg or grep, or 0. */
static size_t colour(const char *p, const char *end)
{
	/* as such, as rsyslog, cat -v and /dev/kmsg write it */
	static const char *const begins[] = { "\033[", "#033[", "^[[", "\\x1b[" };
	size_t skip = 0;

	for (size_t i = 0; !skip && i < sizeof(begins) / sizeof(*begins); i++)
		if ((size_t)(end - p) > strlen(begins[i]) && !memcmp(p, begins[i], strlen(begins[i])))
			skip = strlen(begins[i]);
	if (!skip)
		return 0;
	while (p + skip < end && ((p[skip] >= '0' && p[skip] <= '9') || p[skip] == ';'))
		skip++;
	return p + skip < end && (p[skip] == 'm' || p[skip] == 'K') ? skip + 1 : 0;
}

/* Return the length of the blank that is not ' ' at @p, or 0. */
static size_t odd_blank(const char *p, const char *end)
{
	static const char *const blanks[] = { "\xc2\xa0", "&nbsp;" };

	for (size_t i = 0; i < sizeof(blanks) / sizeof(*blanks); i++)
		if ((size_t)(end - p) >= strlen(blanks[i]) && !memcmp(p, blanks[i], strlen(blanks[i])))
			return strlen(blanks[i]);
	return 0;
}

/* Return the length of the end of a line in HTML or of an escaped one at @p, or 0. */
static size_t line_end(const char *p, const char *end)
{
	static const char *const ends[] = { "\\n", "</", "<br" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if ((size_t)(end - p) >= strlen(ends[i]) && !memcmp(p, ends[i], strlen(ends[i])))
			return strlen(ends[i]);
	return 0;
}

/* Copy the text from @p to @end to @out without colours and odd blanks. Return its length. */
static size_t clean(char *out, const char *p, const char *end)
{
	size_t n = 0, skip;

	while (p < end) {
		if ((*p == '\033' || *p == '#' || *p == '^' || *p == '\\') && (skip = colour(p, end))) {
			p += skip;
		} else if ((*p == '\xc2' || *p == '&') && (skip = odd_blank(p, end))) {
			out[n++] = ' ';
			p += skip;
		} else {
			out[n++] = *p++;
		}
	}
	out[n] = '\0';
	return n;
}

/* Pass on the messages of a text without newlines and carriage returns. */
static void put_text(struct input *in, uint64_t nr, const char *p, const char *end)
{
	char line[TEXT_MAX + 1];
	const char *from = line, *to, *message;
	size_t len = end - p, skip = 0;
	/* a colour may be inside of the word */
	bool has = memmem(p, len, MESSAGE, strlen(MESSAGE)) || memchr(p, '\033', len);

	if (!len || (!has && !in->every))
		return;
	if (end - p > TEXT_MAX) {
		/* the time is at the beginning, the message at the end */
		message = memmem(p, end - p, MESSAGE, strlen(MESSAGE));
		if (message && message - p > TEXT_MAX / 2)
			p = message - TEXT_MAX / 2;
		if (end - p > TEXT_MAX)
			end = p + TEXT_MAX;
	}
	len = end - p;
	if (has)
		len = clean(line, p, end);
	else
		memcpy(line, p, len);
	end = line + len;
	do {
		message = memmem(from, end - from, MESSAGE, strlen(MESSAGE));
		if (!message && !in->every)
			return;
		to = end;
		while (message && message < end && !(skip = line_end(message, end)))
			message++;
		if (message)
			to = message;
		line[to - line] = '\0';
		if (nr << ORDER_BITS > in->order)
			in->order = nr << ORDER_BITS;
		in->order += has;
		in->every = in->line(in->arg, &(struct input_text){
			.text = from, .len = to - from, .line = nr, .order = in->order,
		}) && in->every;
		from = to + skip;
	} while (skip && from < end);
}

/* Append to @piece. If it is full, drop what is before or behind its message. */
static void append(struct piece *piece, const char *p, size_t len)
{
	if (piece->len + len > TEXT_MAX && memmem(piece->text, piece->len, MESSAGE, strlen(MESSAGE)))
		return;
	if (len > TEXT_MAX / 2) {
		p += len - TEXT_MAX / 2;
		len = TEXT_MAX / 2;
	}
	if (piece->len + len > TEXT_MAX) {
		size_t keep = TEXT_MAX / 2;

		memmove(piece->text, piece->text + piece->len - keep, keep);
		piece->len = keep;
	}
	memcpy(piece->text + piece->len, p, len);
	piece->len += len;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at;

	if (c >= 'A' && c <= 'F')
		c += 'a' - 'A';
	at = c ? strchr(digits, c) : NULL;
	return at ? at - digits : -1;
}

/* Decode a line of a quoted-printable mail. A "=" at its end joins the next line. */
static void put_mail(struct input *in, uint64_t nr, const char *p, const char *end)
{
	static const char header[] = "Content-Transfer-Encoding:";
	bool goes_on;

	if ((size_t)(end - p) >= strlen(header) && !memcmp(p, header, strlen(header)) &&
	    !memmem(p, end - p, "quoted", 6))
		in->mail = false;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	goes_on = end > p && end[-1] == '=';
	end -= goes_on;
	while (p < end) {
		char c = *p++;

		if (c == '=' && end - p > 1 && hex_digit(p[0]) >= 0 && hex_digit(p[1]) >= 0) {
			c = hex_digit(p[0]) * 16 + hex_digit(p[1]);
			p += 2;
		}
		append(&in->soft, &c, 1);
	}
	if (goes_on)
		return;
	put_text(in, nr, in->soft.text, in->soft.text + in->soft.len);
	in->soft.len = 0;
}

/* Pass on the messages of a line without newlines. */
static void put_line(struct input *in, uint64_t nr, const char *p, const char *end)
{
	static const char quoted[] = " begin format=3D";

	if (in->kind == INPUT_ANY && !in->mail && end - p < TEXT_MAX &&
	    memmem(p, end - p, quoted, strlen(quoted)))
		in->mail = true;
	if (in->mail) {
		put_mail(in, nr, p, end);
		return;
	}
	while (true) {
		const char *eol = memchr(p, '\r', end - p);

		put_text(in, nr, p, eol ? eol : end);
		if (!eol)
			return;
		p = eol + 1;
	}
}

/* Return how often @c is between @p and @end. */
static uint64_t count(const char *p, const char *end, char c)
{
	uint64_t n = 0;

	for (; p < end && (p = memchr(p, c, end - p)); p++)
		n++;
	return n;
}

/* Read the complete lines in the buffer from @p to @end, which follows a line's end. */
static void read_lines(struct input *in, const char *p, const char *end)
{
	bool all = in->every || in->mail || memchr(p, '\033', end - p);

	while (p < end) {
		const char *eol, *hit = p;

		if (!all) {
			hit = memmem(p, end - p, MESSAGE, strlen(MESSAGE));
			if (!hit)
				break;
			eol = memrchr(p, '\n', hit - p);
			eol = eol ? eol + 1 : p;
			in->nr += count(p, eol, '\n');
			p = eol;
		}
		eol = memchr(hit, '\n', end - hit);
		eol = eol ? eol : end;
		put_line(in, in->nr + 1, p, eol);
		in->nr += eol < end;
		p = eol + 1;
		all = all || in->mail;
	}
	if (p < end)
		in->nr += count(p, end, '\n');
}

/* The buffer is full and has no newline: keep what may be the beginning of a message. */
static void shorten(struct input *in)
{
	const char *hit = memmem(in->buffer, in->len, MESSAGE, strlen(MESSAGE));
	const char *keep = in->buffer + in->len - TEXT_MAX / 2;
	const char *cr = memrchr(in->buffer, '\r', in->len);

	if (cr && !in->skipping) {
		/* other systems' lines, or a progress bar */
		put_line(in, in->nr + 1, in->buffer, cr);
		keep = cr + 1;
	} else if (hit && in->buffer + in->len - hit >= TEXT_MAX) {
		if (!in->skipping)
			put_line(in, in->nr + 1, in->buffer, in->buffer + in->len);
		in->skipping = true;
	} else if (hit && keep > hit) {
		keep = hit;
	} else if (in->every && !in->skipping) {
		put_line(in, in->nr + 1, in->buffer, in->buffer + in->len);
	}
	in->len -= keep - in->buffer;
	memmove(in->buffer, keep, in->len);
}

static void lines_feed(struct input *in, const char *p, size_t len)
{

	while (len) {
		size_t n;
		const char *eol;

		while (in->size < BUFFER_SIZE && in->size - in->len < len) {
			in->size = in->size ? 2 * in->size : BUFFER_MIN;
			in->buffer = must(realloc(in->buffer, in->size));
		}
		n = in->size - in->len < len ? in->size - in->len : len;
		memcpy(in->buffer + in->len, p, n);
		in->len += n;
		p += n;
		len -= n;
		if (in->skipping) {
			eol = memchr(in->buffer, '\n', in->len);
			if (eol) {
				in->nr++;
				in->skipping = false;
				in->len -= eol + 1 - in->buffer;
				memmove(in->buffer, eol + 1, in->len);
			}
		}
		eol = memrchr(in->buffer, '\n', in->len);
		if (eol && !in->skipping) {
			read_lines(in, in->buffer, eol + 1);
			in->len -= eol + 1 - in->buffer;
			memmove(in->buffer, eol + 1, in->len);
		}
		if (in->len == BUFFER_SIZE)
			shorten(in);
	}
}

static void lines_end(struct input *in)
{
	if (in->len && !in->skipping) {
		put_line(in, in->nr + 1, in->buffer, in->buffer + in->len);
		in->nr++;
	}
	if (in->soft.len)
		put_text(in, in->nr, in->soft.text, in->soft.text + in->soft.len);
	in->len = 0;
}

/* --- Entries of a journal ------------------------------------------------------- */

/* Set the entry's time from a number of seconds, or of their parts, since 1970. */
static void entry_epoch(struct entry *entry, const char *number)
{
	size_t digits = strspn(number, "0123456789");
	uint64_t us = digits < 20 ? strtoull(number, NULL, 10) : 0;
	struct tm tm;
	time_t time;
	char day[24];

	if (digits == 10) {
		us *= 1000000;
		if (number[10] == '.')
			us += strtod(number + 10, NULL) * 1000000;
	} else if (digits == 13) {
		us *= 1000;
	} else if (digits == 19) {
		us /= 1000;
	} else if (digits != 16) {
		return;
	}
	time = us / 1000000;
	if (gmtime_r(&time, &tm) && strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm))
		snprintf(entry->time, sizeof(entry->time), "%s.%06uZ ", day,
			 (unsigned int)(us % 1000000));
}

static void entry_end(struct input *in, struct entry *entry)
{
	const char *p = entry->waiting, *eol;

	while (p && *p) {
		bool bare = entry->mark && !strstr(p, MARK);
		char *line;

		eol = strchrnul(p, '\n');
		line = text("%s%s%.*s", entry->time, bare ? MARK ": " : "", (int)(eol - p), p);
		put_line(in, entry->nr, line, line + strlen(line));
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
static void entry_field(struct input *in, struct entry *entry, const char *key, const char *p,
			size_t len)
{
	static const char *const times[] = {
		"__REALTIME_TIMESTAMP", "time", "timestamp", "@timestamp", "ts", "date",
	};
	static const char *const programs[] = {
		"SYSLOG_IDENTIFIER", "ident", "identifier", "appname", "app_name", "programname", "tag",
	};
	static const char *const messages[] = { "MESSAGE", "message", "msg", "log" };
	bool message = memmem(p, len, MESSAGE, strlen(MESSAGE)) != NULL;
	char value[64];

	snprintf(value, sizeof(value), "%.*s", (int)(len < 63 ? len : 63), p);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		if (strcmp(key, times[i]))
			continue;
		if (len > 18 && len < 30 && (value[10] == 'T' || value[10] == ' '))
			snprintf(entry->time, sizeof(entry->time), "%.29s ", value);
		else if (len > 29 && value[10] == 'T' && value[19] == '.')
			/* nanoseconds */
			snprintf(entry->time, sizeof(entry->time), "%.23s%.5s ", value,
				 value + 20 + strspn(value + 20, "0123456789"));
		else
			entry_epoch(entry, value);
		return;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!strcmp(key, programs[i]) && !strncmp(value, MARK, strlen(MARK)) &&
		    (!value[strlen(MARK)] || value[strlen(MARK)] == ':')) {
			entry->mark = true;
			return;
		}
	for (size_t i = 0; !message && i < sizeof(messages) / sizeof(*messages); i++)
		message = !strcmp(key, messages[i]) && is_bare_mark(p, len);
	if (!message)
		return;
	if (entry->waiting && strlen(entry->waiting) > TEXT_MAX) {
		/* one string with a whole log: do not wait for its time */
		struct entry now = { .nr = entry->nr, .waiting = entry->waiting };

		entry->waiting = NULL;
		entry_end(in, &now);
	}
	if (!entry->waiting) {
		entry->nr = in->nr + 1;
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

static void json_value(struct input *in, const char *p, size_t len)
{
	struct entry *top = json_top(in->json), none = { .array = true }, now;

	if (!top)
		top = &none;
	/* Loki has pairs of a time in nanoseconds and a line */
	entry_field(in, top, !top->array ? in->json->key : len == 19 ? "ts" : "", p, len);
	if (!top->array || !top->waiting)
		return;
	now = *top;
	top->waiting = NULL;
	entry_end(in, &now);
}

static void json_number_end(struct input *in)
{
	struct json *json = in->json;
	struct piece *number = &json->number;
	struct entry *top = json_top(json);
	char value[32];

	if (!number->len)
		return;
	snprintf(value, sizeof(value), "%.*s", (int)(number->len < 31 ? number->len : 31),
		 number->text);
	number->len = 0;
	if (top && !top->array) {
		entry_field(in, top, json->key, value, strlen(value));
	} else if (top && json->nbytes != SIZE_MAX) {
		char *end, byte = strtoul(value, &end, 10);

		if (*end || strlen(value) > 3) {
			json->nbytes = SIZE_MAX;
			return;
		}
		json->nbytes++;
		append(&json->bytes, &byte, 1);
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

static void json_close(struct input *in)
{
	struct json *json = in->json;
	struct entry *top = json_top(json);
	bool bytes = top && top->array && json->nbytes && json->nbytes != SIZE_MAX;

	if (!json->depth)
		return;
	if (top)
		entry_end(in, top);
	json->depth--;
	top = json_top(json);
	json->want_key = top && !top->array;
	/* the key of the array is still the last key */
	if (bytes)
		json_value(in, json->bytes.text, json->bytes.len);
	json->nbytes = SIZE_MAX;
}

static void json_string_end(struct input *in)
{
	struct json *json = in->json;

	json->in_string = false;
	if (json->in_key)
		snprintf(json->key, sizeof(json->key), "%.*s",
			 (int)(json->string.len < 31 ? json->string.len : 31), json->string.text);
	else
		json_value(in, json->string.text, json->string.len);
	json->nbytes = SIZE_MAX;
}

/* Append a character, in UTF-8. A newline in a value ends a line of it. */
static void json_char(struct input *in, unsigned int code)
{
	struct json *json = in->json;
	char utf8[3];

	if (code == '\n' && !json->in_key) {
		json_value(in, json->string.text, json->string.len);
		json->string.len = 0;
	} else if (code < 0x80) {
		utf8[0] = code;
		append(&json->string, utf8, 1);
	} else if (code < 0x800) {
		utf8[0] = 0xc0 | code >> 6;
		utf8[1] = 0x80 | (code & 0x3f);
		append(&json->string, utf8, 2);
	} else {
		utf8[0] = 0xe0 | code >> 12;
		utf8[1] = 0x80 | (code >> 6 & 0x3f);
		utf8[2] = 0x80 | (code & 0x3f);
		append(&json->string, utf8, 3);
	}
}

static void json_escape(struct input *in, char c)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	struct json *json = in->json;
	const char *at;

	if (json->hex) {
		int digit = hex_digit(c);

		json->code = json->code << 4 | (digit < 0 ? 0 : digit);
		if (--json->hex)
			return;
		json_char(in, json->code);
	} else if (c == 'u') {
		json->hex = 4;
		json->code = 0;
		return;
	} else {
		at = c ? strchr(escapes, c) : NULL;
		json_char(in, at && (at - escapes) % 2 == 0 ? at[1] : (unsigned char)c);
	}
	json->escape = false;
}

/* Take one character outside of strings. */
static void json_token(struct input *in, char c)
{
	struct json *json = in->json;

	if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E') {
		append(&json->number, &c, 1);
		return;
	}
	json_number_end(in);
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
		json_close(in);
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

static void json_feed(struct input *in, const char *p, size_t len);

/* Take the first characters of a line that may be no JSON. */
static void json_line_begin(struct input *in, char c)
{
	struct json *json = in->json;
	enum guess guess = GUESS_YES;
	char held[TEXT_MAX];
	size_t n;

	if (c == '\n' && !json->string.len) {
		in->nr++;
		return;
	}
	append(&json->string, &c, 1);
	if (json->string.len > 1 || !strchr("]},\r\"", c))
		guess = is_json(json->string.text, json->string.text + json->string.len);
	if (guess == GUESS_LATER && json->string.len < 256)
		return;
	json->line_begins = false;
	json->plain = guess == GUESS_NO;
	n = json->string.len;
	memcpy(held, json->string.text, n);
	json->string.len = 0;
	json_feed(in, held, n);
}

static void json_feed(struct input *in, const char *p, size_t len)
{
	struct json *json = in->json;
	const char *end = p + len;

	while (p < end) {
		char c = *p;

		if (json->line_begins) {
			json_line_begin(in, c);
			p++;
			continue;
		}
		if (c == '\n') {
			/* a string has no newline: this is a line that was cut */
			if (json->in_string || json->plain) {
				if (json->plain)
					put_line(in, in->nr + 1, json->string.text,
						 json->string.text + json->string.len);
				else
					json_string_end(in);
				while (json->depth)
					json_close(in);
				json->in_string = json->escape = json->plain = false;
				json->hex = 0;
			}
			json_token(in, c);
			in->nr++;
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
			append(&json->string, p, q - p);
			p = q;
			if (p == end || *p == '\n')
				continue;
			c = *p++;
			if (c == '"')
				json_string_end(in);
			else
				json->escape = true;
			continue;
		}
		p++;
		if (json->in_string)
			json_escape(in, c);
		else
			json_token(in, c);
	}
}

static void json_end(struct input *in)
{
	struct json *json = in->json;

	if (json->plain || json->line_begins)
		put_line(in, in->nr + 1, json->string.text, json->string.text + json->string.len);
	else if (json->in_string)
		json_string_end(in);
	while (json->depth)
		json_close(in);
}

/* --- The export format ------------------------------------------------------------ */

static void export_field(struct input *in, const char *name, const char *p, size_t len)
{
	struct entry *entry = &in->export->entry;

	while (len) {
		const char *eol = memchr(p, '\n', len);
		size_t n = eol ? (size_t)(eol - p) : len;

		entry_field(in, entry, name, p, n);
		p += n + (eol != NULL);
		len -= n + (eol != NULL);
	}
}

static void export_line(struct input *in)
{
	struct export *export = in->export;
	struct piece *line = &export->line;
	const char *equals = memchr(line->text, '=', line->len);
	size_t n = equals ? (size_t)(equals - line->text) : line->len;

	if (!line->len) {
		entry_end(in, &export->entry);
		return;
	}
	snprintf(export->field, sizeof(export->field), "%.*s", (int)(n < 31 ? n : 31), line->text);
	if (equals)
		export_field(in, export->field, equals + 1, line->text + line->len - equals - 1);
	else
		export->size_bytes = 8;
	line->len = 0;
}

static void export_feed(struct input *in, const char *p, size_t len)
{
	struct export *export = in->export;
	const char *end = p + len, *eol;

	while (p < end) {
		if (export->size_bytes) {
			/* little endian */
			export->size |= (uint64_t)(unsigned char)*p << 8 * (8 - export->size_bytes);
			in->nr += *p++ == '\n';
			if (!--export->size_bytes) {
				export->data = export->size;
				export->size = 0;
			}
			continue;
		}
		if (export->data) {
			size_t n = (uint64_t)(end - p) < export->data ? (size_t)(end - p) : export->data;

			append(&export->line, p, n);
			in->nr += count(p, p + n, '\n');
			p += n;
			export->data -= n;
			if (!export->data) {
				export_field(in, export->field, export->line.text, export->line.len);
				/* the newline that follows must not end the entry */
				export->line.text[0] = '=';
				export->line.len = 1;
			}
			continue;
		}
		eol = memchr(p, '\n', end - p);
		append(&export->line, p, (eol ? eol : end) - p);
		if (!eol)
			return;
		p = eol + 1;
		export_line(in);
		in->nr++;
	}
}

static void export_end(struct input *in)
{
	if (in->export->line.len)
		export_line(in);
	entry_end(in, &in->export->entry);
}

/* --- Text --------------------------------------------------------------------- */

/* Find out the syntax from the first text. */
static void find_syntax(struct input *in, const char *p, size_t len)
{
	static const char *const fields[] = { "__CURSOR=", "__REALTIME_TIMESTAMP=" };

	in->syntax = SYNTAX_LINES;
	if (in->kind == INPUT_TEXT)
		return;
	while (len && (*p == '\n' || *p == '\r')) {
		p++;
		len--;
	}
	if (is_json(p, p + len) == GUESS_YES) {
		in->syntax = SYNTAX_JSON;
		in->every = false;
		in->json = must(calloc(1, sizeof(*in->json)));
		in->json->line_begins = true;
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (len >= strlen(fields[i]) && !memcmp(p, fields[i], strlen(fields[i]))) {
			in->syntax = SYNTAX_EXPORT;
			in->every = false;
			in->export = must(calloc(1, sizeof(*in->export)));
		}
	}
}

static void text_feed(struct input *in, const char *p, size_t len)
{
	if (!len)
		return;
	if (in->syntax == SYNTAX_UNKNOWN)
		find_syntax(in, p, len);
	if (in->syntax == SYNTAX_JSON)
		json_feed(in, p, len);
	else if (in->syntax == SYNTAX_EXPORT)
		export_feed(in, p, len);
	else
		lines_feed(in, p, len);
}

/* Pass on UTF-16 as UTF-8. */
static void utf16_feed(struct input *in, const char *p, size_t len)
{
	char out[3 * 1024];
	size_t n = 0;

	for (; len; p++, len--) {
		unsigned int unit;

		if (!in->odd) {
			in->half = *p;
			in->odd = true;
			continue;
		}
		in->odd = false;
		unit = in->charset == CHARSET_UTF16LE ? (unsigned char)*p << 8 | in->half :
							in->half << 8 | (unsigned char)*p;
		if (unit < 0x80) {
			out[n++] = unit;
		} else if (unit < 0x800) {
			out[n++] = 0xc0 | unit >> 6;
			out[n++] = 0x80 | (unit & 0x3f);
		} else {
			out[n++] = 0xe0 | unit >> 12;
			out[n++] = 0x80 | (unit >> 6 & 0x3f);
			out[n++] = 0x80 | (unit & 0x3f);
		}
		if (n > sizeof(out) - 3) {
			text_feed(in, out, n);
			n = 0;
		}
	}
	text_feed(in, out, n);
}

/* End the file with an error. */
static __attribute__((format(printf, 2, 3))) void refuse(struct input *in, const char *fmt, ...)
{
	va_list ap;

	if (in->error)
		return;
	va_start(ap, fmt);
	in->error = vtext(fmt, ap);
	va_end(ap);
	in->fatal = true;
}

/* Other kinds of files, by the bytes at @at, and what to do with them. */
static const struct other_kind {
	size_t at;
	const char *magic;
	const char *advice;
} other_kinds[] = {
	{ 0, "LPKSHHRH", "a binary journal: use journalctl --file" },
	{ 0, "PERFILE2", "data of perf record: use the kernel log, for example from dmesg" },
	{ 0, "\177ELF", "an ELF file: use the kernel log in it, for example from vmcore-dmesg or crash" },
	{ 0, "KDUMP   ", "a kdump file: use the kernel log in it, for example from makedumpfile --dump-dmesg" },
	{ 0, "ElfFile", "a Windows event log, not the log of a Linux kernel" },
	{ 0, "\xd4\xc3\xb2\xa1", "a packet capture: use the text that netconsole sent" },
	{ 0, "\xa1\xb2\xc3\xd4", "a packet capture: use the text that netconsole sent" },
	{ 0, "\x4d\x3c\xb2\xa1", "a packet capture: use the text that netconsole sent" },
	{ 0, "\x0a\x0d\x0d\x0a", "a packet capture: use the text that netconsole sent" },
	{ 0, "PK\003\004", "a zip archive: use unzip -p" },
	{ 0, "BZh", "compressed with bzip2: use bzcat" },
	{ 0, "\x04\x22\x4d\x18", "compressed with lz4: use lz4cat" },
	{ 0, "\x02\x21\x4c\x18", "compressed with lz4: use lz4cat" },
	{ 0, "LZIP", "compressed with lzip: use lzip -dc" },
	{ 0, "\x37\x7a\xbc\xaf\x27\x1c", "a 7z archive: use 7z x -so" },
	{ 0, "%PDF-", "a PDF document: use the text of the log" },
	{ 0, "\x89PNG", "an image: use the text of the log" },
	{ 0, "\xff\xd8\xff", "an image: use the text of the log" },
	{ 0, "SQLite format 3", "an SQLite database: use the text of the log" },
	{ 257, "ustar", "a tar archive: use tar -xOf" },
};

static bool is_other_kind(struct input *in, const char *p, size_t len)
{
	for (size_t i = 0; i < sizeof(other_kinds) / sizeof(*other_kinds); i++) {
		const struct other_kind *kind = &other_kinds[i];

		if (len >= kind->at + strlen(kind->magic) &&
		    !memcmp(p + kind->at, kind->magic, strlen(kind->magic))) {
			refuse(in, "this is %s", kind->advice);
			return true;
		}
	}
	return false;
}

/* Take bytes that are not compressed, or decompressed. */
static void bytes_feed(struct input *in, const char *p, size_t len)
{
	if (in->error || !len)
		return;
	if (in->charset == CHARSET_UNKNOWN) {
		static const char *const marks[] = {
			[CHARSET_BYTES] = "\xef\xbb\xbf", [CHARSET_UTF16LE] = "\xff\xfe",
			[CHARSET_UTF16BE] = "\xfe\xff",
		};

		if (in->packing != PACKING_NONE && is_other_kind(in, p, len))
			return;
		in->charset = CHARSET_BYTES;
		for (enum charset c = CHARSET_BYTES; in->kind == INPUT_ANY && c <= CHARSET_UTF16BE; c++) {
			if (len >= strlen(marks[c]) && !memcmp(p, marks[c], strlen(marks[c]))) {
				in->charset = c;
				p += strlen(marks[c]);
				len -= strlen(marks[c]);
				break;
			}
		}
	}
	if (in->charset == CHARSET_BYTES)
		text_feed(in, p, len);
	else
		utf16_feed(in, p, len);
}

/* --- Compression ---------------------------------------------------------------- */

/* Damaged data: the lines before it are valid. */
static void damaged_data(struct input *in, const char *what)
{
	refuse(in, "the %s data are damaged: the log is read up to there", what);
	in->fatal = false;
}

static void gzip_feed(struct input *in, const char *p, size_t len)
{
	in->gzip.next_in = (Bytef *)p;
	in->gzip.avail_in = len;
	while (!in->error) {
		int status;

		if (in->between) {
			/* zeros may fill the last block of a tape */
			while (in->gzip.avail_in && !*in->gzip.next_in) {
				in->gzip.next_in++;
				in->gzip.avail_in--;
			}
			if (!in->gzip.avail_in)
				return;
			inflateReset(&in->gzip);
			in->between = false;
		}
		in->gzip.next_out = (Bytef *)in->chunk;
		in->gzip.avail_out = CHUNK_SIZE;
		status = inflate(&in->gzip, Z_NO_FLUSH);
		bytes_feed(in, in->chunk, CHUNK_SIZE - in->gzip.avail_out);
		if (status == Z_STREAM_END)
			in->between = true;
		else if (status == Z_BUF_ERROR || (status == Z_OK && !in->gzip.avail_in &&
						   in->gzip.avail_out))
			return;
		else if (status != Z_OK)
			damaged_data(in, "gzip");
	}
}

static void xz_feed(struct input *in, const char *p, size_t len, lzma_action action)
{
	in->xz.next_in = (const uint8_t *)p;
	in->xz.avail_in = len;
	while (!in->error) {
		lzma_ret status;

		in->xz.next_out = (uint8_t *)in->chunk;
		in->xz.avail_out = CHUNK_SIZE;
		status = lzma_code(&in->xz, action);
		bytes_feed(in, in->chunk, CHUNK_SIZE - in->xz.avail_out);
		if (status == LZMA_STREAM_END || status == LZMA_BUF_ERROR) {
			in->between = status == LZMA_STREAM_END;
			return;
		}
		if (status == LZMA_MEMLIMIT_ERROR)
			refuse(in, "the xz data need more than 256 MiB to decompress: use xzcat");
		else if (status != LZMA_OK)
			damaged_data(in, "xz");
		else if (action == LZMA_RUN && !in->xz.avail_in && in->xz.avail_out)
			return;
	}
}

static void zstd_feed(struct input *in, const char *p, size_t len)
{
	ZSTD_inBuffer from = { p, len, 0 };

	while (!in->error) {
		ZSTD_outBuffer to = { in->chunk, CHUNK_SIZE, 0 };
		size_t status = ZSTD_decompressStream(in->zstd, &to, &from);

		if (ZSTD_isError(status)) {
			if (ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge)
				refuse(in, "the zstd data need more than 128 MiB to decompress: use zstdcat --long=31");
			else
				damaged_data(in, "zstd");
			return;
		}
		bytes_feed(in, to.dst, to.pos);
		in->between = !status;
		if (from.pos == from.size && to.pos < to.size)
			return;
	}
}

static void find_packing(struct input *in)
{
	const unsigned char *m = (const unsigned char *)in->magic;

	in->packing = PACKING_NONE;
	if (in->kind == INPUT_TEXT || is_other_kind(in, in->magic, in->nmagic))
		return;
	if (in->nmagic > 2 && ((m[0] == 0x1f && m[1] == 0x8b) ||
			       (m[0] == 0x78 && (m[1] == 0x01 || m[1] == 0x9c || m[1] == 0xda)))) {
		in->packing = PACKING_GZIP;
		/* a header of gzip or zlib */
		if (inflateInit2(&in->gzip, 15 + 32) != Z_OK)
			errx(1, "no memory");
	} else if (in->nmagic > 5 && !memcmp(m, "\xfd" "7zXZ", 6)) {
		in->packing = PACKING_XZ;
		in->xz = (lzma_stream)LZMA_STREAM_INIT;
		if (lzma_stream_decoder(&in->xz, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
			errx(1, "no memory");
	} else if (in->nmagic > 3 && !memcmp(m, "\x28\xb5\x2f\xfd", 4)) {
		in->packing = PACKING_ZSTD;
		in->zstd = must(ZSTD_createDStream());
	}
	if (in->packing != PACKING_NONE)
		in->chunk = must(malloc(CHUNK_SIZE));
}

static void packed_feed(struct input *in, const char *p, size_t len)
{
	switch (in->packing) {
	case PACKING_GZIP:
		gzip_feed(in, p, len);
		break;
	case PACKING_XZ:
		xz_feed(in, p, len, LZMA_RUN);
		break;
	case PACKING_ZSTD:
		zstd_feed(in, p, len);
		break;
	default:
		bytes_feed(in, p, len);
	}
}

struct input *input_new(enum input_kind kind, input_line *line, void *arg)
{
	struct input *in = must(calloc(1, sizeof(*in)));

	in->kind = kind;
	in->line = line;
	in->arg = arg;
	in->every = true;
	return in;
}

bool input_feed(struct input *in, const char *bytes, size_t len)
{
	/* tar's magic is behind the others, but lines of text need not wait for it */
	while (in->packing == PACKING_UNKNOWN && len) {
		in->magic[in->nmagic++] = *bytes++;
		len--;
		if (in->nmagic < sizeof(in->magic) && (len || in->nmagic < MAGIC_MIN))
			continue;
		find_packing(in);
		packed_feed(in, in->magic, in->nmagic);
	}
	if (len && !in->error)
		packed_feed(in, bytes, len);
	return !in->error;
}

char *input_end(struct input *in, bool *fatal)
{
	char *error;

	if (in->packing == PACKING_UNKNOWN) {
		find_packing(in);
		packed_feed(in, in->magic, in->nmagic);
	}
	if (in->packing == PACKING_XZ && !in->error)
		xz_feed(in, NULL, 0, LZMA_FINISH);
	if (in->packing != PACKING_NONE && !in->between && !in->error) {
		refuse(in, "the compressed data end too soon: the log is read up to there");
		in->fatal = false;
	}
	if (in->syntax == SYNTAX_JSON)
		json_end(in);
	else if (in->syntax == SYNTAX_EXPORT)
		export_end(in);
	else
		lines_end(in);
	error = in->error;
	in->error = NULL;
	*fatal = in->fatal;
	return error;
}

uint64_t input_order(const struct input *in)
{
	return in->order + 1;
}

void input_free(struct input *in)
{
	if (in->packing == PACKING_GZIP)
		inflateEnd(&in->gzip);
	else if (in->packing == PACKING_XZ)
		lzma_end(&in->xz);
	else if (in->packing == PACKING_ZSTD)
		ZSTD_freeDStream(in->zstd);
	if (in->json)
		for (size_t i = 0; i < JSON_DEPTH; i++)
			free(in->json->stack[i].waiting);
	if (in->export)
		free(in->export->entry.waiting);
	free(in->json);
	free(in->export);
	free(in->buffer);
	free(in->chunk);
	free(in->error);
	free(in);
}
