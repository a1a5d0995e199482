// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>

#include "alloc.h"
#include "explain.h"
#include "kinds.h"
#include "suggest.h"

const char *const explain_field_names[EXPLAIN_FIELDS] = {
	"what", "manual", "cause", "handled", "high", "6.1", "7.3",
};

/* Define the string NAME with the contents of FILE, relative to the Makefile. */
#define INCLUDE_TEXT(name, file) \
	extern const char name[]; \
	__asm__(".pushsection .rodata\n" #name ": .incbin \"" file "\"\n.byte 0\n.popsection")

INCLUDE_TEXT(explain_vmx, "explain/vmx.txt");
INCLUDE_TEXT(explain_svm, "explain/svm.txt");
INCLUDE_TEXT(explain_normal_csv, "explain/normal.csv");

/* Return a copy of the @len bytes at @s without the blanks at both ends. */
static char *trimmed(const char *s, size_t len)
{
	while (len && *s == ' ') {
		s++;
		len--;
	}
	while (len && s[len - 1] == ' ')
		len--;
	return must(strndup(s, len));
}

/* Is @code written as in dumps? */
static bool is_code(enum dump_isa isa, const char *code)
{
	char canonical[DUMP_CODE_SIZE];

	if (isa == DUMP_ISA_SVM && code[0] == '-')
		return code[1] >= '1' && code[1] <= '4' && !code[2];
	dump_code_text(isa, strtoull(code, NULL, isa == DUMP_ISA_VMX ? 10 : 16), canonical);
	return !strcmp(code, canonical);
}

/*
 * Add the reason "CODE NAME = MANUAL NAME". CODE is "*" for a row without a code of its
 * own, NAME "-" if the kernel has none. "= MANUAL NAME" can be missing. Return an error
 * message or NULL.
 */
static char *add_reason(struct explain *explain, enum dump_isa isa, const char *line)
{
	const char *equals = strstr(line, " = ");
	size_t len = equals ? (size_t)(equals - line) : strlen(line);
	size_t code_len = strcspn(line, " ");
	struct explain_reason *reason;
	char *code, *name;

	if (code_len >= len)
		return text("a reason needs a code and a name: '%s'", line);
	explain->reasons = grow(explain->reasons, explain->nreasons, sizeof(*explain->reasons));
	code = trimmed(line, code_len);
	name = trimmed(line + code_len, len - code_len);
	reason = &explain->reasons[explain->nreasons++];
	*reason = (struct explain_reason){ .isa = isa, .code = code, .name = name };
	if (equals)
		reason->manual_name = trimmed(equals + 3, strlen(equals + 3));
	if (!strcmp(code, "*")) {
		free(code);
		reason->code = NULL;
	} else if (!is_code(isa, code)) {
		return text("'%s' is not a code of %s", code, dump_isa_name(isa));
	}
	if (!strcmp(name, "-")) {
		free(name);
		reason->name = NULL;
	} else if (!*name || strchr(name, ' ')) {
		return text("'%s' is not a name", name);
	}
	if (!reason->code && !reason->name)
		return text("a reason needs a code or a name");
	for (size_t i = 0; i + 1 < explain->nreasons; i++) {
		const struct explain_reason *other = &explain->reasons[i];

		if (other->isa != isa)
			continue;
		if (reason->code && other->code && !strcmp(reason->code, other->code))
			return text("code %s comes twice", code);
		if (reason->name && other->name && !strcmp(reason->name, other->name))
			return text("name %s comes twice", name);
	}
	return NULL;
}

/* The explanation that is being read. */
struct parser {
	size_t first;		/* index of its first reason */
	int field;		/* its last field, or -1 */
	char **fields;		/* NULL before the first field */
};

/* Add "FIELD: VALUE". Return an error message or NULL. */
static char *add_field(struct explain *explain, struct parser *parser, const char *line)
{
	const char *colon = strstr(line, ": ");
	size_t len = colon ? (size_t)(colon - line) : 0;

	for (int i = 0; colon && i < EXPLAIN_FIELDS; i++) {
		if (strlen(explain_field_names[i]) != len ||
		    strncmp(line, explain_field_names[i], len))
			continue;
		if (i <= parser->field)
			return text("field %s comes twice or too late", explain_field_names[i]);
		if (!parser->fields) {
			parser->fields = must(calloc(EXPLAIN_FIELDS, sizeof(*parser->fields)));
			explain->texts = grow(explain->texts, explain->ntexts,
					      sizeof(*explain->texts));
			explain->texts[explain->ntexts++] = parser->fields;
		}
		parser->field = i;
		parser->fields[i] = trimmed(colon + 2, strlen(colon + 2));
		return NULL;
	}
	return text("unknown field: '%s'", line);
}

/* End the current explanation, if there is one. Return an error message or NULL. */
static char *end_explanation(struct explain *explain, struct parser *parser)
{
	if (parser->first == explain->nreasons)
		return NULL;
	for (int i = 0; i < EXPLAIN_6_1; i++)
		if (!parser->fields || !parser->fields[i] || !*parser->fields[i])
			return text("the explanation has no field %s", explain_field_names[i]);
	for (size_t i = parser->first; i < explain->nreasons; i++)
		explain->reasons[i].fields = parser->fields;
	*parser = (struct parser){ .first = explain->nreasons, .field = -1 };
	return NULL;
}

static char *parse_line(struct explain *explain, enum dump_isa isa, struct parser *parser,
			const char *line)
{
	if (line[0] == '#')
		return NULL;
	if (!line[0])
		return end_explanation(explain, parser);
	if (!strncmp(line, "reason: ", 8)) {
		if (parser->fields)
			return text("a reason after fields: an empty line is missing");
		return add_reason(explain, isa, line + 8);
	}
	if (parser->first == explain->nreasons)
		return text("a field without a reason");
	if (!strncmp(line, "  ", 2) && parser->fields) {
		char **value = &parser->fields[parser->field];
		char *longer = text("%s %s", *value, line + 2);

		free(*value);
		*value = longer;
		return NULL;
	}
	return add_field(explain, parser, line);
}

/*
 * Copy the next line of *@text, which is not "", without its "\n", and go on to the next
 * one.
 */
static char *next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	char *line = must(strndup(*text, len));

	*text += len + ((*text)[len] == '\n');
	return line;
}

/* Put the number of a line before the error message @error, which is freed. */
static char *error_in_line(size_t number, char *error)
{
	char *located = text("line %zu: %s", number, error);

	free(error);
	return located;
}

char *explain_parse(struct explain *explain, enum dump_isa isa, const char *text)
{
	struct parser parser = { .first = explain->nreasons, .field = -1 };
	size_t number = 0;
	char *error;

	while (*text) {
		char *line = next_line(&text);

		number++;
		error = parse_line(explain, isa, &parser, line);
		free(line);
		if (error)
			return error_in_line(number, error);
	}
	error = end_explanation(explain, &parser);
	return error ? error_in_line(number, error) : NULL;
}

/* Parse a row of normal.csv. Return an error message or NULL. */
static char *add_normal(struct explain *explain, const char *line)
{
	char isa[8], step[64], work[128], code[DUMP_CODE_SIZE];
	struct explain_normal *row;
	uint64_t exits;
	double seconds;

	if (sscanf(line, "%7[a-z],%63[^,],%127[^,],%lf,%23[^,],%*[^,],%" SCNu64, isa, step, work,
		   &seconds, code, &exits) != 6)
		return text("no row of normal.csv: '%s'", line);
	explain->normal = grow(explain->normal, explain->nnormal, sizeof(*explain->normal));
	row = &explain->normal[explain->nnormal++];
	*row = (struct explain_normal){
		.isa = strcmp(isa, "svm") ? DUMP_ISA_VMX : DUMP_ISA_SVM,
		.step = must(strdup(step)), .work = must(strdup(work)),
		.ms = seconds * 1000 + 0.5, .code = must(strdup(code)), .exits = exits,
	};
	if (strcmp(isa, dump_isa_name(row->isa)) || !is_code(row->isa, code))
		return text("no row of normal.csv: '%s'", line);
	return NULL;
}

char *explain_parse_normal(struct explain *explain, const char *text)
{
	size_t number = 0;

	while (*text) {
		char *line = next_line(&text);
		char *error = number++ ? add_normal(explain, line) : NULL;

		free(line);
		if (error)
			return error_in_line(number, error);
	}
	for (size_t i = 0; i < explain->nnormal; i++) {
		for (size_t k = 0; k < explain->nnormal; k++) {
			const struct explain_normal *other = &explain->normal[k];

			if (other->isa == explain->normal[i].isa &&
			    !strcmp(other->step, explain->normal[i].step))
				explain->normal[i].step_exits += other->exits;
		}
	}
	return NULL;
}

void explain_free(struct explain *explain)
{
	for (size_t i = 0; i < explain->nreasons; i++) {
		free(explain->reasons[i].code);
		free(explain->reasons[i].name);
		free(explain->reasons[i].manual_name);
	}
	free(explain->reasons);
	for (size_t i = 0; i < explain->ntexts; i++) {
		for (int k = 0; k < EXPLAIN_FIELDS; k++)
			free(explain->texts[i][k]);
		free(explain->texts[i]);
	}
	free(explain->texts);
	for (size_t i = 0; i < explain->nnormal; i++) {
		free(explain->normal[i].step);
		free(explain->normal[i].work);
		free(explain->normal[i].code);
	}
	free(explain->normal);
}

static void must_parse(const char *file, char *error)
{
	if (error)
		errx(EXIT_FAILURE, "explain/%s was compiled in with an error: %s", file, error);
}

void explain_load(struct explain *explain)
{
	*explain = (struct explain){ 0 };
	must_parse("vmx.txt", explain_parse(explain, DUMP_ISA_VMX, explain_vmx));
	must_parse("svm.txt", explain_parse(explain, DUMP_ISA_SVM, explain_svm));
	must_parse("normal.csv", explain_parse_normal(explain, explain_normal_csv));
}

/* Compare without case; blanks and dashes are the same as underscores. */
static bool same_word(const char *a, const char *b)
{
	for (;; a++, b++) {
		char x = *a == ' ' || *a == '-' ? '_' : tolower((unsigned char)*a);
		char y = *b == ' ' || *b == '-' ? '_' : tolower((unsigned char)*b);

		if (x != y)
			return false;
		if (!x)
			return true;
	}
}

/* If @word begins with "vmx:" or "svm:", set *@isa. Return the rest. */
static const char *without_isa(const char *word, enum dump_isa *isa)
{
	*isa = DUMP_ISA_NONE;
	if (!strncasecmp(word, "vmx:", 4))
		*isa = DUMP_ISA_VMX;
	if (!strncasecmp(word, "svm:", 4))
		*isa = DUMP_ISA_SVM;
	return *isa ? word + 4 : word;
}

/* Find the code @word, which a number is; 0 if it is none or that reason is missing. */
static size_t find_code(const struct explain *explain, enum dump_isa isa, const char *word,
			size_t *found)
{
	bool hex = !strncasecmp(word, "0x", 2);
	char *end, code[DUMP_CODE_SIZE];
	unsigned long long n = strtoull(word, &end, hex ? 16 : 10);

	if (!*word || *end || isspace((unsigned char)*word))
		return 0;
	if (*word == '-')
		snprintf(code, sizeof(code), "%s", word);
	else
		dump_code_text(isa, n, code);
	for (size_t i = 0; i < explain->nreasons; i++) {
		const struct explain_reason *reason = &explain->reasons[i];

		if (reason->isa == isa && reason->code && !strcmp(reason->code, code)) {
			*found = i;
			return 1;
		}
	}
	return 0;
}

/* Is @word one of the names in "VMEXIT_EXCP13, #GP, general protection"? */
static bool is_manual_name(const char *names, const char *word)
{
	bool found = false;

	while (*names && !found) {
		size_t len = strcspn(names, ",");
		char *name = trimmed(names, len);

		found = same_word(strncmp(name, "VMEXIT_", 7) ? name : name + 7, word);
		free(name);
		names += len + (names[len] == ',');
	}
	return found;
}

static bool has_name(const struct explain_reason *reason, const char *word)
{
	static const char *const prefixes[] = { "EXIT_REASON_", "SVM_EXIT_", "VMEXIT_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncasecmp(word, prefixes[i], strlen(prefixes[i])))
			word += strlen(prefixes[i]);
	return (reason->name && same_word(reason->name, word)) ||
	       (reason->manual_name && is_manual_name(reason->manual_name, word));
}

/* Find the reasons of the kind @word. */
static size_t find_kind(const struct explain *explain, enum dump_isa isa, const char *word,
			size_t *found)
{
	size_t n = 0;

	for (size_t i = 0; i < explain->nreasons; i++) {
		const struct explain_reason *reason = &explain->reasons[i];
		const struct reason_kind *kind = reason->name ?
			reason_kind_find(reason->isa, reason->name) : NULL;

		if ((!isa || reason->isa == isa) && kind && same_word(kind->name, word))
			found[n++] = i;
	}
	return n;
}

size_t explain_find(const struct explain *explain, const char *word, size_t *found)
{
	enum dump_isa isa;
	const char *rest = without_isa(word, &isa);
	size_t n = 0;

	for (size_t i = 0; i < explain->nreasons; i++)
		if ((!isa || explain->reasons[i].isa == isa) && has_name(&explain->reasons[i], rest))
			found[n++] = i;
	if (!n && isa)
		n = find_code(explain, isa, rest, found);
	else if (!n && (*rest == '-' || !strncasecmp(rest, "0x", 2)))
		n = find_code(explain, DUMP_ISA_SVM, rest, found);
	else if (!n)
		n = find_code(explain, DUMP_ISA_VMX, rest, found);
	return n ? n : find_kind(explain, isa, rest, found);
}

const char *explain_suggest(const struct explain *explain, const char *word)
{
	const char **names = must(calloc(explain->nreasons, sizeof(*names)));
	enum dump_isa isa;
	const char *similar;
	size_t n = 0;

	word = without_isa(word, &isa);
	for (size_t i = 0; i < explain->nreasons; i++)
		if ((!isa || explain->reasons[i].isa == isa) && explain->reasons[i].name)
			names[n++] = explain->reasons[i].name;
	similar = suggest(word, names, n);
	free(names);
	return similar;
}

const struct explain_reason *explain_row(const struct explain *explain, enum dump_isa isa,
					 const struct dump_row *row)
{
	const struct explain_reason *unnamed = NULL;
	char code[DUMP_CODE_SIZE];

	dump_code_text(isa, row->code, code);
	for (size_t i = 0; i < explain->nreasons; i++) {
		const struct explain_reason *reason = &explain->reasons[i];

		if (reason->isa != isa)
			continue;
		if (row->other ? !reason->code && !strcmp(reason->name, "other") :
				 reason->code && !strcmp(reason->code, code))
			return reason;
		if (!reason->code && !strcmp(reason->name, "unnamed"))
			unnamed = reason;
	}
	return unnamed;
}

const char *explain_equivalent(const struct explain_reason *reason)
{
	const struct reason_kind *kind = reason->name ? reason_kind_find(reason->isa, reason->name) :
							NULL;

	if (!kind)
		return "";
	return reason->isa == DUMP_ISA_VMX ? kind->svm : kind->vmx;
}

bool explain_is_normal(const struct explain_reason *reason, const struct explain_normal *normal)
{
	return reason->isa == normal->isa && reason->code && !strcmp(reason->code, normal->code);
}
