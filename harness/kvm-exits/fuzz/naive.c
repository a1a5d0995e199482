// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive.h"

typedef unsigned long long ull;

/* A dump's line with a name of any length fits. */
static char want[NAIVE_MAX + 256];

/* Is the line what snprintf() just made of it in @want, @n bytes? */
static bool is_wanted(const struct naive_line *line, int n)
{
	return (size_t)n == line->len && !memcmp(want, line->text, line->len);
}

/* The words of a line: what blanks separate. Return how many, at most @max. */
static size_t words_of(const struct naive_line *line, const char **word, size_t *len, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < line->len && n < max; i++) {
		if (line->text[i] == ' ')
			continue;
		word[n] = line->text + i;
		while (i < line->len && line->text[i] != ' ')
			i++;
		len[n] = line->text + i - word[n];
		n++;
	}
	return n;
}

/* Digits of base 10 or 16 and no more; false for more than 64 bits. */
static bool number_of(const char *s, size_t len, unsigned int base, uint64_t *number)
{
	unsigned __int128 n = 0;

	if (!len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			n = n * base + (s[i] - '0');
		else if (base == 16 && s[i] >= 'a' && s[i] <= 'f')
			n = n * base + (s[i] - 'a' + 10);
		else
			return false;
		if (n > UINT64_MAX)
			return false;
	}
	*number = n;
	return true;
}

static bool starts(const char *s, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !memcmp(s, prefix, strlen(prefix));
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(s, word, len);
}

/* "KEY=NUMBER" */
static bool value_of(const char *s, size_t len, const char *key, uint64_t *number)
{
	return starts(s, len, key) && number_of(s + strlen(key), len - strlen(key), 10, number);
}

/* Letters, digits and signs of ASCII. */
static bool is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < '!' || s[i] > '~')
			return false;
	return len > 0;
}

void naive_clear(struct naive *log)
{
	log->ndumps = log->nmarks = log->nlines = log->nrows = log->len = log->at = 0;
}

static void add_mark(struct naive *log, const char *text, size_t len)
{
	static const char begin[] = "kvm_exits_step: begin ", end[] = "kvm_exits_step: end ";
	struct naive_mark *mark = &log->marks[log->nmarks++];
	size_t skip = 0;

	*mark = (struct naive_mark){ .at = log->at, .kind = 't' };
	if (starts(text, len, begin)) {
		mark->kind = 'b';
		skip = strlen(begin);
	} else if (starts(text, len, end)) {
		mark->kind = 'e';
		skip = strlen(end);
	}
	mark->name = text + skip;
	mark->namelen = len - skip;
	if (!mark->namelen)
		mark->kind = 't';
	for (size_t i = 0; i < mark->namelen; i++) {
		char c = mark->name[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (c && strchr("_.+-", c))))
			mark->kind = 't';
	}
}

/* Which dump is this line one of? */
static void add_line(struct naive *log, char file, size_t nr, const char *text, size_t len)
{
	struct naive_line line = { .text = text, .len = len };
	bool begin, joins = false;
	const char *word[3];
	size_t lens[3], n;

	n = words_of(&line, word, lens, 3);
	if (n < 2 || !number_of(word[1], lens[1], 10, &line.number))
		return;
	if (n > 2)
		memcpy(line.third, word[2], lens[2] < 7 ? lens[2] : 7);
	begin = n > 2 && is_word(word[2], lens[2], "begin");

	/* the last dump of that number, if it has no end line yet */
	for (size_t i = log->ndumps; !begin && i--;) {
		if (log->dumps[i].number == line.number) {
			line.dump = i;
			joins = !log->dumps[i].ended;
			break;
		}
	}
	if (!joins) {
		line.dump = log->ndumps++;
		log->dumps[line.dump] = (struct naive_dump){
			.number = line.number, .file = file, .line = nr, .at = log->at,
			.begun = begin,
		};
	}
	log->dumps[line.dump].end = log->at;
	if (n > 2 && is_word(word[2], lens[2], "end"))
		log->dumps[line.dump].ended = true;
	log->lines[log->nlines++] = line;
}

void naive_add(struct naive *log, char file, const char *text, size_t len)
{
	size_t nr = 0;

	for (size_t i = 0; i < len; i++) {
		char *start = log->text + log->len;
		size_t n = 0;

		for (; i < len && text[i] != '\n'; i++)
			if (text[i] != '\r')
				start[n++] = text[i];
		log->len += n;
		log->at++;
		nr++;
		for (size_t k = 0; k < n; k++) {
			if (start[k] != 'k')
				continue;
			if (starts(start + k, n - k, "kvm_exits_step:")) {
				add_mark(log, start + k, n - k);
				break;
			}
			if (starts(start + k, n - k, "kvm_exits: ") && n - k > 11 &&
			    start[k + 11] >= '0' && start[k + 11] <= '9') {
				add_line(log, file, nr, start + k, n - k);
				break;
			}
		}
	}
}

static bool read_begin(const struct naive_line *line, struct naive_dump *dump)
{
	uint64_t seconds, ms;
	const char *word[8], *dot;
	size_t len[8];

	if (words_of(line, word, len, 8) != 7)
		return false;
	dot = memchr(word[6], '.', len[6]);
	if (!dot || !value_of(word[5], len[5], "cpus=", &dump->cpus) ||
	    !value_of(word[6], dot - word[6], "uptime=", &seconds) ||
	    word[6] + len[6] - dot != 4 || !number_of(dot + 1, 3, 10, &ms))
		return false;
	if (is_word(word[4], len[4], "isa=vmx"))
		dump->vmx = true;
	else if (!is_word(word[4], len[4], "isa=svm"))
		return false;
	if ((unsigned __int128)seconds * 1000 + ms > UINT64_MAX)
		return false;
	dump->uptime_ms = seconds * 1000 + ms;
	return is_wanted(line, snprintf(want, sizeof(want),
			 "kvm_exits: %llu begin format=1 isa=%s cpus=%llu uptime=%llu.%03llu",
			 (ull)dump->number, dump->vmx ? "vmx" : "svm", (ull)dump->cpus,
			 (ull)seconds, (ull)ms));
}

static bool read_header(const struct naive_line *line, const struct naive_dump *dump)
{
	return is_wanted(line, snprintf(want, sizeof(want), "kvm_exits: %llu %7s  %-26s %12s %13s",
			 (ull)dump->number, "code", "reason", "total", "since"));
}

/* A code that follows all others is UINT64_MAX. */
static bool code_number(const char *code, bool vmx, uint64_t *number)
{
	char again[24];

	if (vmx) {
		if (!number_of(code, strlen(code), 10, number))
			return false;
		snprintf(again, sizeof(again), "%llu", (ull)*number);
		return !strcmp(code, again);
	}
	*number = UINT64_MAX;
	if (!strcmp(code, "-1"))
		return true;
	if (!starts(code, strlen(code), "0x") ||
	    !number_of(code + 2, strlen(code + 2), 16, number) || *number == UINT64_MAX)
		return false;
	snprintf(again, sizeof(again), "0x%03llx", (ull)*number);
	return !strcmp(code, again);
}

/* A row with a code or with "also". */
static bool read_row(const struct naive_line *line, const struct naive_dump *dump,
		     struct naive_row *row)
{
	const char *word[7];
	size_t len[7];

	*row = (struct naive_row){ 0 };
	if (words_of(line, word, len, 7) != 6 || len[2] >= sizeof(row->code) ||
	    memchr(word[2], '\0', len[2]) || !is_name(word[3], len[3]) ||
	    !number_of(word[4], len[4], 10, &row->total) ||
	    !value_of(word[5], len[5], "+", &row->since) || row->since > INT64_MAX ||
	    row->since > row->total)
		return false;
	memcpy(row->code, word[2], len[2]);
	row->name = word[3];
	row->namelen = len[3];
	row->other = is_word(word[3], len[3], "other") && strcmp(row->code, "also");
	return is_wanted(line, snprintf(want, sizeof(want),
			 "kvm_exits: %llu %7s  %-26.*s %12llu %+13lld", (ull)dump->number,
			 row->code, (int)row->namelen, row->name, (ull)row->total,
			 (long long)row->since));
}

static bool read_none(const struct naive_line *line, const struct naive_dump *dump)
{
	int n = snprintf(want, sizeof(want), "kvm_exits: %llu %7s ", (ull)dump->number, "none");

	if (!starts(line->text, line->len, want))
		return false;
	/* each blank is one before a name */
	for (size_t i = n, k; i < line->len; i = k) {
		for (k = i + 1; k < line->len && line->text[k] != ' '; k++)
			;
		if (line->text[i] != ' ' || !is_name(line->text + i + 1, k - i - 1))
			return false;
	}
	return line->len > (size_t)n;
}

/* Does the end line say of the dump what its lines say? */
static bool read_end(const struct naive_line *line, const struct naive_dump *dump, size_t bytes)
{
	return is_wanted(line, snprintf(want, sizeof(want),
			 "kvm_exits: %llu end rows=%zu exits=%llu since=+%llu bytes=%zu",
			 (ull)dump->number, dump->nrows, (ull)dump->exits, (ull)dump->since,
			 bytes));
}

static bool same_name(const struct naive_row *a, const struct naive_row *b)
{
	return a->namelen == b->namelen && !memcmp(a->name, b->name, a->namelen);
}

/* All rules for one dump, whose lines are @lines. */
static bool is_sound(struct naive *log, struct naive_dump *dump,
		     const struct naive_line *const *lines, size_t nlines)
{
	unsigned __int128 exits = 0, since = 0;
	size_t i = 2, bytes = 0;

	/* it begins, has the heads of the columns, and ends */
	if (!dump->begun || !dump->ended || nlines < 3 || !read_begin(lines[0], dump) ||
	    !read_header(lines[1], dump))
		return false;
	/* no line of another dump is between its lines */
	if (lines[nlines - 1] - lines[0] != (ptrdiff_t)nlines - 1)
		return false;

	dump->rows = &log->rows[log->nrows];
	for (; i < nlines - 1; i++) {
		struct naive_row *row = &dump->rows[dump->nrows];
		const struct naive_row *before = row - 1;
		uint64_t code, code_before;

		if (!strcmp(lines[i]->third, "also") || !strcmp(lines[i]->third, "none"))
			break;
		if (!read_row(lines[i], dump, row) || !code_number(row->code, dump->vmx, &code))
			return false;
		/* codes ascend, but "other" is the last */
		if (dump->nrows) {
			code_number(before->code, dump->vmx, &code_before);
			if (before->other || (!row->other && code <= code_before))
				return false;
		}
		exits += row->total;
		since += row->since;
		dump->nrows++;
		log->nrows++;
	}
	dump->also = &log->rows[log->nrows];
	for (; i < nlines - 1 && !strcmp(lines[i]->third, "also"); i++) {
		if (!read_row(lines[i], dump, &dump->also[dump->nalso]))
			return false;
		for (size_t k = 0; k < dump->nalso; k++)
			if (same_name(&dump->also[k], &dump->also[dump->nalso]))
				return false;
		dump->nalso++;
		log->nrows++;
	}
	for (; i < nlines - 1; i++)
		if (!read_none(lines[i], dump))
			return false;

	for (i = 0; i < nlines - 1; i++)
		bytes += lines[i]->len;
	dump->exits = exits;
	dump->since = since;
	return exits <= UINT64_MAX && since <= INT64_MAX &&
	       read_end(lines[nlines - 1], dump, bytes);
}

void naive_finish(struct naive *log)
{
	static const struct naive_line *lines[NAIVE_LINES];

	for (size_t i = 0; i < log->ndumps; i++) {
		struct naive_dump *dump = &log->dumps[i];
		size_t nth = 1, of = 0, nlines = 0;

		for (size_t k = 0; k < log->ndumps; k++) {
			of += log->dumps[k].number == dump->number;
			nth += k < i && log->dumps[k].number == dump->number;
		}
		snprintf(dump->label, sizeof(dump->label), of > 1 ? "%llu.%zu" : "%llu",
			 (ull)dump->number, nth);

		for (size_t k = 0; k < log->nlines; k++)
			if (log->lines[k].dump == i)
				lines[nlines++] = &log->lines[k];
		dump->sound = is_sound(log, dump, lines, nlines);
	}
}

const struct naive_dump *naive_find(const struct naive *log, const char *label)
{
	for (size_t i = 0; i < log->ndumps; i++)
		if (!strcmp(log->dumps[i].label, label))
			return &log->dumps[i];
	return NULL;
}

const struct naive_row *naive_same(const struct naive_dump *dump, const struct naive_row *row)
{
	for (size_t i = 0; i < dump->nrows + dump->nalso; i++) {
		const struct naive_row *mine = i < dump->nrows ? &dump->rows[i] :
							       &dump->also[i - dump->nrows];
		bool also = !strcmp(mine->code, "also");

		/* the code of "other" can differ from dump to dump */
		if (strcmp(row->code, "also") ? !also && (mine->other || row->other ?
							  mine->other && row->other :
							  !strcmp(mine->code, row->code)) :
						also && same_name(mine, row))
			return mine;
	}
	return NULL;
}

const char *naive_restart(const struct naive_dump *from, const struct naive_dump *to, bool strict)
{
	if (from->vmx != to->vmx)
		return "another isa";
	if (from->cpus != to->cpus)
		return "another number of CPUs";
	if (to->uptime_ms < from->uptime_ms)
		return "the uptime went down";
	if (to->number < from->number || (strict && to->number == from->number))
		return "the number did not go up";
	for (size_t i = 0; i < from->nrows + from->nalso; i++) {
		const struct naive_row *a = i < from->nrows ? &from->rows[i] :
							    &from->also[i - from->nrows];
		const struct naive_row *b = naive_same(to, a);

		if (!b || b->total < a->total)
			return "a total went down";
		if (!same_name(a, b))
			return "a code has two names";
		if (to->number > from->number && b->total - b->since < a->total)
			return "a change does not reach back";
	}
	return NULL;
}
