/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic on dumps: the exits between two dumps, the exits of each step, and the
 * matrix of reasons and columns that the tables show.
 *
 * Functions that return a string return NULL on success, or an error message that
 * the caller frees.
 */
#ifndef KVM_EXITS_TALLY_H
#define KVM_EXITS_TALLY_H

#include "dump.h"

/* Check that both dumps are of one life, see dump_same_life(). */
char *dump_one_life(const struct dump *from, const struct dump *to);

/*
 * Subtract @from from @to: @out gets, for each row of @to, the change of its total
 * and of its exits from L2. The names are those of @to and live as long as it does;
 * free the rest with dump_counts_free().
 *
 * The dumps must be of one life and consistent:
 * - no count, uptime or dump number goes down
 * - the isa, the number of possible CPUs and the names of codes do not change
 * - dumps with the same number are the same
 * - "since" is the change if the numbers are consecutive, else at most the change
 * Dump number 0 is not compared.
 */
char *dump_diff(const struct dump *from, const struct dump *to, struct dump_counts *out);

void dump_counts_free(struct dump_counts *counts);

/*
 * dump_diff() of two dumps of one log, by their indexes. Also check that each dump of
 * their life whose age is between theirs can be subtracted from the next, and that the
 * numbers go up. Damaged dumps and dumps of other lives are skipped.
 */
char *dump_log_diff(const struct dump_log *log, size_t from, size_t to, struct dump_counts *out);

/* Check that step marks are not torn, that they form pairs, and that names are unique. */
char *dump_log_marks(const struct dump_log *log);

/* The exits between two step marks. */
struct step {
	const char *name;		/* the marks' name */
	const struct dump *first;
	const struct dump *last;
	struct dump_counts exits;
};

/*
 * Find the steps of a log, in its order. The exits of a step are those from its first
 * to its last dump. It is an error if
 * - a mark is torn, nested, unclosed or has the name of another step
 * - a damaged dump is not wholly before the first mark or after the last one
 * - a dump straddles a mark
 * - the dump numbers have a gap in, just before or just after a step
 * - a step has dumps of two lives, or fewer than two dumps
 * Free with steps_free() even after an error.
 */
char *dump_log_steps(const struct dump_log *log, struct step **steps, size_t *nsteps);

void steps_free(struct step *steps, size_t nsteps);

/* One exit reason, with a count in each column. */
struct tally_row {
	char code[DUMP_CODE_SIZE];	/* "" for a sum of several reasons */
	char *name;
	const struct dump_row *row;	/* one of the rows that were merged */
	uint64_t *n;			/* the count in each column */
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
	uint64_t *sum;			/* of each column, without "also" rows */
	uint64_t *l2_sum;
	uint64_t key;			/* the sum of all rows' keys */
	uint64_t l2_key;
	bool has_l2;			/* a column has counts of L2 */
};

/*
 * Make @tally of @n columns of counts, all of @isa. A row's key is the sum of its
 * first @nkey columns. Without @with_l2, counts of L2 are 0. The row "other" gets its
 * code in the last column. It is an error if a code has two names or a sum exceeds 64
 * bits. Free with tally_free() even after an error.
 */
char *tally_init(struct tally *tally, enum dump_isa isa, const struct dump_counts *const *counts,
		 size_t n, size_t nkey, bool with_l2);

void tally_free(struct tally *tally);

/* Drop the rows whose keys are 0. */
void tally_drop_zero(struct tally *tally);

/* Sort by key, highest first; rows with the same key stay in code order. */
void tally_sort_by_count(struct tally *tally);

/* Keep the first @top rows and merge the others into one row "(N others)". */
void tally_top(struct tally *tally, size_t top);

#endif
