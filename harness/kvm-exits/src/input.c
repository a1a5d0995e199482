// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "alloc.h"
#include "input.h"
#include "journal.h"
#include "piece.h"

/* Text that waits for the end of its line, at least and at most; decompressed text; a line */
#define BUFFER_MIN (8 << 10)
#define BUFFER_SIZE (256 << 10)
#define CHUNK_SIZE (64 << 10)

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

	bool begun;		/* the syntax is known */
	struct journal *journal;	/* its reader, or NULL for lines of text */
	char *buffer;		/* text of lines that were not read yet */
	size_t size;
	size_t len;
	uint64_t nr;		/* the number of newlines before the buffer */
	uint64_t order;		/* of the last text */
	bool skipping;		/* a line that is longer than the buffer: it had its message */
	bool mail;		/* quoted-printable */
	struct piece soft;	/* quoted-printable: a line that goes on */
};

/* --- Lines ---------------------------------------------------------------------- */

/* Return the length of the colour sequence at @p, as of dmesg or grep, or 0. */
static size_t colour(const char *p, const char *end)
{
	/* as such, as rsyslog, cat -v and /dev/kmsg write it */
	static const char *const begins[] = { "\033[", "#033[", "^[[", "\\x1b[" };
	size_t skip = 0;

	for (size_t i = 0; !skip && i < sizeof(begins) / sizeof(*begins); i++)
		if (piece_begins(p, end, begins[i]))
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
		if (piece_begins(p, end, blanks[i]))
			return strlen(blanks[i]);
	return 0;
}

/* Return the length of the end of a line in HTML or of an escaped one at @p, or 0. */
static size_t line_end(const char *p, const char *end)
{
	static const char *const ends[] = { "\\n", "</", "<br" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (piece_begins(p, end, ends[i]))
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
	char line[PIECE_MAX + 1];
	const char *from = line, *to, *message;
	size_t len = end - p, skip = 0;
	/* a colour may be inside of the word */
	bool has = memmem(p, len, PIECE_MESSAGE, strlen(PIECE_MESSAGE)) || memchr(p, '\033', len);

	if (!len || (!has && !in->every))
		return;
	if (end - p > PIECE_MAX) {
		/* the time is at the beginning, the message at the end */
		message = memmem(p, end - p, PIECE_MESSAGE, strlen(PIECE_MESSAGE));
		if (message && message - p > PIECE_MAX / 2)
			p = message - PIECE_MAX / 2;
		if (end - p > PIECE_MAX)
			end = p + PIECE_MAX;
	}
	len = end - p;
	if (has)
		len = clean(line, p, end);
	else
		memcpy(line, p, len);
	end = line + len;
	do {
		message = memmem(from, end - from, PIECE_MESSAGE, strlen(PIECE_MESSAGE));
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

/* Decode a line of a quoted-printable mail. A "=" at its end joins the next line. */
static void put_mail(struct input *in, uint64_t nr, const char *p, const char *end)
{
	static const char header[] = "Content-Transfer-Encoding:";
	bool goes_on;

	if (piece_begins(p, end, header) && !memmem(p, end - p, "quoted", 6))
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
		piece_append(&in->soft, &c, 1);
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

	if (in->kind == INPUT_ANY && !in->mail && end - p < PIECE_MAX &&
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

/* Read the complete lines in the buffer from @p to @end, which follows a line's end. */
static void read_lines(struct input *in, const char *p, const char *end)
{
	bool all = in->every || in->mail || memchr(p, '\033', end - p);

	while (p < end) {
		const char *eol, *hit = p;

		if (!all) {
			hit = memmem(p, end - p, PIECE_MESSAGE, strlen(PIECE_MESSAGE));
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
	const char *hit = memmem(in->buffer, in->len, PIECE_MESSAGE, strlen(PIECE_MESSAGE));
	const char *keep = in->buffer + in->len - PIECE_MAX / 2;
	const char *cr = memrchr(in->buffer, '\r', in->len);

	if (cr && !in->skipping) {
		/* other systems' lines, or a progress bar */
		put_line(in, in->nr + 1, in->buffer, cr);
		keep = cr + 1;
	} else if (hit && in->buffer + in->len - hit >= PIECE_MAX) {
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

/* --- Text --------------------------------------------------------------------- */

static void put_journal(void *arg, uint64_t nr, const char *p, const char *end)
{
	put_line(arg, nr, p, end);
}

static void text_feed(struct input *in, const char *p, size_t len)
{
	enum journal_kind kind;

	if (!len)
		return;
	if (!in->begun) {
		in->begun = true;
		kind = in->kind == INPUT_ANY ? journal_find(p, len) : JOURNAL_NONE;
		if (kind != JOURNAL_NONE) {
			in->journal = journal_new(kind, put_journal, in);
			in->every = false;
		}
	}
	if (in->journal)
		journal_feed(in->journal, p, len);
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

		/* A header has zeros before its magic. A log can have the same bytes there. */
		if (kind->at && !memchr(p, '\0', len < kind->at ? len : kind->at))
			continue;
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
	if (in->journal)
		journal_end(in->journal);
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
	journal_free(in->journal);
	free(in->buffer);
	free(in->chunk);
	free(in->error);
	free(in);
}
