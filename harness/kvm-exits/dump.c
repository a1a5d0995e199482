// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>

#include "alloc.h"
#include "dump.h"

#define MESSAGE "kvm_exits"

/* What the dump has had so far; a kind of line belongs after some of these. */
enum stage {
	STAGE_BEGIN,
	STAGE_HEADER,
	STAGE_ROWS,
	STAGE_ALSO,
	STAGE_NONE,
	STAGE_END,
};

struct span {
	const char *p;
	size_t len;
};

/* A begin or end line has 7 fields; one more shows that there are too many. */
#define MAX_FIELDS 8

/* One line of a dump, from "kvm_exits:" on, with a NUL after its last byte. */
struct line {
	const char *text;
	size_t len;
	struct span field[MAX_FIELDS];
	size_t nfields;
	struct dump_place at;
};

const char *dump_isa_name(enum dump_isa isa)
{
	switch (isa) {
	case DUMP_ISA_VMX:
		return "vmx";
	case DUMP_ISA_SVM:
		return "svm";
	default:
		return "-";
	}
}

void dump_code_text(enum dump_isa isa, uint64_t code, char buf[DUMP_CODE_SIZE])
{
	if (isa == DUMP_ISA_VMX)
		snprintf(buf, DUMP_CODE_SIZE, "%" PRIu64, code);
	else if (code == UINT64_MAX)
		snprintf(buf, DUMP_CODE_SIZE, "-1");
	else
		snprintf(buf, DUMP_CODE_SIZE, "0x%03" PRIx64, code);
}

const char *dump_label(const struct dump *dump, char buf[DUMP_LABEL_SIZE])
{
	if (dump->of > 1)
		snprintf(buf, DUMP_LABEL_SIZE, "%" PRIu64 ".%u", dump->number, dump->nth);
	else
		snprintf(buf, DUMP_LABEL_SIZE, "%" PRIu64, dump->number);
	return buf;
}

int dump_row_cmp(const struct dump_row *a, const struct dump_row *b)
{
	if (a->other || b->other)
		return a->other - b->other;
	return (a->code > b->code) - (a->code < b->code);
}

static int also_cmp(const void *a, const void *b)
{
	return strcmp(((const struct dump_row *)a)->name, ((const struct dump_row *)b)->name);
}

static int number_cmp(const void *a, const void *b)
{
	const struct dump *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static int number_order_cmp(const void *a, const void *b)
{
	const struct dump *x = *(struct dump *const *)a, *y = *(struct dump *const *)b;
	int cmp = number_cmp(x, y);

	return cmp ? cmp : (x->first.order > y->first.order) - (x->first.order < y->first.order);
}

/* The first thing that is wrong with a dump is what caused the others. */
static __attribute__((format(printf, 3, 4)))
void damaged(struct dump *dump, const struct dump_place *at, const char *fmt, ...)
{
	va_list ap;

	if (dump->problem)
		return;
	va_start(ap, fmt);
	dump->problem = vtext(fmt, ap);
	va_end(ap);
	dump->problem_at = *at;
}

static void torn(struct dump *dump, const struct line *line, const char *what)
{
	damaged(dump, &line->at, "torn %s line", what);
}

/* Is the line, to the byte, what the kernel's printf makes of the arguments? */
static __attribute__((format(printf, 2, 3)))
bool printed_as(const struct line *line, const char *fmt, ...)
{
	va_list ap;
	char *want;
	bool same;

	va_start(ap, fmt);
	want = vtext(fmt, ap);
	va_end(ap);
	same = strlen(want) == line->len && !memcmp(want, line->text, line->len);
	free(want);
	return same;
}

static bool span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.p, word, s.len);
}

/* @prefix and then nothing but digits of @base, at most UINT64_MAX. */
static bool span_number(struct span s, const char *prefix, unsigned int base, uint64_t *number)
{
	static const char digits[] = "0123456789abcdef";
	size_t skip = strlen(prefix);
	uint64_t n = 0;

	if (s.len <= skip || memcmp(s.p, prefix, skip))
		return false;
	for (size_t i = skip; i < s.len; i++) {
		const char *digit = memchr(digits, s.p[i], base);

		if (!digit || __builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, digit - digits, &n))
			return false;
	}
	*number = n;
	return true;
}

static bool span_code(struct span s, enum dump_isa isa, uint64_t *code)
{
	if (isa == DUMP_ISA_VMX)
		return span_number(s, "", 10, code);
	*code = UINT64_MAX;
	return span_is(s, "-1") || span_number(s, "0x", 16, code);
}

/* A name is printable ASCII without blanks: whatever else is there is damage. */
static bool span_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isascii(s.p[i]) || !isgraph(s.p[i]))
			return false;
	return s.len;
}

static void split(struct line *line)
{
	const char *p = line->text, *end = p + line->len;

	line->nfields = 0;
	while (line->nfields < MAX_FIELDS) {
		struct span *f = &line->field[line->nfields];

		while (p < end && *p == ' ')
			p++;
		if (p == end)
			return;
		f->p = p;
		while (p < end && *p != ' ')
			p++;
		f->len = p - f->p;
		line->nfields++;
	}
}

static struct dump *new_dump(struct dump_log *log, uint64_t number, const struct line *line)
{
	struct dump *dump = must(calloc(1, sizeof(*dump)));

	dump->number = number;
	dump->first = dump->last = line->at;
	log->dumps = grow(log->dumps, log->ndumps, sizeof(*log->dumps));
	log->dumps[log->ndumps++] = dump;
	must(tsearch(dump, &log->open, number_cmp));
	return dump;
}

static void close_dump(struct dump_log *log, struct dump *dump)
{
	dump->stage = STAGE_END;
	tdelete(dump, &log->open, number_cmp);
	if (log->writing == dump)
		log->writing = NULL;
}

/* A line of @dump has come: the kernel never writes one dump inside another. */
static void write_dump(struct dump_log *log, struct dump *dump)
{
	struct dump *other = log->writing;

	if (other && other != dump)
		damaged(other, &other->last,
			"no end line between this line and the next line of dump %" PRIu64,
			dump->number);
	log->writing = dump;
}

static void read_begin(struct dump *dump, const struct line *line)
{
	uint64_t format, cpus, seconds, ms;
	enum dump_isa isa = DUMP_ISA_NONE;
	const char *dot;
	struct span up;

	dump->begun = true;
	if (line->nfields > 4 && span_number(line->field[3], "format=", 10, &format) && format != 1) {
		damaged(dump, &line->at, "format %" PRIu64 " is not known here, only format 1", format);
		return;
	}
	if (line->nfields != 7)
		goto torn;
	if (span_is(line->field[4], "isa=vmx"))
		isa = DUMP_ISA_VMX;
	if (span_is(line->field[4], "isa=svm"))
		isa = DUMP_ISA_SVM;
	up = line->field[6];
	dot = memchr(up.p, '.', up.len);
	if (!isa || !dot ||
	    !span_number(line->field[5], "cpus=", 10, &cpus) ||
	    !span_number((struct span){ up.p, dot - up.p }, "uptime=", 10, &seconds) ||
	    !span_number((struct span){ dot, up.p + up.len - dot }, ".", 10, &ms) || ms > 999 ||
	    !printed_as(line, MESSAGE ": %" PRIu64 " begin format=1 isa=%s cpus=%" PRIu64
			" uptime=%" PRIu64 ".%03" PRIu64,
			dump->number, dump_isa_name(isa), cpus, seconds, ms) ||
	    __builtin_mul_overflow(seconds, 1000, &seconds) ||
	    __builtin_add_overflow(seconds, ms, &dump->uptime_ms))
		goto torn;
	dump->isa = isa;
	dump->cpus = cpus;
	dump->stage = STAGE_BEGIN;
	return;
torn:
	torn(dump, line, "begin");
}

static void read_header(struct dump *dump, const struct line *line)
{
	if (!printed_as(line, MESSAGE ": %" PRIu64 " %7s  %-26s %12s %13s",
			dump->number, "code", "reason", "total", "since"))
		torn(dump, line, "header");
	else if (dump->stage != STAGE_BEGIN)
		damaged(dump, &line->at, "second header line");
	dump->stage = STAGE_HEADER;
}

/* Both kinds of row, "also" and those with a code. */
static void read_row(struct dump *dump, const struct line *line)
{
	struct dump_counts *counts = &dump->counts;
	const struct dump_row *before = counts->nrows ? &counts->rows[counts->nrows - 1] : NULL;
	bool also = span_is(line->field[2], "also");
	char code[DUMP_CODE_SIZE] = "also";
	struct dump_row row = { 0 };
	struct span name = line->field[3];

	if (line->nfields != 6 || !span_name(name) ||
	    !span_number(line->field[4], "", 10, &row.total) ||
	    !span_number(line->field[5], "+", 10, &row.since) || row.since > INT64_MAX ||
	    (!also && !span_code(line->field[2], dump->isa, &row.code))) {
		torn(dump, line, "row");
		return;
	}
	if (!also)
		dump_code_text(dump->isa, row.code, code);
	if (!printed_as(line, MESSAGE ": %" PRIu64 " %7s  %-26.*s %12" PRIu64 " %+13" PRId64,
			dump->number, code, (int)name.len, name.p, row.total,
			(int64_t)row.since)) {
		torn(dump, line, "row");
		return;
	}
	row.other = !also && span_is(name, "other");
	if (row.since > row.total) {
		damaged(dump, &line->at, "row %s %.*s changed by more than its total", code,
			(int)name.len, name.p);
	} else if (dump->stage < STAGE_HEADER) {
		damaged(dump, &line->at, "no header line before the first row");
	} else if (dump->stage > (also ? STAGE_ALSO : STAGE_ROWS)) {
		damaged(dump, &line->at, "row %s %.*s after a line that closes the rows", code,
			(int)name.len, name.p);
	} else if (!also && before && dump_row_cmp(before, &row) >= 0) {
		damaged(dump, &line->at, "row %s %.*s does not come after the row before it", code,
			(int)name.len, name.p);
	} else if (!also && (__builtin_add_overflow(dump->exits, row.total, &dump->exits) ||
			     __builtin_add_overflow(dump->since, row.since, &dump->since) ||
			     dump->since > INT64_MAX)) {
		damaged(dump, &line->at, "sum of the rows exceeds 64 bits");
	}
	if (dump->problem)
		return;

	row.name = must(strndup(name.p, name.len));
	if (also) {
		dump->stage = STAGE_ALSO;
		counts->also = grow(counts->also, counts->nalso, sizeof(row));
		counts->also[counts->nalso++] = row;
	} else {
		dump->stage = STAGE_ROWS;
		counts->rows = grow(counts->rows, counts->nrows, sizeof(row));
		counts->rows[counts->nrows++] = row;
	}
}

static void read_none(struct dump *dump, const struct line *line)
{
	const char *end = line->text + line->len;
	struct span names = line->field[3];

	if (line->nfields < 4)
		goto torn;
	names.len = end - names.p;
	if (!printed_as(line, MESSAGE ": %" PRIu64 " %7s  %.*s", dump->number, "none",
			(int)names.len, names.p))
		goto torn;
	/* single blanks between names, none at the end */
	for (const char *p = names.p; p <= end; p++) {
		const char *blank = memchr(p, ' ', end - p);

		if (!blank)
			blank = end;
		if (!span_name((struct span){ p, blank - p }))
			goto torn;
		p = blank;
	}
	if (dump->stage < STAGE_HEADER)
		damaged(dump, &line->at, "no header line before the none line");
	dump->stage = STAGE_NONE;
	return;
torn:
	torn(dump, line, "none");
}

static void read_end(struct dump *dump, const struct line *line)
{
	struct dump_counts *counts = &dump->counts;
	uint64_t rows, exits, since, bytes;

	if (line->nfields != 7 ||
	    !span_number(line->field[3], "rows=", 10, &rows) ||
	    !span_number(line->field[4], "exits=", 10, &exits) ||
	    !span_number(line->field[5], "since=+", 10, &since) || since > INT64_MAX ||
	    !span_number(line->field[6], "bytes=", 10, &bytes) ||
	    !printed_as(line, MESSAGE ": %" PRIu64 " end rows=%" PRIu64 " exits=%" PRIu64
			" since=%+" PRId64 " bytes=%" PRIu64,
			dump->number, rows, exits, (int64_t)since, bytes)) {
		torn(dump, line, "end");
		return;
	}
	if (dump->stage < STAGE_HEADER)
		damaged(dump, &line->at, "no header line");
	if (rows != counts->nrows)
		damaged(dump, &line->at, "row lines: %zu, the end line says %" PRIu64,
			counts->nrows, rows);
	if (exits != dump->exits)
		damaged(dump, &line->at, "rows sum to %" PRIu64 " exits, the end line says %" PRIu64,
			dump->exits, exits);
	if (since != dump->since)
		damaged(dump, &line->at, "changes sum to %+" PRId64 ", the end line says %+" PRId64,
			(int64_t)dump->since, (int64_t)since);
	if (bytes != dump->bytes)
		damaged(dump, &line->at, "lines have %" PRIu64 " bytes, the end line says %" PRIu64,
			dump->bytes, bytes);

	if (counts->nalso)
		qsort(counts->also, counts->nalso, sizeof(*counts->also), also_cmp);
	for (size_t i = 1; i < counts->nalso; i++)
		if (!also_cmp(&counts->also[i - 1], &counts->also[i]))
			damaged(dump, &line->at, "row also %s stands twice", counts->also[i].name);
}

static void read_dump_line(struct dump_log *log, struct line *line)
{
	struct dump key, **found, *dump;

	split(line);
	/* without its number a line is lost; the dump that it belongs to tells */
	if (line->nfields < 2 || !span_number(line->field[1], "", 10, &key.number))
		return;
	found = tfind(&key, &log->open, number_cmp);
	dump = found ? *found : NULL;

	if (line->nfields > 2 && span_is(line->field[2], "begin")) {
		if (dump) {
			damaged(dump, &dump->last,
				"no end line between this line and the next begin line of that number");
			close_dump(log, dump);
		}
		dump = new_dump(log, key.number, line);
		write_dump(log, dump);
		read_begin(dump, line);
	} else {
		if (!dump) {
			dump = new_dump(log, key.number, line);
			damaged(dump, &line->at, "no begin line before this line");
		}
		write_dump(log, dump);
		dump->last = line->at;
		if (line->nfields > 2 && span_is(line->field[2], "end")) {
			if (!dump->problem)
				read_end(dump, line);
			close_dump(log, dump);
		} else if (dump->problem) {
			return;		/* it has its verdict: look only for its end */
		} else if (line->nfields < 3) {
			torn(dump, line, "dump");
		} else if (span_is(line->field[2], "code")) {
			read_header(dump, line);
		} else if (span_is(line->field[2], "none")) {
			read_none(dump, line);
		} else {
			read_row(dump, line);
		}
	}
	dump->bytes += line->len;
}

static void read_mark(struct dump_log *log, const struct line *line)
{
	static const char begin[] = MESSAGE "_step: begin ", end[] = MESSAGE "_step: end ";
	struct dump_mark mark = { .at = line->at };
	const char *name = line->text;

	if (!strncmp(line->text, begin, strlen(begin))) {
		mark.kind = DUMP_MARK_BEGIN;
		name += strlen(begin);
	} else if (!strncmp(line->text, end, strlen(end))) {
		mark.kind = DUMP_MARK_END;
		name += strlen(end);
	}
	/* not isalnum(): the locale has no say in it; a NUL in the line ends the span early */
	if (!*name || name + strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_.+-") != line->text + line->len) {
		mark.kind = DUMP_MARK_TORN;
		name = line->text;
	}
	mark.name = must(strdup(name));
	log->marks = grow(log->marks, log->nmarks, sizeof(mark));
	log->marks[log->nmarks++] = mark;
}

/* Find the message in a line of the log, whatever stands before it. */
static void read_line(struct dump_log *log, struct line *line)
{
	const char *p = line->text, *end = p + line->len;

	for (; (p = memmem(p, end - p, MESSAGE, strlen(MESSAGE))); p += strlen(MESSAGE)) {
		const char *rest = p + strlen(MESSAGE);
		bool mark = !strncmp(rest, "_step:", 6);

		if (!mark && (strncmp(rest, ": ", 2) || rest[2] < '0' || rest[2] > '9'))
			continue;
		line->text = p;
		line->len = end - p;
		if (mark)
			read_mark(log, line);
		else
			read_dump_line(log, line);
		return;
	}
}

struct dump_log *dump_log_new(void)
{
	return must(calloc(1, sizeof(struct dump_log)));
}

void dump_log_add(struct dump_log *log, const char *file, const char *text, size_t len)
{
	struct line line = { .at.file = must(strdup(file)) };
	const char *end = text + len;
	char *buf = must(malloc(len + 1));

	log->files = grow(log->files, log->nfiles, sizeof(*log->files));
	log->files[log->nfiles++] = (char *)line.at.file;

	while (text < end) {
		const char *eol = memchr(text, '\n', end - text);
		size_t n = 0;

		if (!eol)
			eol = end;
		/* consoles put CRs where they like, and the kernel never prints one */
		for (; text < eol; text++)
			if (*text != '\r')
				buf[n++] = *text;
		buf[n] = '\0';
		text = eol + 1;

		line.text = buf;
		line.len = n;
		line.at.line++;
		line.at.order = ++log->lines;
		read_line(log, &line);
	}
	free(buf);
}

void dump_log_finish(struct dump_log *log)
{
	struct dump **sorted = must(calloc(log->ndumps + 1, sizeof(*sorted)));

	for (size_t i = 0; i < log->ndumps; i++) {
		struct dump *dump = log->dumps[i];

		if (dump->stage != STAGE_END) {
			damaged(dump, &dump->last, "no end line after this line");
			close_dump(log, dump);
		}
		sorted[i] = dump;
	}

	qsort(sorted, log->ndumps, sizeof(*sorted), number_order_cmp);
	for (size_t i = 0, same; i < log->ndumps; i += same) {
		for (same = 1; i + same < log->ndumps; same++)
			if (number_cmp(sorted[i], sorted[i + same]))
				break;
		for (size_t k = 0; k < same; k++) {
			sorted[i + k]->nth = k + 1;
			sorted[i + k]->of = same;
		}
	}
	free(sorted);
}

static void not_owned(void *node)
{
	(void)node;
}

void dump_log_free(struct dump_log *log)
{
	for (size_t i = 0; i < log->ndumps; i++) {
		struct dump *dump = log->dumps[i];

		for (size_t k = 0; k < dump->counts.nrows; k++)
			free(dump->counts.rows[k].name);
		for (size_t k = 0; k < dump->counts.nalso; k++)
			free(dump->counts.also[k].name);
		free(dump->counts.rows);
		free(dump->counts.also);
		free(dump->problem);
		free(dump);
	}
	for (size_t i = 0; i < log->nmarks; i++)
		free(log->marks[i].name);
	for (size_t i = 0; i < log->nfiles; i++)
		free(log->files[i]);
	tdestroy(log->open, not_owned);
	free(log->dumps);
	free(log->marks);
	free(log->files);
	free(log);
}
