/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An independent parser, to check the first one. It applies the rules of the dump's
 * grammar one after the other, is written for readability and not for speed, and
 * shares no code with the first. It takes logs of NAIVE_MAX bytes and allocates nothing.
 */
#ifndef KVM_EXITS_NAIVE_H
#define KVM_EXITS_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAIVE_MAX 8192

/* The shortest line of a dump is "kvm_exits: 1" and a newline. */
#define NAIVE_LINES (NAIVE_MAX / 13 + 2)

/* One line of a dump. @text is from "kvm_exits:" to the line's end, without colours. */
struct naive_line {
	const char *text;
	size_t len;
	uint64_t number;
	char third[8];		/* the third word, or as much as fits */
	size_t dump;		/* the index of its dump */
};

/* A piece of the log, not NUL-terminated. */
struct naive_piece {
	const char *p;
	size_t len;
};

struct naive_row {
	char code[24];		/* as in the line; "also" for such a row */
	const char *name;	/* not NUL-terminated */
	size_t namelen;
	bool other;
	uint64_t total;
	uint64_t since;
	uint64_t l2;
};

struct naive_vm {
	uint64_t pid;
	uint64_t vcpus;
	uint64_t total;
	uint64_t since;
	struct naive_piece name;
	struct naive_piece top;
};

#define NAIVE_VMS 8

/*
 * A dump: from a begin line, or a line without one before it, to the end line of the
 * same number. Unless @sound, only @number, @label, @file, @line, @at and @end are valid.
 */
struct naive_dump {
	uint64_t number;
	char label[40];		/* by which the user names it */
	char file;
	size_t line;		/* its first line in the file, from 1 */
	size_t at;		/* its first line, counted over all files of the log */
	size_t end;		/* its last line, counted over all files of the log */
	bool begun;
	bool ended;
	bool repeated;		/* the log says that a line was repeated */
	bool sound;
	bool vmx;
	struct naive_piece host;
	struct naive_piece loaded;
	struct naive_piece vm;	/* empty for the host */
	bool is_vcpu;
	uint64_t vcpu;
	uint64_t cpus_possible;
	uint64_t uptime_ms;
	bool has_l2;
	uint32_t crc;
	struct naive_row *rows;
	size_t nrows;
	struct naive_row *also;
	size_t nalso;
	struct naive_vm vms[NAIVE_VMS];
	size_t nvms;
	uint64_t vms_more;
	bool vms_busy;
	uint64_t exits;
	uint64_t since;
};

struct naive_mark {
	size_t at;		/* its line, counted over all files of the log */
	char kind;		/* 'b'egin, 'e'nd, or 't'orn */
	const char *name;	/* not NUL-terminated */
	size_t namelen;
};

/* The most bytes of a line that are read, and of them before its message */
#define NAIVE_LINE 4096
#define NAIVE_BEFORE 2048

struct naive {
	struct naive_dump dumps[NAIVE_LINES];
	size_t ndumps;
	struct naive_mark marks[NAIVE_LINES];
	size_t nmarks;

	/* for the parser only */
	struct naive_line lines[NAIVE_LINES];
	size_t nlines;
	struct naive_row rows[NAIVE_LINES];
	size_t nrows;
	char text[NAIVE_MAX];
	size_t len;
	size_t at;
};

/* Make the log empty. */
void naive_clear(struct naive *log);

/* Append the text of @file, a letter. All texts have at most NAIVE_MAX bytes. */
void naive_add(struct naive *log, char file, const char *text, size_t len);

/*
 * End the log: find out which dumps are sound, and forget sound dumps that came before,
 * and the marks of steps that came before.
 */
void naive_finish(struct naive *log);

/* Is @a older than @b? Both are of one life. */
bool naive_older(const struct naive_dump *a, const struct naive_dump *b);

/* Return the dump that a table shows by default, or NULL if none is sound. */
const struct naive_dump *naive_last(const struct naive *log);

/* Return the dump with which a difference begins by default, or NULL if none is sound. */
const struct naive_dump *naive_first(const struct naive *log);

/* Return the dump with @label, or NULL. */
const struct naive_dump *naive_find(const struct naive *log, const char *label);

/* Return the row of the sound dump @dump for the same reason as @row, or NULL. */
const struct naive_row *naive_same(const struct naive_dump *dump, const struct naive_row *row);

/* Are both sound dumps of the same host, VM or vCPU and the same load of kvm.ko? */
bool naive_one_life(const struct naive_dump *a, const struct naive_dump *b);

/*
 * Return why two sound dumps cannot be subtracted, or NULL. @strict: they are of one
 * log, where two dumps of a life never have the same number.
 */
const char *naive_refusal(const struct naive_dump *from, const struct naive_dump *to, bool strict);

#endif
