/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An input is a header of FUZZ_HEADER bytes that selects a command and its options,
 * followed by the log. A form feed separates two files. The bytes of the header, each
 * modulo the number of its values:
 *
 *   0  list, table, diff, diff of two logs, steps, compare, table --vms
 *   1  text, markdown, csv, json, html: the format to print after csv; +5 --per-second
 *   2  +1 by count, +2 --all and lists of reasons, +4 --dump or --from, +8 --to
 *   3  --top; 0 is none
 *   4  the dump for --dump and --from
 *   5  the dump for --to
 *   6  ignored; a newline, so that the log starts on a new line
 *
 * Byte 0 counts from '0'. The values of the others are the low bits, which are 0 to 15
 * in '0' to '?'. So "000000\n" is a plain list.
 *
 * The length of the input modulo 8 selects what else is checked: 0 to 3 are encodings in
 * which the log must be the same, 4 and 5 read the log's times.
 */
#ifndef KVM_EXITS_FUZZ_H
#define KVM_EXITS_FUZZ_H

#define FUZZ_HEADER 7

#endif
