/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table as a page of HTML that needs nothing else: no script, no other file. The
 * shade of a cell is its share of the column's total. The same table gives the same
 * bytes.
 *
 * The page can be cut: its style is between <style> and </style>, its content
 * between <main> and </main>, without ids, headings but the first, or links.
 */
#ifndef KVM_EXITS_HTML_H
#define KVM_EXITS_HTML_H

#include "table.h"

/* Write @table and the one below it to @out. The caller checks for write errors. */
void html_write(const struct table *table, FILE *out);

#endif
