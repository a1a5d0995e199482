/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps of VM-exit counters, format 2, in a kernel log:
 *
 *   kvm_exits: 3 begin format=2 isa=svm host=web1 loaded=2026-11-26T03:10:22.118Z cpus=2/256 vms=1 uptime=41.207
 *   kvm_exits: 3   code  reason     total  since    l2
 *   kvm_exits: 3  0x060  interrupt  14203  +1204     .
 *   kvm_exits: 3  0x072  cpuid       1200     +0  1200
 *   kvm_exits: 3     vm  pid=812 name=qemu-system-x86 vcpus=4 total=9112 since=+1100 top=interrupt
 *   kvm_exits: 3 end rows=2 exits=15403 since=+1204 crc=9f3a12c4
 *
 * and step marks: "kvm_exits_step: begin NAME", "kvm_exits_step: end NAME".
 * Documentation/virt/kvm/x86/exit-counters.rst of the patch has the grammar. If
 * every line of a file is "SLOT CODE NAME", it is a list of exit reasons: a copy of
 * KVM's debugfs file exit_reasons.
 *
 * The text of a line begins at "kvm_exits" and ends with the last field of its
 * kind. The parser ignores everything before and after the text. The CRC of the end
 * line covers each byte of the text. A line is stray if it belongs to no dump and
 * cannot be the rest of a dump's line, for example because a user's command is logged.
 * A dump that comes again unchanged counts once. The parser opens no file and prints
 * nothing.
 */
#ifndef KVM_EXITS_DUMP_H
#define KVM_EXITS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "when.h"

/* The position of a line. @order increases from line to line over all files of the log. */
struct dump_place {
	const char *file;
	uint64_t line;
	uint64_t order;
};

enum dump_isa {
	DUMP_ISA_NONE,		/* no readable begin line */
	DUMP_ISA_VMX,
	DUMP_ISA_SVM,
	DUMP_ISAS,
};

/* What the counters of a dump belong to. */
enum dump_scope {
	DUMP_SCOPE_HOST,
	DUMP_SCOPE_VM,
	DUMP_SCOPE_VCPU,
};

/*
 * One exit reason. @code is the basic exit reason (Intel SDM vol. 3, appendix C)
 * or EXITCODE (AMD APM vol. 2, appendix C); the -1 of SVM is UINT32_MAX.
 * @other: the row of all codes that have neither a counter nor a name.
 * @l2: how many of @total came from L2.
 */
struct dump_row {
	uint64_t code;
	bool other;
	char *name;
	uint64_t total;
	uint64_t since;
	uint64_t l2;
};

/* @rows are in code order, "other" last; @also is "failed_vmentry" or empty. */
struct dump_counts {
	struct dump_row *rows;
	size_t nrows;
	struct dump_row *also;
	size_t nalso;
	bool has_l2;		/* the dump has a column l2 */
};

/* A VM that a dump of a host lists. */
struct dump_vm {
	uint64_t pid;
	char *name;
	uint64_t vcpus;
	uint64_t total;
	uint64_t since;
	char *top;		/* the most frequent reason in @since, or "-" */
};

/* Which dumps to read, and for the last two, of which life of the counters. */
struct dump_filter {
	const char *host;	/* those of this host; NULL: all */
	const char *boot;	/* those of this boot, see dump_log_finish(); NULL: all */
	bool since;		/* those that are not older than @when */
	struct when when;
};

/*
 * Which complete dumps stay in memory: all, or for each life of the counters the latest
 * one, or the earliest and the latest. Of the others it is checked that they can be
 * subtracted. Two dumps that contradict each other stay too.
 */
enum dump_keep {
	DUMP_KEEP_ALL,
	DUMP_KEEP_LAST,
	DUMP_KEEP_ENDS,
};

/*
 * One dump. If @problem is set, only @number, @first and @last are valid, and the
 * fields of the begin line if @isa is not DUMP_ISA_NONE. A copy of a debugfs file has
 * the number 0.
 */
struct dump {
	uint64_t number;
	unsigned int nth;	/* index among the log's dumps with this number, from 1 */
	unsigned int of;	/* number of dumps with this number in the log */

	/* the begin line */
	enum dump_isa isa;
	char *host;
	char *loaded;
	enum dump_scope scope;
	char *vm;		/* PID-FD; VM and vCPU only */
	uint64_t vcpus;		/* VM only */
	uint64_t vcpu;		/* index; vCPU only */
	uint64_t cpus_online;	/* this and the next two: host only */
	uint64_t cpus_possible;
	uint64_t nvms;
	uint64_t uptime_ms;

	struct dump_counts counts;
	uint64_t exits;		/* the sum of all rows */
	uint64_t since;
	struct dump_vm *vms;	/* in the dump's order */
	size_t nlisted;		/* number of @vms */
	uint64_t vms_more;	/* number of VMs that are not listed */
	bool vms_busy;		/* no VM is listed, because the list was changing */
	uint32_t crc;		/* of the lines so far */
	bool has_time;		/* the log has a time of day in front of the first line */
	int64_t time;		/* in microseconds since 1970 */

	struct dump_place first;
	struct dump_place last;
	bool begun;		/* @first is a begin line */
	char *problem;		/* what is damaged; NULL if the dump is complete */
	struct dump_place problem_at;

	/* for the parser only */
	int stage;
	bool padded;		/* a line has two blanks in a row, as each dump of the kernel */
};

enum dump_mark_kind {
	DUMP_MARK_TORN,
	DUMP_MARK_BEGIN,
	DUMP_MARK_END,
};

/* A step mark. @name is the step's name, or the whole text of a torn mark. */
struct dump_mark {
	enum dump_mark_kind kind;
	char *name;
	struct dump_place at;
	size_t repeats;		/* how many dumps came again before it */
};

/* The dumps and marks of a log, in the order of their first lines. */
struct dump_log {
	struct dump **dumps;
	size_t ndumps;
	struct dump_mark *marks;
	size_t nmarks;
	struct dump_counts reasons[DUMP_ISAS];	/* the lists of reasons, with counts of 0 */
	size_t repeats;		/* how many dumps came again unchanged */
	size_t filtered;	/* how many complete dumps the filter left out */
	size_t nstrays;		/* how many lines were stray */
	struct dump_place stray;	/* the first of them */
	bool newest_first;	/* there are dumps, but only backwards */

	/* set these before the first file */
	enum dump_keep keep;
	struct dump_filter filter;
	/*
	 * Called for each complete dump that comes for the first time, with the latest
	 * dump of its life before it, or NULL; may be NULL itself
	 */
	void (*complete)(void *arg, const struct dump *before, const struct dump *dump);
	void *arg;

	/* for the parser only */
	char **files;
	size_t nfiles;
	uint64_t order;		/* of the last line of the files before this one */
	void *words;		/* tsearch() tree of strings that dumps share */
	void *open;		/* tsearch() tree of the dumps without an end line */
	struct dump *writing;	/* the open dump that the last line belongs to, or NULL */
	uint64_t last_number;	/* of the last line */
	int last_kind;
	struct dump_counts *list;	/* the list of reasons that this file may be */
	enum dump_isa list_isa;
	size_t list_begin;
	bool list_over;
	struct dump_lives *lives;
};

/* Return an empty log. Free it with dump_log_free(). */
struct dump_log *dump_log_new(void);

/*
 * Append @len bytes of @text, the content of @file, to the log. A dump can begin in
 * one file and end in the next.
 */
void dump_log_add(struct dump_log *log, const char *file, const char *text, size_t len);

/*
 * The same in parts: begin a file, append its lines, end it. dump_log_begin() returns a
 * copy of the name that lives as long as the log, for @at. dump_log_line() takes the
 * text of a line and returns as input_line. @order is higher than that of all lines.
 */
const char *dump_log_begin(struct dump_log *log, const char *file);
bool dump_log_line(struct dump_log *log, const struct dump_place *at, const char *text, size_t len);
void dump_log_end(struct dump_log *log, uint64_t order);

/*
 * End the log: dumps without an end line are damaged, and only the filter's boot stays.
 * A boot is named by the beginning of its @loaded; or by 0 for the last one, -1 for the
 * one before it, or 1 for the first one. Call it once. Return NULL, or an error message,
 * to be freed, if there is no such boot, or if the filter needs a time that the log does
 * not have.
 */
char *dump_log_finish(struct dump_log *log);

/* Close, remove and free all damaged dumps of an unfinished log, after calling @each. */
void dump_log_drop_damaged(struct dump_log *log, void (*each)(void *arg, const struct dump *dump),
			   void *arg);

void dump_log_free(struct dump_log *log);

/* Return "vmx", "svm" or "-". */
const char *dump_isa_name(enum dump_isa isa);

#define DUMP_CODE_SIZE 24

/* Format @code as in a dump: decimal for VMX, hexadecimal or -4 to -1 for SVM. */
void dump_code_text(enum dump_isa isa, uint64_t code, char buf[DUMP_CODE_SIZE]);

#define DUMP_LABEL_SIZE 40

/*
 * Format the label by which the user names a dump: its number, or "NUMBER.NTH" if
 * the log has that number more than once. Return @buf.
 */
const char *dump_label(const struct dump *dump, char buf[DUMP_LABEL_SIZE]);

/*
 * Return what the counters belong to: "host", or their path below kvm/ in debugfs,
 * "PID-FD" or "PID-FD/vcpuN". The caller frees it.
 */
char *dump_scope_text(const struct dump *dump);

/* Does the dump have a list of VMs? Only dumps of a host that are not from debugfs do. */
bool dump_lists_vms(const struct dump *dump);

/*
 * Read the fields "isa=" to "uptime=" of a begin line from @text: what the counters
 * belong to and when they were read. Return the text after them, or NULL if they are
 * malformed. Free with dump_free_identity() in either case.
 */
const char *dump_read_identity(struct dump *dump, const char *text);

void dump_free_identity(struct dump *dump);

/*
 * Are both dumps of one life: counters of the same host, VM or vCPU since the same
 * load of kvm.ko?
 */
bool dump_same_life(const struct dump *a, const struct dump *b);

/*
 * Compare dumps of one life by their age, oldest first: by uptime, then by position. The
 * order in the log may be another, if rotated files are read in the wrong order.
 */
int dump_age_cmp(const struct dump *a, const struct dump *b);

/*
 * Set *@first and *@last to the indexes of the dumps with which a difference begins and
 * ends by default: of the lives of the first and the last complete dump of the log, the
 * earliest and the latest dump. Return false if no dump is complete.
 */
bool dump_log_ends(const struct dump_log *log, size_t *first, size_t *last);

/* Compare rows for qsort(): by code, with "other" last. */
int dump_row_cmp(const struct dump_row *a, const struct dump_row *b);

#endif
