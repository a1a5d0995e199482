/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Equivalent exit reasons: what makes an Intel CPU exit for one reason makes an
 * AMD CPU exit for another, or for one of several. Both are of one kind.
 */
#ifndef KVM_EXITS_KINDS_H
#define KVM_EXITS_KINDS_H

#include "dump.h"

/* The reasons of a kind by their names in a dump, with blanks between; "" for none. */
struct reason_kind {
	const char *name;
	const char *vmx;
	const char *svm;
};

/* In the order in which tables show kinds, most telling first. */
extern const struct reason_kind reason_kinds[];
extern const size_t nr_reason_kinds;

/* The kind in reason_kinds that @reason of @isa belongs to, or NULL. */
const struct reason_kind *reason_kind_find(enum dump_isa isa, const char *reason);

#endif
