/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explanations of exit reasons. They are compiled in from explain/vmx.txt and svm.txt,
 * whose format CONTRIBUTING.md describes, and explain/normal.csv, the exits of the
 * workloads in results/.
 */
#ifndef KVM_EXITS_EXPLAIN_H
#define KVM_EXITS_EXPLAIN_H

#include <stdio.h>

#include "dump.h"
#include "table.h"

/* The fields of an explanation, in the order in which they are shown. */
enum explain_field {
	EXPLAIN_WHAT,
	EXPLAIN_MANUAL,
	EXPLAIN_CAUSE,
	EXPLAIN_HANDLED,
	EXPLAIN_HIGH,
	EXPLAIN_6_1,		/* this and the next are optional: what differs there */
	EXPLAIN_7_3,
	EXPLAIN_FIELDS,
};

/* The names of the fields in the files and in JSON. */
extern const char *const explain_field_names[EXPLAIN_FIELDS];

/*
 * One exit reason. @code is written as in dumps; NULL for the rows "other", "unnamed"
 * and "failed_vmentry". @name is the kernel's name in dumps, or NULL if the kernel has
 * none. @manual_name has the manual's names, separated by commas, or is NULL. An optional
 * field is NULL if it is absent. Reasons of one explanation share its fields.
 */
struct explain_reason {
	enum dump_isa isa;
	char *code;
	char *name;
	char *manual_name;
	char **fields;
};

/* The exits of a reason during one workload: a row of normal.csv. */
struct explain_normal {
	enum dump_isa isa;
	char *step;
	char *work;		/* what the guest did in the step */
	uint64_t ms;		/* how long the step took */
	char *code;
	uint64_t exits;
	uint64_t step_exits;	/* the exits of the step for all reasons */
};

struct explain {
	struct explain_reason *reasons;		/* vmx first, in the files' order */
	size_t nreasons;
	struct explain_normal *normal;		/* in the file's order */
	size_t nnormal;
	char ***texts;				/* all explanations' fields */
	size_t ntexts;
};

/*
 * Add the explanations in @text to @explain, which begins as zeros. Return NULL, or an
 * error message with the number of the line, to be freed.
 */
char *explain_parse(struct explain *explain, enum dump_isa isa, const char *text);

/* Add the rows of normal.csv. Return as explain_parse(). */
char *explain_parse_normal(struct explain *explain, const char *text);

void explain_free(struct explain *explain);

/* Add what is compiled in. It has no errors. Free with explain_free(). */
void explain_load(struct explain *explain);

/*
 * Find the reasons that the user means by @word: a code or a name of the kernel or the
 * manual, or the name of a kind of exits, with or without "vmx:" or "svm:" before it.
 * Without it, a decimal code is one of vmx, a hexadecimal or negative code one of svm.
 * Letters are compared without case, and blanks and dashes are the same as underscores.
 * Return the number of reasons, whose indexes are stored in @found, which has room for
 * all.
 */
size_t explain_find(const struct explain *explain, const char *word, size_t *found);

/* Return the name that is most similar to @word, or NULL. */
const char *explain_suggest(const struct explain *explain, const char *word);

/* Return the reason of a dump's row; that of "unnamed" if nothing explains its code. */
const struct explain_reason *explain_row(const struct explain *explain, enum dump_isa isa,
					 const struct dump_row *row);

/*
 * Return the names of the equivalent reasons of the other vendor, separated by blanks,
 * or "" if there are none.
 */
const char *explain_equivalent(const struct explain_reason *reason);

/* Is @normal a row of this reason? */
bool explain_is_normal(const struct explain_reason *reason, const struct explain_normal *normal);

/* A reason to print. @share_of is 0, or @exits is a count in a dump of @share_of exits. */
struct explain_item {
	const struct explain_reason *reason;
	uint64_t exits;
	uint64_t share_of;
};

/* Write explanations as text, markdown or JSON. The caller checks @out for errors. */
void explain_write(const struct explain *explain, const struct explain_item *items, size_t n,
		   enum table_format format, FILE *out);

/* Write the table of all reasons. */
void explain_write_list(const struct explain *explain, enum table_format format, FILE *out);

/* Explain the @top most frequent reasons in a dump that is not damaged. */
void explain_write_top(const struct dump *dump, size_t top, enum table_format format, FILE *out);

#endif
