/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of exits. A kind is a group of equivalent reasons: an event that causes one
 * of its reasons on Intel causes another of them on AMD.
 */
#ifndef KVM_EXITS_KINDS_H
#define KVM_EXITS_KINDS_H

#include "dump.h"

/* The reasons of a kind by their names in a dump, separated by blanks; "" for none. */
struct reason_kind {
	const char *name;
	const char *vmx;
	const char *svm;
};

/* In the order in which tables show kinds, most important first. */
extern const struct reason_kind reason_kinds[];
extern const size_t nr_reason_kinds;

/* Return the kind of @reason of @isa, an element of reason_kinds, or NULL. */
const struct reason_kind *reason_kind_find(enum dump_isa isa, const char *reason);

#endif
