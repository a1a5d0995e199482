/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic on dumps: the exits between two of them, the exits of each step,
 * and the matrix of reasons and columns that the tables show.
 *
 * Functions that can find the dumps unfit return a sentence that says why, to
 * be freed by the caller, or NULL if all is well.
 */
#ifndef KVM_EXITS_TALLY_H
#define KVM_EXITS_TALLY_H

#include "dump.h"

/* Are both dumps of one life? If not, this is an error. */
char *dump_one_life(const struct dump *from, const struct dump *to);

/*
 * The exits from @from to @to: @out gets, for each row of @to, the change in
 * its total and of its L2 exits. The names are those of @to and live as long as
 * it does; free the rest with dump_counts_free().
 *
 * The dumps must be of one life. In one life no count, uptime or number of a dump
 * goes down, the isa, the number of possible CPUs and the names of codes stay the
 * same, and so does a dump with the same number. "since" is the change if
 * the numbers follow each other, and at most the change if there are others
 * between. Anything else is an error. The number 0 is not compared.
 */
char *dump_diff(const struct dump *from, const struct dump *to, struct dump_counts *out);

void dump_counts_free(struct dump_counts *counts);

/*
 * dump_diff() of two dumps of one log, by their indexes. In one log there must
 * also be a difference from each dump of their life to the next, damaged dumps
 * aside, and the numbers go up. Dumps of other lives are skipped.
 */
char *dump_log_diff(const struct dump_log *log, size_t from, size_t to, struct dump_counts *out);

/* It is an error if step marks are not whole and in pairs, or two pairs have the same name. */
char *dump_log_marks(const struct dump_log *log);

/* What happened between two step marks. */
struct step {
	const char *name;		/* the mark's */
	const struct dump *first;
	const struct dump *last;
	struct dump_counts exits;
};

/*
 * The steps of a log, in its order: the exits from the first to the last dump
 * between the marks. Any doubt is an error: a torn, nested, unclosed or second
 * mark; a damaged dump that is not wholly before the first mark or after the
 * last one; a dump that a mark cuts; numbers with a gap in or beside a step;
 * dumps of two lives or fewer than two dumps in a step. Free with steps_free(), error or not.
 */
char *dump_log_steps(const struct dump_log *log, struct step **steps, size_t *nsteps);

void steps_free(struct step *steps, size_t nsteps);

/* One exit reason, with a count in each column. */
struct tally_row {
	char code[DUMP_CODE_SIZE];	/* "" for a sum of several reasons */
	char *name;
	const struct dump_row *row;	/* one of those that it is made of */
	uint64_t *n;
	uint64_t *l2;			/* how many of @n came from L2 */
	uint64_t key;			/* the sum of the row's key columns */
	uint64_t l2_key;
};

struct tally {
	size_t ncols;
	struct tally_row *rows;		/* in code order at first */
	size_t nrows;
	struct tally_row *also;
	size_t nalso;
	uint64_t *sum;			/* of each column, "also" rows not in it */
	uint64_t *l2_sum;
	uint64_t key;			/* the sum of all rows' keys */
	uint64_t l2_key;
	bool has_l2;			/* any column has counts of L2 */
};

/*
 * Make @tally of @n columns of counts that are all of one @isa. The first @nkey
 * columns add up to a row's key. Without @with_l2, counts of L2 are 0. "other" shows the code that it has in the last
 * column. It is an error if a code has two names or a sum exceeds 64 bits.
 * Free with tally_free(), error or not.
 */
char *tally_init(struct tally *tally, enum dump_isa isa, const struct dump_counts *const *counts,
		 size_t n, size_t nkey, bool with_l2);

void tally_free(struct tally *tally);

/* Leave out the rows whose keys are 0. */
void tally_drop_zero(struct tally *tally);

/* Highest key first; rows of the same key stay in code order. */
void tally_sort_by_count(struct tally *tally);

/* Keep the first @top rows and sum the rest in one row "(N others)". */
void tally_top(struct tally *tally, size_t top);

#endif
