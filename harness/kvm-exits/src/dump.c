// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>

#include "alloc.h"
#include "dump.h"
#include "input.h"
#include "keep.h"

#define FORMAT 2
#define MESSAGE "kvm_exits"

/* Don't use isalnum(): it depends on the locale. */
#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdef"
#define REASON_CHARS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define NAME_CHARS REASON_CHARS ".-"
#define MARK_CHARS NAME_CHARS "+"

/* The kinds of lines, in the order in which a dump has them. */
enum stage {
	STAGE_BEGIN,
	STAGE_CODE,
	STAGE_ROW,
	STAGE_ALSO,
	STAGE_VM,
	STAGE_END,
};

static const char *const stage_names[] = {
	[STAGE_BEGIN] = "begin", [STAGE_CODE] = "code", [STAGE_ROW] = "row",
	[STAGE_ALSO] = "also", [STAGE_VM] = "vm", [STAGE_END] = "end",
};

/* The most VMs that a dump lists */
#define MAX_VMS 8

struct span {
	const char *p;
	size_t len;
};

/* The fields of a begin line, which has the most. More are ignored. */
#define MAX_FIELDS 10

/*
 * One line of a dump, from "kvm_exits:" on, NUL-terminated. @len is the length of
 * the line, and after end_text() the length of its text.
 */
struct line {
	const char *text;
	size_t len;
	struct span field[MAX_FIELDS];
	size_t nfields;
	struct dump_place at;
	const char *prefix;	/* the text before, which ends at @text */
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

/*
 * The kernel writes SVM's codes from here to UINT32_MAX as negative numbers, and so
 * the same codes with 64 bits.  Newer kernels have 64 bits for all other codes too.
 */
#define FIRST_NEGATIVE 0xfffffffc

void dump_code_text(enum dump_isa isa, uint64_t code, char buf[DUMP_CODE_SIZE])
{
	if (isa == DUMP_ISA_VMX)
		snprintf(buf, DUMP_CODE_SIZE, "%" PRIu64, code);
	else if (code >= FIRST_NEGATIVE && code <= UINT32_MAX)
		snprintf(buf, DUMP_CODE_SIZE, "%" PRId32, (int32_t)code);
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

int dump_age_cmp(const struct dump *a, const struct dump *b)
{
	if (a->uptime_ms != b->uptime_ms)
		return a->uptime_ms < b->uptime_ms ? -1 : 1;
	return (a->first.order > b->first.order) - (a->first.order < b->first.order);
}

bool dump_log_ends(const struct dump_log *log, size_t *first, size_t *last)
{
	struct dump *const *dumps = log->dumps;
	size_t a = 0, b = log->ndumps;

	while (a < log->ndumps && dumps[a]->problem)
		a++;
	while (b > 0 && dumps[b - 1]->problem)
		b--;
	if (a >= b)
		return false;
	*first = a;
	*last = b - 1;
	for (size_t i = a; i < b; i++) {
		if (dumps[i]->problem)
			continue;
		if (dump_same_life(dumps[i], dumps[*first]) && dump_age_cmp(dumps[i], dumps[*first]) < 0)
			*first = i;
		if (dump_same_life(dumps[i], dumps[*last]) && dump_age_cmp(dumps[i], dumps[*last]) > 0)
			*last = i;
	}
	return true;
}

bool dump_lists_vms(const struct dump *dump)
{
	return dump->scope == DUMP_SCOPE_HOST && dump->number;
}

char *dump_scope_text(const struct dump *dump)
{
	switch (dump->scope) {
	case DUMP_SCOPE_VM:
		return text("%s", dump->vm);
	case DUMP_SCOPE_VCPU:
		return text("%s/vcpu%" PRIu64, dump->vm, dump->vcpu);
	default:
		return text("host");
	}
}

bool dump_same_life(const struct dump *a, const struct dump *b)
{
	return !strcmp(a->host, b->host) && !strcmp(a->loaded, b->loaded) &&
	       a->scope == b->scope &&
	       (a->scope == DUMP_SCOPE_HOST || !strcmp(a->vm, b->vm)) &&
	       (a->scope != DUMP_SCOPE_VCPU || a->vcpu == b->vcpu);
}

static int number_cmp(const void *a, const void *b)
{
	const struct dump *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Mark @dump as damaged, unless it is: later problems result from the first one. */
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

static void torn(struct dump *dump, const struct line *line, enum stage kind)
{
	damaged(dump, &line->at, "torn %s line", stage_names[kind]);
}

static bool span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && !memcmp(s.p, word, s.len);
}

/* Is @s @prefix and a number of @base, at most UINT64_MAX? Decimals have no leading zeros. */
static bool span_number(struct span s, const char *prefix, unsigned int base, uint64_t *number)
{
	size_t skip = strlen(prefix);
	uint64_t n = 0;

	if (s.len <= skip || memcmp(s.p, prefix, skip))
		return false;
	if (base == 10 && s.p[skip] == '0' && s.len > skip + 1)
		return false;
	for (size_t i = skip; i < s.len; i++) {
		const char *digit = memchr(HEX_DIGITS, s.p[i], base);

		if (!digit || __builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, digit - HEX_DIGITS, &n))
			return false;
	}
	*number = n;
	return true;
}

static bool span_code(struct span s, enum dump_isa isa, uint64_t *code)
{
	uint64_t n;

	if (isa == DUMP_ISA_VMX)
		return span_number(s, "", 10, code) && *code <= UINT32_MAX;
	if (span_number(s, "-", 10, &n)) {
		*code = (uint32_t)-n;
		return n && n <= -FIRST_NEGATIVE;
	}
	/* three digits, or more without a leading zero */
	return span_number(s, "0x", 16, code) &&
	       (*code < FIRST_NEGATIVE || (*code > UINT32_MAX && *code < (uint64_t)-4)) &&
	       (s.len == 5 || (s.len > 5 && s.p[2] != '0'));
}

/* Is @s @prefix and one or more of @chars? If so, set @value to the latter. */
static bool span_chars(struct span s, const char *prefix, const char *chars, struct span *value)
{
	size_t skip = strlen(prefix);

	if (s.len <= skip || memcmp(s.p, prefix, skip))
		return false;
	*value = (struct span){ s.p + skip, s.len - skip };
	return strspn(value->p, chars) >= value->len;
}

/* "loaded=2026-11-26T03:10:22.118Z" */
static bool span_time(struct span s, struct span *value)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";

	if (!span_chars(s, "loaded=", NAME_CHARS ":", value) || value->len != strlen(form))
		return false;
	for (size_t i = 0; i < value->len; i++) {
		bool digit = strchr(DIGITS, value->p[i]);

		if (form[i] == '0' ? !digit : value->p[i] != form[i])
			return false;
	}
	return true;
}

/* "vm=812-11" */
static bool span_vm(struct span s, struct span *value)
{
	const char *dash;
	uint64_t n;

	if (!span_chars(s, "vm=", DIGITS "-", value))
		return false;
	dash = memchr(value->p, '-', value->len);
	return dash && span_number((struct span){ value->p, dash - value->p }, "", 10, &n) &&
	       span_number((struct span){ dash, value->p + value->len - dash }, "-", 10, &n);
}

static char *span_copy(struct span s)
{
	return must(strndup(s.p, s.len));
}

static int word_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Return the log's only copy of @string, and free @string. */
static char *share(struct dump_log *log, char *string)
{
	char **found = must(tsearch(string, &log->words, word_cmp));

	if (*found != string)
		free(string);
	return *found;
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

/* Return the length of @prefix and the @chars after it in @s; 0 without the prefix. */
static size_t span_begins(struct span s, const char *prefix, const char *chars)
{
	size_t skip = strlen(prefix);

	if (s.len < skip || memcmp(s.p, prefix, skip))
		return 0;
	return skip + strspn(s.p + skip, chars);
}

/*
 * End the text of @line after @len bytes of field @i. Return false if @len is 0, or
 * if the next byte could belong to the same field. Other bytes after the text are
 * ignored.
 */
static bool end_text(struct line *line, size_t i, size_t len)
{
	struct span *last = &line->field[i];

	if (!len || (len < last->len && last->p[len] && strchr(REASON_CHARS, last->p[len])))
		return false;
	last->len = len;
	line->len = last->p + len - line->text;
	line->nfields = i + 1;
	return true;
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

/* Free what a dump has for itself. Its names are shared, once it is complete. */
static void counts_free(struct dump_counts *counts)
{
	free(counts->rows);
	free(counts->also);
}

static void dump_free(struct dump *dump)
{
	counts_free(&dump->counts);
	free(dump->vms);
	free(dump->problem);
	free(dump);
}

void dump_log_remove(struct dump_log *log, struct dump *dump)
{
	size_t i = log->ndumps;

	while (log->dumps[--i] != dump)
		;
	log->ndumps--;
	memmove(&log->dumps[i], &log->dumps[i + 1], (log->ndumps - i) * sizeof(*log->dumps));
	dump_free(dump);
}

static void close_dump(struct dump_log *log, struct dump *dump)
{
	dump->stage = STAGE_END;
	tdelete(dump, &log->open, number_cmp);
	if (log->writing == dump)
		log->writing = NULL;
	keep_dump(log, dump);
}

/* A line of @dump was read. The kernel never writes one dump inside another. */
static void write_dump(struct dump_log *log, struct dump *dump)
{
	struct dump *other = log->writing;

	if (other && other != dump)
		damaged(other, &other->last,
			"no end line between this line and the next line of dump %" PRIu64,
			dump->number);
	log->writing = dump;
}

/* "cpus=2/256" */
static bool read_cpus(struct dump *dump, struct span s)
{
	const char *slash = memchr(s.p, '/', s.len);

	return slash &&
	       span_number((struct span){ s.p, slash - s.p }, "cpus=", 10, &dump->cpus_online) &&
	       span_number((struct span){ slash, s.p + s.len - slash }, "/", 10,
			   &dump->cpus_possible);
}

/* Read the two fields that say what the counters belong to. */
static bool read_scope(struct dump *dump, struct span first, struct span second)
{
	struct span vm;

	if (read_cpus(dump, first)) {
		dump->scope = DUMP_SCOPE_HOST;
		return span_number(second, "vms=", 10, &dump->nvms);
	}
	if (!span_vm(first, &vm))
		return false;
	dump->vm = span_copy(vm);
	dump->scope = DUMP_SCOPE_VM;
	if (span_number(second, "vcpus=", 10, &dump->vcpus))
		return true;
	dump->scope = DUMP_SCOPE_VCPU;
	return span_number(second, "vcpu=", 10, &dump->vcpu);
}

/* Read "uptime=41.207" at the start of @s. Return its length, or 0. */
static size_t read_uptime(struct dump *dump, struct span s)
{
	size_t whole = span_begins(s, "uptime=", DIGITS);
	uint64_t seconds, ms;

	if (!whole || s.p[whole] != '.' || strspn(s.p + whole + 1, DIGITS) != 3 ||
	    !span_number((struct span){ s.p, whole }, "uptime=", 10, &seconds))
		return 0;
	ms = strtoul(s.p + whole + 1, NULL, 10);
	if (__builtin_mul_overflow(seconds, 1000, &seconds) ||
	    __builtin_add_overflow(seconds, ms, &dump->uptime_ms))
		return 0;
	return whole + strlen(".000");
}

/* Read six fields from "isa=" on. Return the length of "uptime=..." in the last, or 0. */
static size_t read_identity(struct dump *dump, const struct span *field)
{
	enum dump_isa isa = DUMP_ISA_NONE;
	struct span host, loaded;
	size_t len;

	if (!span_chars(field[1], "host=", NAME_CHARS, &host) || !span_time(field[2], &loaded) ||
	    !read_scope(dump, field[3], field[4]))
		return 0;
	len = read_uptime(dump, field[5]);
	if (span_is(field[0], "isa=vmx"))
		isa = DUMP_ISA_VMX;
	if (span_is(field[0], "isa=svm"))
		isa = DUMP_ISA_SVM;
	if (!len || !isa)
		return 0;
	dump->host = span_copy(host);
	dump->loaded = span_copy(loaded);
	dump->isa = isa;
	return len;
}

const char *dump_read_identity(struct dump *dump, const char *text)
{
	struct line line = { .text = text, .len = strlen(text) };
	size_t len;

	split(&line);
	len = line.nfields < 6 ? 0 : read_identity(dump, line.field);
	return len ? line.field[5].p + len : NULL;
}

void dump_free_identity(struct dump *dump)
{
	free(dump->host);
	free(dump->loaded);
	free(dump->vm);
}

static bool read_begin(struct dump_log *log, struct dump *dump, struct line *line)
{
	uint64_t format;
	size_t len;

	dump->begun = true;
	if (line->nfields > 4 && span_number(line->field[3], "format=", 10, &format) &&
	    format != FORMAT) {
		damaged(dump, &line->at, format < FORMAT ?
			"format %" PRIu64 " was never released, kvm-exits reads format 2 only" :
			"format %" PRIu64 " is unknown, kvm-exits reads format 2 only", format);
		return true;
	}
	if (line->nfields < 10 || !span_is(line->field[3], "format=2"))
		return false;
	len = read_identity(dump, &line->field[4]);
	if (dump->host)
		dump->host = share(log, dump->host);
	if (dump->loaded)
		dump->loaded = share(log, dump->loaded);
	if (dump->vm)
		dump->vm = share(log, dump->vm);
	dump->has_time = when_find(line->prefix, line->text - line->prefix, &dump->time);
	if (end_text(line, 9, len))
		return true;
	dump->isa = DUMP_ISA_NONE;
	return false;
}

static bool read_code(struct dump *dump, struct line *line)
{
	static const char *const heads[] = { "code", "reason", "total" };

	if (line->nfields < 6)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (!span_is(line->field[2 + i], heads[i]))
			return false;
	dump->counts.has_l2 = line->nfields > 6 && span_is(line->field[5], "since") &&
			      end_text(line, 6, span_begins(line->field[6], "l2", ""));
	return dump->counts.has_l2 || end_text(line, 5, span_begins(line->field[5], "since", ""));
}

/* Read the numbers of a row. The last one ends the text. */
static bool read_counts(struct line *line, bool has_l2, struct dump_row *row)
{
	struct span *since = &line->field[5], *l2 = &line->field[6];

	if (!span_number(line->field[4], "", 10, &row->total) || !row->total)
		return false;
	if (!has_l2)
		return end_text(line, 5, span_begins(*since, "+", DIGITS)) &&
		       span_number(*since, "+", 10, &row->since);
	if (line->nfields < 7 || !span_number(*since, "+", 10, &row->since))
		return false;
	if (*l2->p == '.')
		return l2->p[1] != '.' && end_text(line, 6, 1);
	return end_text(line, 6, span_begins(*l2, "", DIGITS)) &&
	       span_number(*l2, "", 10, &row->l2);
}

/* Read a row: one with a code, or an "also" row. */
static bool read_row(struct dump_log *log, struct dump *dump, struct line *line, bool also)
{
	struct dump_counts *counts = &dump->counts;
	const struct dump_row *before = counts->nrows ? &counts->rows[counts->nrows - 1] : NULL;
	char code[DUMP_CODE_SIZE] = "also";
	struct dump_row row = { 0 };
	struct span name;

	if (line->nfields < 6 || !span_chars(line->field[3], "", REASON_CHARS, &name) ||
	    !read_counts(line, counts->has_l2, &row))
		return false;
	if (also ? dump->isa != DUMP_ISA_VMX || !span_is(name, "failed_vmentry") :
		   !span_code(line->field[2], dump->isa, &row.code))
		return false;
	if (!also)
		dump_code_text(dump->isa, row.code, code);
	row.other = !also && span_is(name, "other");
	if (row.since > row.total)
		damaged(dump, &line->at, "row %s %.*s changed by more than its total", code,
			(int)name.len, name.p);
	else if (!also && before && dump_row_cmp(before, &row) >= 0)
		damaged(dump, &line->at, "row %s %.*s is out of order", code, (int)name.len,
			name.p);
	else if (!also && (__builtin_add_overflow(dump->exits, row.total, &dump->exits) ||
			   __builtin_add_overflow(dump->since, row.since, &dump->since)))
		damaged(dump, &line->at, "sum of the rows exceeds 64 bits");
	if (dump->problem)
		return true;

	row.name = share(log, span_copy(name));
	if (also) {
		counts->also = grow(counts->also, counts->nalso, sizeof(row));
		counts->also[counts->nalso++] = row;
	} else {
		counts->rows = grow(counts->rows, counts->nrows, sizeof(row));
		counts->rows[counts->nrows++] = row;
	}
	return true;
}

/* Read a line of the list of VMs: one VM, "more=", or "busy". */
static bool read_vm(struct dump_log *log, struct dump *dump, struct line *line)
{
	struct span *first = &line->field[3], *top = &line->field[8];
	struct dump_vm vm = { 0 };
	struct span name, reason;

	if (!dump_lists_vms(dump) || line->nfields < 4 || dump->vms_more || dump->vms_busy)
		return false;
	if (end_text(line, 3, span_begins(*first, "busy", ""))) {
		dump->vms_busy = true;
		return !dump->nlisted;
	}
	if (end_text(line, 3, span_begins(*first, "more=", DIGITS)))
		return span_number(*first, "more=", 10, &dump->vms_more) && dump->vms_more;
	if (line->nfields < 9 || dump->nlisted == MAX_VMS ||
	    !end_text(line, 8, span_begins(*top, "top=", REASON_CHARS "-")) ||
	    !span_number(*first, "pid=", 10, &vm.pid) ||
	    !span_chars(line->field[4], "name=", NAME_CHARS, &name) ||
	    !span_number(line->field[5], "vcpus=", 10, &vm.vcpus) ||
	    !span_number(line->field[6], "total=", 10, &vm.total) ||
	    !span_number(line->field[7], "since=+", 10, &vm.since) ||
	    (!span_chars(*top, "top=", REASON_CHARS, &reason) &&
	     (!span_chars(*top, "top=", "-", &reason) || reason.len != 1)))
		return false;
	vm.name = share(log, span_copy(name));
	vm.top = share(log, span_copy(reason));
	dump->vms = grow(dump->vms, dump->nlisted, sizeof(vm));
	dump->vms[dump->nlisted++] = vm;
	return true;
}

static bool read_end(struct dump *dump, struct line *line)
{
	uint64_t rows, exits, since, crc;
	struct span *last = &line->field[6];

	if (line->nfields < 7 || !end_text(line, 6, span_begins(*last, "crc=", HEX_DIGITS)) ||
	    last->len != strlen("crc=00000000") || !span_number(*last, "crc=", 16, &crc) ||
	    !span_number(line->field[3], "rows=", 10, &rows) ||
	    !span_number(line->field[4], "exits=", 10, &exits) ||
	    !span_number(line->field[5], "since=+", 10, &since))
		return false;
	if (rows != dump->counts.nrows)
		damaged(dump, &line->at, "row lines: %zu, the end line says %" PRIu64,
			dump->counts.nrows, rows);
	if (exits != dump->exits)
		damaged(dump, &line->at, "rows sum to %" PRIu64 " exits, the end line says %" PRIu64,
			dump->exits, exits);
	if (since != dump->since)
		damaged(dump, &line->at, "changes sum to +%" PRIu64 ", the end line says +%" PRIu64,
			dump->since, since);
	dump->crc = crc32(dump->crc, (const Bytef *)line->text, last->p - line->text);
	if (crc != dump->crc)
		damaged(dump, &line->at, "the CRC of its lines is %08" PRIx32
			", the end line says %08" PRIx64 "%s", dump->crc, crc, dump->padded ? "" :
			": something, such as a web page, reduced its blanks, use the original text");
	return true;
}

static enum stage kind_of(const struct line *line)
{
	for (enum stage kind = STAGE_BEGIN; kind <= STAGE_END; kind++)
		if (kind != STAGE_ROW && line->nfields > 2 &&
		    span_is(line->field[2], stage_names[kind]))
			return kind;
	return STAGE_ROW;
}

static bool read_kind(struct dump_log *log, struct dump *dump, struct line *line, enum stage kind)
{
	switch (kind) {
	case STAGE_BEGIN:
		return read_begin(log, dump, line);
	case STAGE_CODE:
		return read_code(dump, line);
	case STAGE_VM:
		return read_vm(log, dump, line);
	case STAGE_END:
		return read_end(dump, line);
	default:
		return read_row(log, dump, line, kind == STAGE_ALSO);
	}
}

/* Read a line of a dump that is not damaged so far. */
static void read_text(struct dump_log *log, struct dump *dump, struct line *line, enum stage kind)
{
	bool once = kind == STAGE_CODE || kind == STAGE_ALSO;

	if (kind > STAGE_CODE && dump->stage < STAGE_CODE)
		damaged(dump, &line->at, "no code line before this line");
	else if ((int)kind < dump->stage || (once && (int)kind == dump->stage))
		damaged(dump, &line->at, "%s line out of order", stage_names[kind]);
	else if (!read_kind(log, dump, line, kind))
		torn(dump, line, kind);
	dump->stage = kind;
	dump->padded |= memmem(line->text, line->len, "  ", 2) != NULL;
	if (kind != STAGE_END) {
		dump->crc = crc32(dump->crc, (const Bytef *)line->text, line->len);
		dump->crc = crc32(dump->crc, (const Bytef *)"\n", 1);
	}
}

/* Is @s @word, or the beginning of it? With @open, text may follow @word. */
static bool is_part(struct span s, const char *word, bool open)
{
	size_t len = strlen(word);

	return s.len <= len ? !memcmp(s.p, word, s.len) : open && !memcmp(s.p, word, len);
}

/* Can this be a line of a dump, or the beginning of one? */
static bool is_plausible(const struct line *line)
{
	static const char *const fields[][2] = {
		{ "begin", "format=" }, { "code", "reason" }, { "also", "failed_vmentry" },
		{ "vm", "pid=" }, { "vm", "busy" }, { "vm", "more=" }, { "end", "rows=" },
	};
	struct span code, name;

	if (line->nfields < 3)
		return true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (line->nfields > 3 ? span_is(line->field[2], fields[i][0]) &&
					is_part(line->field[3], fields[i][1], true) :
					is_part(line->field[2], fields[i][0], false))
			return true;
	if (!span_chars(line->field[2], "", HEX_DIGITS "x-", &code) || !strchr("-" DIGITS, *code.p))
		return false;
	return line->nfields < 4 || (span_chars(line->field[3], "", REASON_CHARS, &name) &&
				     (line->nfields < 5 || (*line->field[4].p >= '0' &&
							    *line->field[4].p <= '9')));
}

/* Did rsyslog write the line instead of several equal ones? */
static bool is_repetition(const struct line *line)
{
	static const char words[] = " times: [";

	return memmem(line->prefix, line->text - line->prefix, words, strlen(words));
}

/* The line is in no dump, and nothing else is wrong. */
static void stray(struct dump_log *log, const struct line *line)
{
	if (!log->nstrays++)
		log->stray = line->at;
}

static void read_dump_line(struct dump_log *log, struct line *line)
{
	struct dump key, **found, *dump;
	enum stage kind;

	split(line);
	/* A line without its number counts as lost: the checks of its dump find that. */
	if (line->nfields < 2 || !span_number(line->field[1], "", 10, &key.number))
		return;
	found = tfind(&key, &log->open, number_cmp);
	dump = found ? *found : NULL;
	kind = kind_of(line);

	if (!dump && (!is_plausible(line) || is_repetition(line))) {
		stray(log, line);
		return;
	}
	if (dump && is_repetition(line)) {
		damaged(dump, &line->at,
			"the log says \"repeated N times\" instead of a line: set $RepeatedMsgReduction off in rsyslog.conf");
		return;
	}
	if (kind == STAGE_BEGIN && log->last_kind == STAGE_CODE && log->last_number == key.number)
		log->newest_first = true;
	log->last_kind = kind;
	log->last_number = key.number;
	if (kind == STAGE_BEGIN && dump) {
		damaged(dump, &dump->last,
			"no end line between this line and the next begin line of that number");
		close_dump(log, dump);
		dump = NULL;
	}
	if (!dump) {
		dump = new_dump(log, key.number, line);
		if (kind != STAGE_BEGIN)
			damaged(dump, &line->at, "no begin line before this line");
	}
	write_dump(log, dump);
	dump->last = line->at;
	/* of a damaged dump, only the end line matters */
	if (!dump->problem)
		read_text(log, dump, line, kind);
	if (kind == STAGE_END)
		close_dump(log, dump);
}

static void read_mark(struct dump_log *log, const struct line *line)
{
	static const char begin[] = MESSAGE "_step: begin ", end[] = MESSAGE "_step: end ";
	struct dump_mark mark = { .at = line->at, .repeats = log->repeats };
	const char *name = line->text;
	size_t len;

	if (!strncmp(line->text, begin, strlen(begin))) {
		mark.kind = DUMP_MARK_BEGIN;
		name += strlen(begin);
	} else if (!strncmp(line->text, end, strlen(end))) {
		mark.kind = DUMP_MARK_END;
		name += strlen(end);
	}
	/* a name has no blanks, but blanks may follow it */
	len = strspn(name, MARK_CHARS);
	if (!len || strspn(name + len + strspn(name + len, " "), MARK_CHARS))
		mark.kind = DUMP_MARK_TORN;
	mark.name = mark.kind ? must(strndup(name, len)) : must(strdup(line->text));
	log->marks = grow(log->marks, log->nmarks, sizeof(mark));
	log->marks[log->nmarks++] = mark;
}

/* Find the message in a line of the log, and read it. */
static void read_line(struct dump_log *log, struct line *line)
{
	const char *p = line->text, *end = p + line->len;

	line->prefix = p;
	for (; (p = memmem(p, end - p, MESSAGE, strlen(MESSAGE))); p += strlen(MESSAGE)) {
		const char *rest = p + strlen(MESSAGE);
		bool mark = !strncmp(rest, "_step:", 6);

		if (!mark && (strncmp(rest, ": ", 2) || rest[2] < '0' || rest[2] > '9'))
			continue;
		line->text = p;
		line->len = end - p;
		if (mark && log->keep == DUMP_KEEP_ALL)
			read_mark(log, line);
		else if (!mark)
			read_dump_line(log, line);
		return;
	}
}

/*
 * Read a line of a list of reasons: of a file whose lines are all "SLOT CODE NAME", for
 * one isa. Return false if it is none.
 */
static bool read_reason(struct dump_log *log, struct line *line)
{
	struct dump_row row = { 0 };
	struct span name;
	uint64_t slot;

	split(line);
	if (line->nfields != 3)
		return false;
	if (!log->list) {
		log->list_isa = span_code(line->field[1], DUMP_ISA_VMX, &row.code) ? DUMP_ISA_VMX :
										      DUMP_ISA_SVM;
		log->list = &log->reasons[log->list_isa];
		log->list_begin = log->list->nrows;
	}
	if (!span_number(line->field[0], "", 10, &slot) ||
	    !span_code(line->field[1], log->list_isa, &row.code) ||
	    !span_chars(line->field[2], "", REASON_CHARS, &name))
		return false;
	row.name = share(log, span_copy(name));
	log->list->rows = grow(log->list->rows, log->list->nrows, sizeof(row));
	log->list->rows[log->list->nrows++] = row;
	return true;
}

struct dump_log *dump_log_new(void)
{
	struct dump_log *log = must(calloc(1, sizeof(*log)));

	log->lives = keep_new();
	return log;
}

const char *dump_log_begin(struct dump_log *log, const char *file)
{
	log->files = grow(log->files, log->nfiles, sizeof(*log->files));
	log->list = NULL;
	log->list_over = false;
	return log->files[log->nfiles++] = must(strdup(file));
}

bool dump_log_line(struct dump_log *log, const struct dump_place *at, const char *text, size_t len)
{
	struct line line = { .text = text, .len = len, .at = *at };

	line.at.order += log->order;
	if (!log->list_over && !read_reason(log, &line)) {
		log->list_over = true;
		if (log->list)
			log->list->nrows = log->list_begin;
	}
	line.text = text;
	line.len = len;
	if (log->list_over)
		read_line(log, &line);
	return !log->list_over;
}

void dump_log_end(struct dump_log *log, uint64_t order)
{
	log->order += order;
}

struct added {
	struct dump_log *log;
	const char *file;
};

static bool add_line(void *arg, const struct input_text *text)
{
	const struct added *added = arg;

	return dump_log_line(added->log, &(struct dump_place){
		.file = added->file, .line = text->line, .order = text->order,
	}, text->text, text->len);
}

void dump_log_add(struct dump_log *log, const char *file, const char *text, size_t len)
{
	struct added added = { log, dump_log_begin(log, file) };
	struct input *input = input_new(INPUT_TEXT, add_line, &added);
	bool fatal;

	input_feed(input, text, len);
	free(input_end(input, &fatal));
	dump_log_end(log, input_order(input));
	input_free(input);
}

char *dump_log_finish(struct dump_log *log)
{
	bool complete = false;

	for (size_t i = 0; i < log->ndumps; i++) {
		struct dump *dump = log->dumps[i];

		if (dump->stage != STAGE_END) {
			damaged(dump, &dump->last, "no end line after this line");
			close_dump(log, dump);
		}
		complete |= !dump->problem;
	}
	log->newest_first &= !complete;
	return keep_finish(log);
}

void dump_log_drop_damaged(struct dump_log *log, void (*each)(void *arg, const struct dump *dump),
			   void *arg)
{
	for (size_t i = 0; i < log->ndumps;) {
		struct dump *dump = log->dumps[i];

		if (!dump->problem) {
			i++;
			continue;
		}
		each(arg, dump);
		if (dump->stage != STAGE_END)
			close_dump(log, dump);
		dump_log_remove(log, dump);
	}
}

static void not_owned(void *node)
{
	(void)node;
}

void dump_log_free(struct dump_log *log)
{
	for (size_t i = 0; i < log->ndumps; i++)
		dump_free(log->dumps[i]);
	for (size_t i = 0; i < log->nmarks; i++)
		free(log->marks[i].name);
	for (size_t i = 0; i < DUMP_ISAS; i++)
		counts_free(&log->reasons[i]);
	for (size_t i = 0; i < log->nfiles; i++)
		free(log->files[i]);
	keep_free(log->lives);
	tdestroy(log->open, not_owned);
	tdestroy(log->words, free);
	free(log->dumps);
	free(log->marks);
	free(log->files);
	free(log);
}
