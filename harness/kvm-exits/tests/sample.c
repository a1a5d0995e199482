// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "alloc.h"
#include "sample.h"

/* The length without the newline. */
static __attribute__((format(printf, 2, 0)))
size_t vline(struct sample *sample, const char *fmt, va_list ap)
{
	char *line = vtext(fmt, ap);
	size_t len = strlen(line);

	sample->text = must(realloc(sample->text, sample->len + len + 2));
	memcpy(sample->text + sample->len, line, len + 1);
	strcpy(sample->text + sample->len + len, "\n");
	sample->len += len + 1;
	free(line);
	return len;
}

static __attribute__((format(printf, 2, 3)))
size_t line(struct sample *sample, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = vline(sample, fmt, ap);
	va_end(ap);
	return len;
}

void sample_line(struct sample *sample, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vline(sample, fmt, ap);
	va_end(ap);
}

void sample_dump(struct sample *sample, unsigned int number, const char *isa, const char *uptime,
		 const struct sample_row *rows, const char *const *none)
{
	uint64_t exits = 0, since = 0;
	size_t bytes = 0, nrows = 0;

	bytes += line(sample, "kvm_exits: %u begin format=1 isa=%s cpus=2 uptime=%s", number, isa,
		      uptime);
	bytes += line(sample, "kvm_exits: %u %7s  %-26s %12s %13s", number, "code", "reason",
		      "total", "since");
	for (; rows->code; rows++) {
		bytes += line(sample, "kvm_exits: %u %7s  %-26s %12" PRIu64 " %+13" PRId64, number,
			      rows->code, rows->name, rows->total, (int64_t)rows->since);
		if (!strcmp(rows->code, "also"))
			continue;
		nrows++;
		exits += rows->total;
		since += rows->since;
	}
	for (; *none; none++)
		bytes += line(sample, "kvm_exits: %u %7s  %s", number, "none", *none);
	line(sample, "kvm_exits: %u end rows=%zu exits=%" PRIu64 " since=+%" PRIu64 " bytes=%zu",
	     number, nrows, exits, since, bytes);
}

struct dump_log *sample_log(const struct sample *sample)
{
	struct dump_log *log = dump_log_new();

	dump_log_add(log, "log", sample->text, sample->len);
	dump_log_finish(log);
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
