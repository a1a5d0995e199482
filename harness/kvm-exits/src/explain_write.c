// SPDX-License-Identifier: GPL-2.0
/* Explanations as text, markdown and JSON. */
#include <inttypes.h>
#include <jansson.h>

#include "alloc.h"
#include "explain.h"
#include "kinds.h"

/* How text and markdown introduce a field. */
static const char *const headings[EXPLAIN_FIELDS] = {
	"What", "Manual", "Cause", "Handled", "If high", "On 6.1", "On 7.3",
};

static const char normal_about[] =
	"The exits of a Linux guest with one vCPU (ipi: two) on this project's emulated "
	"host. Each step but boot includes the messages that the guest sends to the serial "
	"port. The processor is emulated, so busy steps have other rates on real hardware.";
static const char not_normal[] = "No workload of this project causes it on the emulated hosts.";

enum {
	WIDTH = 80,
	INDENT = 10,
};

/* Print @text behind the heading of a paragraph, wrapped and indented. */
static void paragraph(FILE *out, const char *heading, const char *text)
{
	size_t column = fprintf(out, "%-*s", INDENT, heading);
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!first && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
			first = true;
		}
		column += fprintf(out, "%s%.*s", first ? "" : " ", (int)len, text);
		first = false;
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

/* Return the item's share in hundredths of a percent. Integers give the same everywhere. */
static unsigned int share(const struct explain_item *item)
{
	return ((unsigned __int128)item->exits * 10000 + item->share_of / 2) / item->share_of;
}

static const char *other_vendor(const struct explain_reason *reason)
{
	return reason->isa == DUMP_ISA_VMX ? "AMD" : "Intel";
}

/* Return "vmx 10 CPUID" and the manual's name; the caller frees it. */
static char *title(const struct explain_item *item)
{
	const struct explain_reason *reason = item->reason;
	char *title = text("%s%s%s %s", dump_isa_name(reason->isa), reason->code ? " " : "",
			   reason->code ? reason->code : "",
			   reason->name ? reason->name : "unnamed");
	char *longer;

	if (reason->manual_name && (!reason->name || strcmp(reason->name, reason->manual_name))) {
		longer = text("%s (%s)", title, reason->manual_name);
		free(title);
		title = longer;
	}
	if (item->share_of) {
		longer = text("%s: %" PRIu64 " exits, %u.%02u%%", title, item->exits,
			      share(item) / 100, share(item) % 100);
		free(title);
		title = longer;
	}
	return title;
}

/* Return the table of the workloads that cause the reason, or NULL if none does. */
static struct table *normal_table(const struct explain *explain,
				  const struct explain_reason *reason)
{
	struct table *table = table_new(must(strdup("")));

	table_column(table, "step", "step", true);
	table_column(table, "exits", "exits", false);
	table_column(table, "of step", "of_step_percent", false);
	table_column(table, "a second", "per_second", false);
	table_column(table, "work of the step", "work", true);
	for (size_t i = 0; i < explain->nnormal; i++) {
		const struct explain_normal *normal = &explain->normal[i];
		struct table_cell *cell;

		if (!explain_is_normal(reason, normal))
			continue;
		cell = table_row(table, TABLE_ROWS);
		cell[0] = table_string(normal->step);
		cell[1] = table_number(TABLE_COUNT, normal->exits);
		cell[2] = table_share(normal->exits, normal->step_exits);
		if (normal->ms)
			cell[3] = table_number(TABLE_COUNT,
					       (normal->exits * 1000 + normal->ms / 2) / normal->ms);
		cell[4] = table_string(normal->work);
	}
	if (table->nrows)
		return table;
	table_free(table);
	return NULL;
}

/* Print the rows of a table without its head, each behind @indent blanks. */
static void print_rows(const struct table *table, enum table_format format, int indent, FILE *out)
{
	char *written = NULL;
	size_t size;
	FILE *memory = must(open_memstream(&written, &size));
	const char *line;

	free(table_write(table, format, memory));
	fclose(memory);
	for (line = written; *line; line += strcspn(line, "\n") + 1)
		if (*line != '\n')
			fprintf(out, "%*s%.*s\n", indent, "", (int)strcspn(line, "\n"), line);
	free(written);
}

static void write_one(const struct explain *explain, const struct explain_item *item,
		      bool markdown, FILE *out)
{
	const struct explain_reason *reason = item->reason;
	struct table *normal = normal_table(explain, reason);
	const char *equivalent = explain_equivalent(reason);
	char *head = title(item);

	fprintf(out, "%s%s\n\n", markdown ? "## " : "", head);
	free(head);
	for (int i = 0; i < EXPLAIN_FIELDS; i++) {
		if (!reason->fields[i])
			continue;
		if (markdown)
			fprintf(out, "**%s:** %s\n\n", headings[i], reason->fields[i]);
		else
			paragraph(out, headings[i], reason->fields[i]);
	}
	if (*equivalent) {
		if (markdown)
			fprintf(out, "**On %s:** %s\n\n", other_vendor(reason), equivalent);
		else
			paragraph(out, reason->isa == DUMP_ISA_VMX ? "On AMD" : "On Intel",
				  equivalent);
	}
	if (markdown)
		fprintf(out, "**Normal:** %s\n", normal ? normal_about : not_normal);
	else
		paragraph(out, "Normal", normal ? normal_about : not_normal);
	if (normal) {
		fputc('\n', out);
		print_rows(normal, markdown ? TABLE_MARKDOWN : TABLE_TEXT, markdown ? 0 : INDENT, out);
		table_free(normal);
	}
}

/* Set a member of @object to a string, or to null if it is NULL. */
static void set_string(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, value ? must(json_string(value)) : json_null());
}

static json_t *words_json(const char *words)
{
	json_t *array = must(json_array());

	while (*words) {
		size_t len = strcspn(words, " ");

		json_array_append_new(array, must(json_stringn(words, len)));
		words += len + (words[len] == ' ');
	}
	return array;
}

static json_t *normal_json(const struct explain *explain, const struct explain_reason *reason)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < explain->nnormal; i++) {
		const struct explain_normal *normal = &explain->normal[i];
		json_t *object;

		if (!explain_is_normal(reason, normal))
			continue;
		object = must(json_object());
		set_string(object, "step", normal->step);
		set_string(object, "work", normal->work);
		json_object_set_new(object, "seconds", json_real(normal->ms / 1000.0));
		json_object_set_new(object, "exits", json_integer(normal->exits));
		json_object_set_new(object, "step_exits", json_integer(normal->step_exits));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *item_json(const struct explain *explain, const struct explain_item *item)
{
	const struct explain_reason *reason = item->reason;
	json_t *object = must(json_object());

	set_string(object, "isa", dump_isa_name(reason->isa));
	set_string(object, "code", reason->code);
	set_string(object, "reason", reason->name);
	set_string(object, "manual_name", reason->manual_name);
	if (item->share_of) {
		json_object_set_new(object, "exits", json_integer(item->exits));
		json_object_set_new(object, "share_percent", json_real(share(item) / 100.0));
	}
	for (int i = 0; i < EXPLAIN_FIELDS; i++)
		set_string(object, explain_field_names[i], reason->fields[i]);
	json_object_set_new(object, "equivalent", words_json(explain_equivalent(reason)));
	json_object_set_new(object, "normal", normal_json(explain, reason));
	return object;
}

void explain_write(const struct explain *explain, const struct explain_item *items, size_t n,
		   enum table_format format, FILE *out)
{
	json_t *array;

	if (format != TABLE_JSON) {
		for (size_t i = 0; i < n; i++) {
			if (i)
				fputc('\n', out);
			write_one(explain, &items[i], format == TABLE_MARKDOWN, out);
		}
		return;
	}
	array = must(json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, item_json(explain, &items[i]));
	json_dumpf(array, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputc('\n', out);
	json_decref(array);
}

/* By vendor, then by code; negative codes and those without a code last. */
static int by_code(const void *a, const void *b)
{
	const struct explain_reason *const *x = a, *const *y = b;
	unsigned long long m, n;

	if ((*x)->isa != (*y)->isa)
		return (*x)->isa < (*y)->isa ? -1 : 1;
	if (!(*x)->code || !(*y)->code)
		return (*x)->code ? -1 : (*y)->code ? 1 : strcmp((*x)->name, (*y)->name);
	m = strtoull((*x)->code, NULL, 0);
	n = strtoull((*y)->code, NULL, 0);
	return m < n ? -1 : m > n;
}

void explain_write_list(const struct explain *explain, enum table_format format, FILE *out)
{
	const struct explain_reason **sorted = must(calloc(explain->nreasons, sizeof(*sorted)));
	struct table *table = table_new(text("%zu exit reasons; some have no name in the kernel",
					     explain->nreasons));

	for (size_t i = 0; i < explain->nreasons; i++)
		sorted[i] = &explain->reasons[i];
	qsort(sorted, explain->nreasons, sizeof(*sorted), by_code);
	table_column(table, "isa", "isa", true);
	table_column(table, "code", "code", false);
	table_column(table, "reason", "reason", true);
	table_column(table, "kind", "kind", true);
	table_column(table, "in the manual", "manual_name", true);
	for (size_t i = 0; i < explain->nreasons; i++) {
		const struct explain_reason *reason = sorted[i];
		const struct reason_kind *kind = reason->name ?
			reason_kind_find(reason->isa, reason->name) : NULL;
		struct table_cell *cell = table_row(table, TABLE_ROWS);

		cell[0] = table_string(dump_isa_name(reason->isa));
		if (reason->code)
			cell[1] = table_string(reason->code);
		if (reason->name)
			cell[2] = table_string(reason->name);
		if (kind)
			cell[3] = table_string(kind->name);
		if (reason->manual_name)
			cell[4] = table_string(reason->manual_name);
	}
	free(table_write(table, format, out));
	table_free(table);
	free(sorted);
}

static int by_total(const void *a, const void *b)
{
	const struct dump_row *const *x = a, *const *y = b;

	if ((*x)->total != (*y)->total)
		return (*x)->total < (*y)->total ? 1 : -1;
	return dump_row_cmp(*x, *y);
}

void explain_write_top(const struct dump *dump, size_t top, enum table_format format, FILE *out)
{
	const struct dump_row **rows = must(calloc(dump->counts.nrows + 1, sizeof(*rows)));
	struct explain_item *items;
	struct explain explain;
	char label[DUMP_LABEL_SIZE];
	size_t n = dump->counts.nrows;

	for (size_t i = 0; i < n; i++)
		rows[i] = &dump->counts.rows[i];
	qsort(rows, n, sizeof(*rows), by_total);
	if (n > top)
		n = top;
	explain_load(&explain);
	items = must(calloc(n + 1, sizeof(*items)));
	for (size_t i = 0; i < n; i++)
		items[i] = (struct explain_item){
			.reason = explain_row(&explain, dump->isa, rows[i]),
			.exits = rows[i]->total, .share_of = dump->exits,
		};
	if (!n && format != TABLE_JSON)
		fprintf(out, "dump %s has no exits\n", dump_label(dump, label));
	else
		explain_write(&explain, items, n, format, out);
	free(items);
	free(rows);
	explain_free(&explain);
}
