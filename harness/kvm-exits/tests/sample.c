// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "sample.h"

static void append(struct sample *sample, const char *text, size_t len)
{
	sample->text = must(realloc(sample->text, sample->len + len + 1));
	memcpy(sample->text + sample->len, text, len);
	sample->len += len;
	sample->text[sample->len] = '\0';
	sample->crc = sample_crc(sample->crc, text, len);
}

static __attribute__((format(printf, 2, 3)))
void print(struct sample *sample, const char *fmt, ...)
{
	va_list ap;
	char *piece;

	va_start(ap, fmt);
	piece = vtext(fmt, ap);
	va_end(ap);
	append(sample, piece, strlen(piece));
	free(piece);
}

void sample_line(struct sample *sample, const char *fmt, ...)
{
	va_list ap;
	char *line;

	va_start(ap, fmt);
	line = vtext(fmt, ap);
	va_end(ap);
	append(sample, line, strlen(line));
	append(sample, "\n", 1);
	free(line);
}

uint32_t sample_crc(uint32_t crc, const char *text, size_t len)
{
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= (uint8_t)text[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put_rows(struct sample *sample, unsigned int number, const struct sample_row *rows)
{
	bool has_l2 = false;

	for (const struct sample_row *row = rows; row->code; row++)
		has_l2 |= row->l2 != NULL;
	sample_line(sample, "kvm_exits: %u  %6s  %-19s  %12s  %13s%s", number, "code", "reason",
		    "total", "since", has_l2 ? "    l2" : "");
	for (const struct sample_row *row = rows; row->code; row++) {
		print(sample, "kvm_exits: %u  %6s  %-19s  %12" PRIu64, number, row->code,
		      row->name, row->total);
		print(sample, "  %*s+%" PRIu64, row->since < 1000 ? 5 : 0, "", row->since);
		if (has_l2)
			print(sample, "  %4s", row->l2 ? row->l2 : ".");
		sample_line(sample, "%s", "");
	}
}

void sample_dump(struct sample *sample, const struct sample_dump *dump)
{
	static const struct sample_row none[] = { { 0 } };
	const struct sample_row *rows = dump->rows ? dump->rows : none;
	uint64_t exits = 0, since = 0;
	size_t nrows = 0;

	sample->crc = 0;
	sample_line(sample, "kvm_exits: %u begin format=2 isa=%s host=%s loaded=%s %s uptime=%s",
		    dump->number, dump->isa ? dump->isa : "svm", dump->host ? dump->host : "web1",
		    dump->loaded ? dump->loaded : SAMPLE_LOADED,
		    dump->scope ? dump->scope : "cpus=2/256 vms=0",
		    dump->uptime ? dump->uptime : "1.000");
	put_rows(sample, dump->number, rows);
	for (; rows->code; rows++) {
		if (!strcmp(rows->code, "also"))
			continue;
		nrows++;
		exits += rows->total;
		since += rows->since;
	}
	for (const char *const *vm = dump->vms; vm && *vm; vm++)
		sample_line(sample, "kvm_exits: %u  %6s  %s", dump->number, "vm", *vm);
	print(sample, "kvm_exits: %u end rows=%zu exits=%" PRIu64 " since=+%" PRIu64 " ",
	      dump->number, nrows, exits, since);
	sample_line(sample, "crc=%08" PRIx32, sample->crc);
}

struct dump_log *sample_log(const struct sample *sample)
{
	struct dump_log *log = dump_log_new();

	dump_log_add(log, "log", sample->text, sample->len);
	free(dump_log_finish(log));
	return log;
}

size_t sample_damaged(const struct dump_log *log)
{
	size_t n = 0;

	for (size_t i = 0; i < log->ndumps; i++)
		n += log->dumps[i]->problem != NULL;
	return n;
}

void sample_free(struct sample *sample)
{
	free(sample->text);
	*sample = (struct sample){ 0 };
}
