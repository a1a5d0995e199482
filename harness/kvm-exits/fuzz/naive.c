// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive.h"

typedef unsigned long long ull;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Can the name of a reason contain @c? */
static bool is_word_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_char(char c)
{
	return is_word_char(c) || c == '.' || c == '-';
}

static bool starts(const char *s, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !memcmp(s, prefix, strlen(prefix));
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(s, word, len);
}

static bool same_piece(struct naive_piece a, struct naive_piece b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

/* Read a decimal number without leading zeros. Return false if it is none or exceeds 64 bits. */
static bool number_of(struct naive_piece s, uint64_t *number)
{
	unsigned __int128 n = 0;

	if (!s.len || (s.len > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.p[i]))
			return false;
		n = n * 10 + (s.p[i] - '0');
		if (n > UINT64_MAX)
			return false;
	}
	*number = n;
	return true;
}

/*
 * Match @line with @pattern. In it, a blank matches one or more blanks, and
 *
 *   N  digits
 *   M  name of a host or a process
 *   R  reason
 *   C  any characters except blanks
 *   T  time, "2026-11-26T03:10:22.118Z"
 *   L  '.' or digits
 *   X  8 hexadecimal digits
 *
 * Other characters match themselves. Set @piece to the matches of the letters. Return
 * the length of the text, or 0 if the line doesn't match, or if the last field could go
 * on after it.
 */
static size_t match(const struct naive_line *line, const char *pattern, struct naive_piece *piece)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	const char *s = line->text, *end = s + line->len;

	for (; *pattern; pattern++) {
		const char *p = s;

		switch (*pattern) {
		case ' ':
			while (s < end && *s == ' ')
				s++;
			break;
		case 'N':
			while (s < end && is_digit(*s))
				s++;
			break;
		case 'M':
			while (s < end && is_name_char(*s))
				s++;
			break;
		case 'R':
			while (s < end && is_word_char(*s))
				s++;
			break;
		case 'C':
			while (s < end && *s != ' ')
				s++;
			break;
		case 'L':
			while (s < end && (s == p || *p != '.') && (is_digit(*s) || (s == p && *s == '.')))
				s++;
			break;
		case 'T':
			for (const char *f = form; *f && s < end; f++, s++)
				if (*f == 'd' ? !is_digit(*s) : *s != *f)
					return 0;
			if (s - p != (ptrdiff_t)strlen(form))
				return 0;
			break;
		case 'X':
			while (s < end && s - p < 8 && (is_digit(*s) || (*s >= 'a' && *s <= 'f')))
				s++;
			if (s - p != 8)
				return 0;
			break;
		default:
			if (s < end && *s == *pattern)
				s++;
		}
		if (s == p)
			return 0;
		if (strchr("NMRCTLX", *pattern))
			*piece++ = (struct naive_piece){ p, s - p };
	}
	/* an extra letter, or a second dot after the field "." */
	if (s < end && (is_word_char(*s) || (*s == '.' && s[-1] == '.')))
		return 0;
	return s - line->text;
}

/* Split @line at blanks into words. Return their number, at most @max. */
static size_t words_of(const struct naive_line *line, struct naive_piece *word, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < line->len && n < max; i++) {
		size_t from = i;

		while (i < line->len && line->text[i] != ' ')
			i++;
		if (i > from)
			word[n++] = (struct naive_piece){ line->text + from, i - from };
	}
	return n;
}

void naive_clear(struct naive *log)
{
	log->ndumps = log->nmarks = log->nlines = log->nrows = log->len = log->at = 0;
}

static void add_mark(struct naive *log, const char *text, size_t len)
{
	static const char begin[] = "kvm_exits_step: begin ", end[] = "kvm_exits_step: end ";
	struct naive_mark *mark = &log->marks[log->nmarks++];
	size_t skip = 0, i;

	*mark = (struct naive_mark){ .at = log->at, .kind = 't' };
	if (starts(text, len, begin)) {
		mark->kind = 'b';
		skip = strlen(begin);
	} else if (starts(text, len, end)) {
		mark->kind = 'e';
		skip = strlen(end);
	} else {
		return;
	}
	mark->name = text + skip;
	for (i = skip; i < len && (is_name_char(text[i]) || text[i] == '+'); i++)
		mark->namelen++;
	/* a name is a single word */
	while (i < len && text[i] == ' ')
		i++;
	if (!mark->namelen || (i < len && (is_name_char(text[i]) || text[i] == '+')))
		mark->kind = 't';
}

/* Add a line to its dump, or to a new one. */
static void add_line(struct naive *log, char file, size_t nr, const char *text, size_t len)
{
	struct naive_line line = { .text = text, .len = len };
	bool begin, joins = false;
	struct naive_piece word[3];
	size_t n;

	n = words_of(&line, word, 3);
	if (n < 2 || !number_of(word[1], &line.number))
		return;
	if (n > 2)
		memcpy(line.third, word[2].p, word[2].len < 7 ? word[2].len : 7);
	begin = n > 2 && is_word(word[2].p, word[2].len, "begin");

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
	if (n > 2 && is_word(word[2].p, word[2].len, "end"))
		log->dumps[line.dump].ended = true;
	log->lines[log->nlines++] = line;
}

/* Return the end of the colour escape sequence at @i, or @i if there is none. */
static size_t after_colour(const char *text, size_t i, size_t len)
{
	size_t k = i + 2;

	if (k >= len || text[i] != 27 || text[i + 1] != '[')
		return i;
	while (k < len && (is_digit(text[k]) || text[k] == ';'))
		k++;
	return k < len && (text[k] == 'm' || text[k] == 'K') ? k + 1 : i;
}

void naive_add(struct naive *log, char file, const char *text, size_t len)
{
	size_t nr = 0;

	for (size_t i = 0; i < len; i++) {
		char *start = log->text + log->len;
		size_t n = 0, eol = i;

		while (eol < len && text[eol] != '\n')
			eol++;
		while (i < eol) {
			size_t after = after_colour(text, i, eol);

			if (after == i)
				start[n++] = text[i++];
			else
				i = after;
		}
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
			    is_digit(start[k + 11])) {
				add_line(log, file, nr, start + k, n - k);
				break;
			}
		}
	}
}

/* Each of these returns the length of the line's text, or 0 if the line is malformed. */

static size_t read_begin(const struct naive_line *line, struct naive_dump *dump)
{
	struct naive_piece of[9];
	uint64_t seconds, ms, other;
	size_t len;

	/* pieces: number, isa, host, time, three for the scope, two for the uptime */
	if ((len = match(line, "kvm_exits: N begin format=2 isa=R host=M loaded=T cpus=N/N vms=N "
			       "uptime=N.N", of))) {
		if (!number_of(of[4], &other) || !number_of(of[5], &dump->cpus_possible) ||
		    !number_of(of[6], &other))
			return 0;
		of[5] = of[7];
		of[6] = of[8];
	} else if ((len = match(line, "kvm_exits: N begin format=2 isa=R host=M loaded=T vm=N-N "
				      "vcpus=N uptime=N.N", of)) ||
		   (len = match(line, "kvm_exits: N begin format=2 isa=R host=M loaded=T vm=N-N "
				      "vcpu=N uptime=N.N", of))) {
		dump->vm = (struct naive_piece){
			of[4].p, of[5].p + of[5].len - of[4].p,
		};
		dump->is_vcpu = !memcmp(dump->vm.p + dump->vm.len + strspn(dump->vm.p + dump->vm.len,
									   " "), "vcpu=", 5);
		if (!number_of(of[4], &other) || !number_of(of[5], &other) ||
		    !number_of(of[6], &dump->vcpu))
			return 0;
		of[5] = of[7];
		of[6] = of[8];
	} else {
		return 0;
	}
	dump->vmx = is_word(of[1].p, of[1].len, "vmx");
	if (!dump->vmx && !is_word(of[1].p, of[1].len, "svm"))
		return 0;
	dump->host = of[2];
	dump->loaded = of[3];
	if (!number_of(of[5], &seconds) || of[6].len != 3)
		return 0;
	ms = 100 * (of[6].p[0] - '0') + 10 * (of[6].p[1] - '0') + (of[6].p[2] - '0');
	if ((unsigned __int128)seconds * 1000 + ms > UINT64_MAX)
		return 0;
	dump->uptime_ms = seconds * 1000 + ms;
	return len;
}

static size_t read_heads(const struct naive_line *line, struct naive_dump *dump)
{
	struct naive_piece of[1];
	size_t len = match(line, "kvm_exits: N code reason total since l2", of);

	dump->has_l2 = len;
	return len ? len : match(line, "kvm_exits: N code reason total since", of);
}

/* Set *@number to the number of @code, by which codes are sorted. */
static bool code_number(const char *code, bool vmx, uint64_t *number)
{
	size_t len = strlen(code);
	uint64_t n = 0;

	if (vmx)
		return number_of((struct naive_piece){ code, len }, number) && *number <= UINT32_MAX;
	if (len == 2 && code[0] == '-' && code[1] >= '1' && code[1] <= '4') {
		*number = 0x100000000 - (code[1] - '0');
		return true;
	}
	if (len < 5 || len > 18 || memcmp(code, "0x", 2) || (len > 5 && code[2] == '0'))
		return false;
	for (size_t i = 2; i < len; i++) {
		if (is_digit(code[i]))
			n = 16 * n + (code[i] - '0');
		else if (code[i] >= 'a' && code[i] <= 'f')
			n = 16 * n + (code[i] - 'a' + 10);
		else
			return false;
	}
	*number = n;
	return n < 0xfffffffc || (n > UINT32_MAX && n < UINT64_MAX - 3);
}

/* Read a row with a code, or an "also" row. */
static size_t read_row(const struct naive_line *line, const struct naive_dump *dump,
		       struct naive_row *row)
{
	struct naive_piece of[6];
	size_t len = match(line, dump->has_l2 ? "kvm_exits: N C R N +N L" : "kvm_exits: N C R N +N",
			   of);

	*row = (struct naive_row){ 0 };
	if (!len || of[1].len >= sizeof(row->code) || memchr(of[1].p, '\0', of[1].len) ||
	    !number_of(of[3], &row->total) || !row->total || !number_of(of[4], &row->since) ||
	    row->since > row->total)
		return 0;
	if (dump->has_l2 && !is_word(of[5].p, of[5].len, ".") && !number_of(of[5], &row->l2))
		return 0;
	memcpy(row->code, of[1].p, of[1].len);
	row->name = of[2].p;
	row->namelen = of[2].len;
	row->other = is_word(row->name, row->namelen, "other") && strcmp(row->code, "also");
	return len;
}

static size_t read_vm(const struct naive_line *line, struct naive_dump *dump)
{
	struct naive_vm vm;
	struct naive_piece of[7];
	size_t len;

	/* only dumps of a host have VMs; "busy" is the only VM line, "more=" the last */
	if (dump->vm.len || !dump->number || dump->vms_busy || dump->vms_more)
		return 0;
	if ((len = match(line, "kvm_exits: N vm busy", of))) {
		dump->vms_busy = true;
		return dump->nvms ? 0 : len;
	}
	if ((len = match(line, "kvm_exits: N vm more=N", of)))
		return number_of(of[1], &dump->vms_more) && dump->vms_more ? len : 0;
	len = match(line, "kvm_exits: N vm pid=N name=M vcpus=N total=N since=+N top=R", of);
	/* the name of a reason has no '-' */
	if (len && len < line->len && line->text[len] == '-')
		return 0;
	if (!len) {
		len = match(line, "kvm_exits: N vm pid=N name=M vcpus=N total=N since=+N top=-", of);
		if (!len || (len < line->len && line->text[len] == '-'))
			return 0;
		of[6] = (struct naive_piece){ line->text + len - 1, 1 };
	}
	if (dump->nvms == NAIVE_VMS || !number_of(of[1], &vm.pid) || !number_of(of[3], &vm.vcpus) ||
	    !number_of(of[4], &vm.total) || !number_of(of[5], &vm.since))
		return 0;
	vm.name = of[2];
	vm.top = of[6];
	dump->vms[dump->nvms++] = vm;
	return len;
}

/* Update a CRC-32 (IEEE 802.3). */
static uint32_t crc_of(uint32_t crc, const char *text, size_t len)
{
	static uint32_t table[256];

	if (!table[1]) {
		for (uint32_t i = 0; i < 256; i++) {
			table[i] = i;
			for (int bit = 0; bit < 8; bit++)
				table[i] = (table[i] >> 1) ^ (table[i] % 2 * 0xedb88320u);
		}
	}
	crc = ~crc;
	while (len--)
		crc = (crc >> 8) ^ table[(crc ^ *text++) & 255];
	return ~crc;
}

/* Does the end line match the other lines of the dump? */
static bool read_end(const struct naive_line *line, struct naive_dump *dump)
{
	uint64_t rows, exits, since;
	struct naive_piece of[5];
	char crc[16];

	if (!match(line, "kvm_exits: N end rows=N exits=N since=+N crc=X", of) ||
	    !number_of(of[1], &rows) || !number_of(of[2], &exits) || !number_of(of[3], &since))
		return false;
	dump->crc = crc_of(dump->crc, line->text, of[4].p - strlen("crc=") - line->text);
	snprintf(crc, sizeof(crc), "%08x", dump->crc);
	return rows == dump->nrows && exits == dump->exits && since == dump->since &&
	       !memcmp(of[4].p, crc, 8);
}

static bool same_name(const struct naive_row *a, const struct naive_row *b)
{
	return a->namelen == b->namelen && !memcmp(a->name, b->name, a->namelen);
}

/* Update the dump's CRC with @len bytes of @line. Return whether @len is not 0. */
static bool counts(struct naive_dump *dump, const struct naive_line *line, size_t len)
{
	dump->crc = crc_of(crc_of(dump->crc, line->text, len), "\n", 1);
	return len;
}

/* Apply all rules for one dump, whose lines are @lines. */
static bool is_sound(struct naive *log, struct naive_dump *dump,
		     const struct naive_line *const *lines, size_t nlines)
{
	unsigned __int128 exits = 0, since = 0;
	size_t i = 2;

	/* the dump has a begin line, the heads of the columns, and an end line */
	if (!dump->begun || !dump->ended || nlines < 3 ||
	    !counts(dump, lines[0], read_begin(lines[0], dump)) ||
	    !counts(dump, lines[1], read_heads(lines[1], dump)))
		return false;
	/* no line of another dump is between its lines */
	if (lines[nlines - 1] - lines[0] != (ptrdiff_t)nlines - 1)
		return false;

	dump->rows = &log->rows[log->nrows];
	for (; i < nlines - 1; i++) {
		struct naive_row *row = &dump->rows[dump->nrows];
		const struct naive_row *before = row - 1;
		uint64_t code, code_before;

		if (!strcmp(lines[i]->third, "also") || !strcmp(lines[i]->third, "vm"))
			break;
		if (!counts(dump, lines[i], read_row(lines[i], dump, row)) ||
		    !code_number(row->code, dump->vmx, &code))
			return false;
		/* codes ascend, and "other" is the last row */
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
	if (i < nlines - 1 && !strcmp(lines[i]->third, "also")) {
		if (!dump->vmx || !counts(dump, lines[i], read_row(lines[i], dump, dump->also)) ||
		    !is_word(dump->also->name, dump->also->namelen, "failed_vmentry"))
			return false;
		dump->nalso++;
		log->nrows++;
		i++;
	}
	for (; i < nlines - 1; i++)
		if (!counts(dump, lines[i], read_vm(lines[i], dump)))
			return false;

	dump->exits = exits;
	dump->since = since;
	return exits <= UINT64_MAX && since <= UINT64_MAX && read_end(lines[nlines - 1], dump);
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

bool naive_one_life(const struct naive_dump *a, const struct naive_dump *b)
{
	return same_piece(a->host, b->host) && same_piece(a->loaded, b->loaded) &&
	       same_piece(a->vm, b->vm) && a->is_vcpu == b->is_vcpu &&
	       (!a->is_vcpu || a->vcpu == b->vcpu);
}

const char *naive_refusal(const struct naive_dump *from, const struct naive_dump *to, bool strict)
{
	bool numbered = from->number && to->number;

	if (!naive_one_life(from, to))
		return "they are of two lives";
	if (from->vmx != to->vmx)
		return "the isas differ";
	if (from->cpus_possible != to->cpus_possible)
		return "the numbers of possible CPUs differ";
	if (to->uptime_ms < from->uptime_ms)
		return "the uptime went down";
	if (numbered && to->number < from->number)
		return "the number went down";
	if (numbered && to->number == from->number && (strict || to->crc != from->crc))
		return "the number is the same";
	for (size_t i = 0; i < from->nrows + from->nalso; i++) {
		const struct naive_row *a = i < from->nrows ? &from->rows[i] :
							    &from->also[i - from->nrows];
		const struct naive_row *b = naive_same(to, a);

		if (!b || b->total < a->total || b->l2 < a->l2)
			return "a total went down";
		if (!same_name(a, b))
			return "a code has two names";
	}
	for (size_t i = 0; i < to->nrows + to->nalso; i++) {
		const struct naive_row *b = i < to->nrows ? &to->rows[i] : &to->also[i - to->nrows];
		const struct naive_row *a = naive_same(from, b);
		uint64_t change = b->total - (a ? a->total : 0);

		if (numbered && to->number > from->number && b->since > change)
			return "since exceeds the change";
		if (numbered && to->number - from->number == 1 && b->since != change)
			return "since is not the change";
	}
	return NULL;
}
