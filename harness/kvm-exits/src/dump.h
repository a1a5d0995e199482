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
 * The grammar is in Documentation/virt/kvm/x86/exit-counters.rst of the patch. A text
 * whose every line is "SLOT CODE NAME" is a list of exit reasons, as in KVM's file
 * exit_reasons in debugfs.
 *
 * The text of a line begins at "kvm_exits" and ends with the last field of its
 * kind. The parser ignores what the log has before and behind the text, and
 * colours. The CRC of the end line covers each byte of the text. The parser
 * opens no file and prints nothing.
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
	DUMP_ISAS,
};

/* What the counters of a dump count. */
enum dump_scope {
	DUMP_SCOPE_HOST,
	DUMP_SCOPE_VM,
	DUMP_SCOPE_VCPU,
};

/*
 * One exit reason. @code is the basic exit reason (Intel SDM vol. 3, appendix C)
 * or EXITCODE (AMD APM vol. 2, appendix C); the -1 of SVM is UINT32_MAX.
 * @other: the row shared by the codes that have neither a counter nor a name.
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

/* @rows in code order, "other" last; @also: "failed_vmentry", or nothing. */
struct dump_counts {
	struct dump_row *rows;
	size_t nrows;
	struct dump_row *also;
	size_t nalso;
	bool has_l2;		/* there is a column l2 */
};

/* A VM in a dump of its host. */
struct dump_vm {
	uint64_t pid;
	char *name;
	uint64_t vcpus;
	uint64_t total;
	uint64_t since;
	char *top;		/* the reason of most of @since, or "-" */
};

/*
 * One dump. With @problem set, its counts must not be used, and only @number,
 * @first and @last are valid, and what the begin line has if @isa is not
 * DUMP_ISA_NONE. Number 0 is not a dump's, but a live reading's from debugfs.
 */
struct dump {
	uint64_t number;
	unsigned int nth;	/* the how-manyth dump of this number in the log */
	unsigned int of;	/* how many dumps of this number there are */

	/* the begin line */
	enum dump_isa isa;
	char *host;
	char *loaded;
	enum dump_scope scope;
	char *vm;		/* PID-FD of a VM's or a vCPU's */
	uint64_t vcpus;		/* of a VM's */
	uint64_t vcpu;		/* of a vCPU's: its index */
	uint64_t cpus_online;	/* these three of a host's */
	uint64_t cpus_possible;
	uint64_t nvms;
	uint64_t uptime_ms;

	struct dump_counts counts;
	uint64_t exits;		/* the sum of all rows */
	uint64_t since;
	struct dump_vm *vms;	/* in the dump's order */
	size_t nlisted;		/* how many of @vms */
	uint64_t vms_more;	/* how many VMs are not listed */
	bool vms_busy;		/* none is, because the list was changing */
	uint32_t crc;		/* of the lines so far */

	struct dump_place first;
	struct dump_place last;
	bool begun;		/* @first is a begin line */
	char *problem;		/* what is wrong, a clause; NULL: complete */
	struct dump_place problem_at;

	int stage;		/* for the parser only */
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
	struct dump_counts reasons[DUMP_ISAS];	/* of the lists of reasons; all counts are 0 */

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

/* @code as the dump writes it: decimal for VMX, hexadecimal or -4 to -1 for SVM. */
void dump_code_text(enum dump_isa isa, uint64_t code, char buf[DUMP_CODE_SIZE]);

#define DUMP_LABEL_SIZE 40

/*
 * What the user calls a dump by: its number, and "NUMBER.NTH" if the log has
 * that number more than once.
 */
const char *dump_label(const struct dump *dump, char buf[DUMP_LABEL_SIZE]);

/*
 * The counters whose path below debugfs' kvm/ this is: "host", "PID-FD" or
 * "PID-FD/vcpuN". The caller frees it.
 */
char *dump_scope_text(const struct dump *dump);

/* Has it a list of VMs, perhaps an empty one? Only what is in the log has, for a host. */
bool dump_lists_vms(const struct dump *dump);

/*
 * Read what tells whose counters these are and when they were read, from "isa=" to
 * "uptime=": @text is the rest of a line. Return what comes after it, or NULL. Free
 * it with dump_free_identity(), readable or not.
 */
const char *dump_read_identity(struct dump *dump, const char *text);

void dump_free_identity(struct dump *dump);

/* Do both dumps have the same counters: one host's, VM's or vCPU's since one load of kvm.ko? */
bool dump_same_life(const struct dump *a, const struct dump *b);

/* Order of rows: by code, with "other" last whatever its code. As for qsort(). */
int dump_row_cmp(const struct dump_row *a, const struct dump_row *b);

#endif
