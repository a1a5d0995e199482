/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which exit reasons of the two vendors are kin: what makes an Intel CPU exit
 * for one of them makes an AMD CPU exit for another, or for one of several.
 */
#ifndef KVM_EXITS_KIN_H
#define KVM_EXITS_KIN_H

#include "dump.h"

/* The reasons of a kind by their names in a dump, with blanks between; "" for none. */
struct kin {
	const char *name;
	const char *vmx;
	const char *svm;
};

/* In the order in which tables show kinds, most telling first. */
extern const struct kin kin_table[];
extern const size_t kin_n;

/* The kind in kin_table that @reason of @isa belongs to, or NULL. */
const struct kin *kin_find(enum dump_isa isa, const char *reason);

#endif
