/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An input is a head of FUZZ_HEADER bytes that chooses a command and its options,
 * each byte by its remainder, and then the log. A form feed parts two files.
 *
 *   0  list, table, diff, diff of two logs, steps, compare, table --vms
 *   1  text, markdown, csv, json: what to print after csv
 *   2  +1 by count, +2 --all and lists of reasons, +4 --dump or --from, +8 --to
 *   3  --top; 0 is none
 *   4  which dump --dump and --from name
 *   5  which dump --to names
 *   6  nothing; a newline, so that the log begins a line
 *
 * '0' is the first of byte 0. In '0' to '?' the low bits of the others are the
 * values, so "000000\n" is a plain list.
 */
#ifndef KVM_EXITS_FUZZ_H
#define KVM_EXITS_FUZZ_H

#define FUZZ_HEADER 7

#endif
