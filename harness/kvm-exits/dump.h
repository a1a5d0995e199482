/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps of VM-exit counters, format 1, as they stand in a kernel log:
 *
 *   kvm_exits: 3 begin format=1 isa=svm cpus=2 uptime=41.207
 *   kvm_exits: 3    code  reason                            total         since
 *   kvm_exits: 3   0x060  interrupt                         14203         +1204
 *   kvm_exits: 3      -1  invalid_guest_state                   1            +0
 *   kvm_exits: 3  0x5000  other                                 2            +0
 *   kvm_exits: 3    also  failed_vmentry                        2            +0
 *   kvm_exits: 3    none  read_cr2 read_cr8
 *   kvm_exits: 3 end rows=3 exits=14206 since=+1204 bytes=470
 *
 * and step marks: "kvm_exits_step: begin NAME", "kvm_exits_step: end NAME".
 *
 * A line may have any prefix (time stamp, level, host name); what counts is the
 * text from "kvm_exits" to the end of the line. The parser prints every line
 * anew from what it understood and compares: a line that differs in any byte
 * is torn. It opens no file and prints nothing.
 */
#ifndef KVM_EXITS_DUMP_H
#define KVM_EXITS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a line stands. @order counts the lines of all the log's files. */
struct dump_place {
	const char *file;
	uint64_t line;
	uint64_t order;
};

enum dump_isa {
	DUMP_ISA_NONE,		/* no readable begin line */
	DUMP_ISA_VMX,
	DUMP_ISA_SVM,
};

/*
 * One exit reason. @code is the basic exit reason (Intel SDM vol. 3, appendix C)
 * or EXITCODE (AMD APM vol. 2, appendix C); the -1 of SVM is UINT64_MAX.
 * @other: the row that reasons share which have neither counter nor name.
 */
struct dump_row {
	uint64_t code;
	bool other;
	char *name;
	uint64_t total;
	uint64_t since;
};

/* @rows in code order, "other" last; @also in the order of names. */
struct dump_counts {
	struct dump_row *rows;
	size_t nrows;
	struct dump_row *also;
	size_t nalso;
};

/*
 * One dump. With @problem set, its counts are not to be used, and of the rest
 * only @number, @first and @last hold, and @isa, @cpus and @uptime_ms if @isa is
 * not DUMP_ISA_NONE.
 */
struct dump {
	uint64_t number;
	unsigned int nth;	/* the how-manyth dump of this number in the log */
	unsigned int of;	/* how many dumps of this number there are */
	enum dump_isa isa;
	uint64_t cpus;		/* possible CPUs */
	uint64_t uptime_ms;
	struct dump_counts counts;
	uint64_t exits;		/* the sum of all rows */
	uint64_t since;
	struct dump_place first;
	struct dump_place last;
	bool begun;		/* @first is a begin line */
	char *problem;		/* what is wrong, a clause; NULL: complete */
	struct dump_place problem_at;

	/* for the parser only */
	int stage;
	uint64_t bytes;
};

enum dump_mark_kind {
	DUMP_MARK_TORN,
	DUMP_MARK_BEGIN,
	DUMP_MARK_END,
};

/* A step mark. @name is the step's, or the whole text of a torn mark. */
struct dump_mark {
	enum dump_mark_kind kind;
	char *name;
	struct dump_place at;
};

/* What a log holds, in the order of the first lines. */
struct dump_log {
	struct dump **dumps;
	size_t ndumps;
	struct dump_mark *marks;
	size_t nmarks;

	/* for the parser only */
	char **files;
	size_t nfiles;
	uint64_t lines;
	void *open;		/* tsearch() tree of the dumps without an end line */
	struct dump *writing;	/* the one of those that the last line was of, or NULL */
};

/* An empty log. Free it with dump_log_free(). */
struct dump_log *dump_log_new(void);

/*
 * Append @len bytes of @text, which come from @file, to the log. Texts follow
 * each other as one log: a dump can begin in one and end in the next.
 */
void dump_log_add(struct dump_log *log, const char *file, const char *text, size_t len);

/* The log is at its end: dumps without an end line are damaged. Call it once. */
void dump_log_finish(struct dump_log *log);

void dump_log_free(struct dump_log *log);

/* "vmx", "svm" or "-". */
const char *dump_isa_name(enum dump_isa isa);

#define DUMP_CODE_SIZE 24

/* @code as the dump writes it: decimal for VMX, hexadecimal or -1 for SVM. */
void dump_code_text(enum dump_isa isa, uint64_t code, char buf[DUMP_CODE_SIZE]);

#define DUMP_LABEL_SIZE 40

/*
 * What the user calls a dump by: its number, and "NUMBER.NTH" if the log has
 * that number more than once.
 */
const char *dump_label(const struct dump *dump, char buf[DUMP_LABEL_SIZE]);

/* Order of rows: by code, with "other" last whatever its code. As for qsort(). */
int dump_row_cmp(const struct dump_row *a, const struct dump_row *b);

#endif
