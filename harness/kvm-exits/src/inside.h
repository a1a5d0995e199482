/* SPDX-License-Identifier: GPL-2.0 */
/* The command "kvm-exits inside": which ports, MSRs or pages the exits of a reason are for. */
#ifndef KVM_EXITS_INSIDE_H
#define KVM_EXITS_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

/* How a field of a tracepoint is printed. */
enum inside_format {
	INSIDE_DECIMAL,
	INSIDE_HEX2,
	INSIDE_HEX4,
	INSIDE_HEX8,
	INSIDE_PAGE,		/* the address of the 4-KiB page */
	INSIDE_WORD,		/* one of @words */
};

struct inside_field {
	const char *heading;
	const char *name;	/* in the tracepoint; NULL: each event has words[0] */
	enum inside_format format;
	unsigned int shift;	/* the value is (field >> shift) & mask; mask 0: all bits */
	uint64_t mask;
	const char *words[3];
};

/* A histogram has at most three keys, and one is the thread. */
#define INSIDE_FIELDS 2

/*
 * A tracepoint of the system kvm that says what is inside exits. @vmx and @svm are the
 * reasons, separated by blanks. Lines with the same reason have the same headings. The
 * first one must exist, others may be missing in a kernel.
 */
struct inside_event {
	const char *vmx;
	const char *svm;
	const char *event;
	const char *filter;	/* "" for none */
	struct inside_field fields[INSIDE_FIELDS];
};

/* Ends with an event without a name. */
extern const struct inside_event inside_events[];

/* Return the filter and the keys of @event as a histogram trigger. The caller frees it. */
char *inside_trigger(const struct inside_event *event);

/* One line of a histogram: how often a thread caused an event with these values. */
struct inside_line {
	uint64_t thread;
	uint64_t values[INSIDE_FIELDS];
	uint64_t count;
};

/*
 * Read the next line of a histogram of @event at *@text, and move *@text behind it. Return
 * false at the end. Set *@dropped to the number of events that did not fit.
 */
bool inside_read_line(const struct inside_event *event, const char **text,
		      struct inside_line *line, uint64_t *dropped);

/* Return a value of @field as text. The caller frees it. */
char *inside_text(const struct inside_field *field, uint64_t value);

/* Run the command with its own options, from argv[1] on. Return the exit status. */
int inside_main(int argc, char **argv);

#endif
