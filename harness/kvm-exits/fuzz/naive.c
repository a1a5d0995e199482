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
	return len && *s == *prefix && len >= strlen(prefix) && !memcmp(s, prefix, strlen(prefix));
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

/* Is @s the beginning of @word? If @open, it may also go on after it. */
static bool begins(struct naive_piece s, const char *word, bool open)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!word[i])
			return open;
		if (s.p[i] != word[i])
			return false;
	}
	return true;
}

/* Can these first @n words be those of a line of a dump, perhaps torn? */
static bool may_be_line(const struct naive_piece *word, size_t n)
{
	if (n < 3)
		return true;
	if (n == 3 && (begins(word[2], "begin", false) || begins(word[2], "code", false) ||
		       begins(word[2], "also", false) || begins(word[2], "vm", false) ||
		       begins(word[2], "end", false)))
		return true;
	if (n > 3) {
		if (is_word(word[2].p, word[2].len, "begin") && begins(word[3], "format=", true))
			return true;
		if (is_word(word[2].p, word[2].len, "code") && begins(word[3], "reason", true))
			return true;
		if (is_word(word[2].p, word[2].len, "also") && begins(word[3], "failed_vmentry", true))
			return true;
		if (is_word(word[2].p, word[2].len, "vm") &&
		    (begins(word[3], "pid=", true) || begins(word[3], "busy", true) ||
		     begins(word[3], "more=", true)))
			return true;
		if (is_word(word[2].p, word[2].len, "end") && begins(word[3], "rows=", true))
			return true;
	}
	/* a row */
	if (word[2].p[0] != '-' && !is_digit(word[2].p[0]))
		return false;
	for (size_t i = 0; i < word[2].len; i++)
		if (!is_digit(word[2].p[i]) && word[2].p[i] != '-' && word[2].p[i] != 'x' &&
		    (word[2].p[i] < 'a' || word[2].p[i] > 'f'))
			return false;
	for (size_t i = 0; n > 3 && i < word[3].len; i++)
		if (!is_word_char(word[3].p[i]))
			return false;
	return n < 5 || is_digit(word[4].p[0]);
}

static bool contains(const char *text, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++)
		if (starts(text + i, len - i, word))
			return true;
	return false;
}

/* Add a line to its dump, or to a new one. @repeated: it stands for equal lines. */
static void add_line(struct naive *log, char file, size_t nr, const char *text, size_t len,
		     bool repeated)
{
	struct naive_line line = { .text = text, .len = len };
	struct naive_dump *open = NULL;
	struct naive_piece word[5];
	bool begin;
	size_t n;

	n = words_of(&line, word, 5);
	if (n < 2 || !number_of(word[1], &line.number))
		return;
	if (n > 2)
		memcpy(line.third, word[2].p, word[2].len < 7 ? word[2].len : 7);
	begin = n > 2 && is_word(word[2].p, word[2].len, "begin");

	/* the last dump of that number, if it has no end line yet */
	for (size_t i = log->ndumps; !open && i--;) {
		if (log->dumps[i].number == line.number) {
			if (log->dumps[i].ended)
				break;
			open = &log->dumps[i];
		}
	}
	if (open && repeated)
		open->repeated = true;
	if (repeated || (!open && !may_be_line(word, n)))
		return;
	if (!open || begin) {
		open = &log->dumps[log->ndumps++];
		*open = (struct naive_dump){
			.number = line.number, .file = file, .line = nr, .at = log->at,
			.begun = begin,
		};
	}
	line.dump = open - log->dumps;
	open->end = log->at;
	if (n > 2 && is_word(word[2].p, word[2].len, "end"))
		open->ended = true;
	log->lines[log->nlines++] = line;
}

/* Return the end of the colour escape sequence at @i, or @i if there is none. */
static size_t after_colour(const char *text, size_t i, size_t len)
{
	static const char *const begins[] = { "\33[", "#033[", "^[[", "\\x1b[" };
	size_t k = i;

	for (int b = 0; b < 4; b++)
		if (starts(text + i, len - i, begins[b]))
			k = i + strlen(begins[b]);
	if (k == i)
		return i;
	while (k < len && (is_digit(text[k]) || text[k] == ';'))
		k++;
	return k < len && (text[k] == 'm' || text[k] == 'K') ? k + 1 : i;
}

/* Copy @len bytes of @text to @out without colours, with plain blanks. Return the length. */
static size_t cleaned(char *out, const char *text, size_t len)
{
	size_t n = 0, i = 0;

	while (i < len) {
		size_t after = after_colour(text, i, len);

		if (after != i) {
			i = after;
		} else if (starts(text + i, len - i, "\xc2\xa0")) {
			out[n++] = ' ';
			i += 2;
		} else if (starts(text + i, len - i, "&nbsp;")) {
			out[n++] = ' ';
			i += 6;
		} else {
			out[n++] = text[i++];
		}
	}
	return n;
}

/* Add the message of a text, if there is one. */
static void add_text(struct naive *log, char file, size_t nr, const char *text, size_t len)
{
	log->at++;
	for (size_t k = 0; k < len; k++) {
		if (starts(text + k, len - k, "kvm_exits_step:")) {
			add_mark(log, text + k, len - k);
			return;
		}
		if (starts(text + k, len - k, "kvm_exits: ") && len - k > 11 &&
		    is_digit(text[k + 11])) {
			add_line(log, file, nr, text + k, len - k, contains(text, k, " times: ["));
			return;
		}
	}
}

/* Add the messages of a text without ends of lines. */
static void add_piece(struct naive *log, char file, size_t nr, const char *text, size_t len)
{
	char *out = log->text + log->len;
	size_t from = 0, message = 0, n;

	if (!contains(text, len, "kvm_exit") && !memchr(text, 27, len))
		return;
	if (len > NAIVE_LINE) {
		while (message < len && !starts(text + message, len - message, "kvm_exit"))
			message++;
		if (message < len && message > NAIVE_BEFORE) {
			text += message - NAIVE_BEFORE;
			len -= message - NAIVE_BEFORE;
		}
		len = len < NAIVE_LINE ? len : NAIVE_LINE;
	}
	n = cleaned(out, text, len);
	log->len += n;
	while (from < n) {
		size_t to;

		message = from;
		while (message < n && !starts(out + message, n - message, "kvm_exit"))
			message++;
		for (to = message; to < n; to++)
			if (starts(out + to, n - to, "<br") || starts(out + to, n - to, "</") ||
			    starts(out + to, n - to, "\\n"))
				break;
		add_text(log, file, nr, out + from, to - from);
		from = to + 1;
	}
}

void naive_add(struct naive *log, char file, const char *text, size_t len)
{
	size_t nr = 1;

	for (size_t from = 0, to; from < len; from = to + 1) {
		for (to = from; to < len && text[to] != '\n' && text[to] != '\r'; to++)
			;
		add_piece(log, file, nr, text + from, to - from);
		nr += to < len && text[to] == '\n';
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
	if (!dump->begun || !dump->ended || dump->repeated || nlines < 3 ||
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

static bool is_repeat(const struct naive_dump *a, const struct naive_dump *b)
{
	return a->sound && b->sound && a->number == b->number && a->crc == b->crc &&
	       a->uptime_ms == b->uptime_ms && a->exits == b->exits && naive_one_life(a, b);
}

/* Forget the marks of steps that came before, whose dumps were forgotten: those at @gone. */
static void forget_marks(struct naive *log, const size_t *gone, size_t ngone)
{
	size_t kept = 0;

	for (size_t i = 0; i < log->nmarks; i++) {
		const struct naive_mark *begin = &log->marks[i], *end = begin + 1;
		bool known = false, repeats = false, empty = true;

		if (i + 1 < log->nmarks && begin->kind == 'b' && end->kind == 'e' &&
		    begin->namelen == end->namelen && !memcmp(begin->name, end->name, end->namelen)) {
			for (size_t k = 0; k < kept; k++)
				known |= log->marks[k].kind != 't' &&
					 log->marks[k].namelen == begin->namelen &&
					 !memcmp(log->marks[k].name, begin->name, begin->namelen);
			for (size_t k = 0; k < ngone; k++)
				repeats |= gone[k] > begin->at && gone[k] < end->at;
			for (size_t k = 0; k < log->ndumps; k++)
				empty &= log->dumps[k].at < begin->at || log->dumps[k].at > end->at;
		}
		if (known && repeats && empty)
			i++;
		else
			log->marks[kept++] = *begin;
	}
	log->nmarks = kept;
}

void naive_finish(struct naive *log)
{
	static const struct naive_line *lines[NAIVE_LINES];
	static size_t gone[NAIVE_LINES];
	size_t ngone = 0, kept = 0;

	for (size_t i = 0; i < log->ndumps; i++) {
		struct naive_dump *dump = &log->dumps[i];
		size_t nlines = 0;

		for (size_t k = 0; k < log->nlines; k++)
			if (log->lines[k].dump == i)
				lines[nlines++] = &log->lines[k];
		dump->sound = is_sound(log, dump, lines, nlines);
	}
	for (size_t i = 0; i < log->ndumps; i++) {
		bool again = false;

		for (size_t k = 0; k < kept; k++)
			again |= is_repeat(&log->dumps[k], &log->dumps[i]);
		if (again)
			gone[ngone++] = log->dumps[i].end;
		else
			log->dumps[kept++] = log->dumps[i];
	}
	log->ndumps = kept;
	if (ngone)
		forget_marks(log, gone, ngone);
	for (size_t i = 0; i < log->ndumps; i++) {
		struct naive_dump *dump = &log->dumps[i];
		size_t nth = 1, of = 0;

		for (size_t k = 0; k < log->ndumps; k++) {
			of += log->dumps[k].number == dump->number;
			nth += k < i && log->dumps[k].number == dump->number;
		}
		snprintf(dump->label, sizeof(dump->label), of > 1 ? "%llu.%zu" : "%llu",
			 (ull)dump->number, nth);
	}
}

bool naive_older(const struct naive_dump *a, const struct naive_dump *b)
{
	return a->uptime_ms != b->uptime_ms ? a->uptime_ms < b->uptime_ms : a->at < b->at;
}

const struct naive_dump *naive_last(const struct naive *log)
{
	const struct naive_dump *last = NULL, *latest;

	for (size_t i = 0; i < log->ndumps; i++)
		if (log->dumps[i].sound)
			last = &log->dumps[i];
	latest = last;
	for (size_t i = 0; last && i < log->ndumps; i++)
		if (log->dumps[i].sound && naive_one_life(&log->dumps[i], last) &&
		    naive_older(latest, &log->dumps[i]))
			latest = &log->dumps[i];
	return latest;
}

const struct naive_dump *naive_first(const struct naive *log)
{
	const struct naive_dump *first = NULL, *earliest;

	for (size_t i = log->ndumps; i--;)
		if (log->dumps[i].sound)
			first = &log->dumps[i];
	earliest = first;
	for (size_t i = 0; first && i < log->ndumps; i++)
		if (log->dumps[i].sound && naive_one_life(&log->dumps[i], first) &&
		    naive_older(&log->dumps[i], earliest))
			earliest = &log->dumps[i];
	return earliest;
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
