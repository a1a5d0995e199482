/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which dumps of a log stay in memory, and their labels. For dump.c only: dump.h
 * describes the rules.
 */
#ifndef KVM_EXITS_KEEP_H
#define KVM_EXITS_KEEP_H

#include "dump.h"

/* All lives of the counters that a log has dumps of. */
struct dump_lives *keep_new(void);

/* Take a dump whose end was read. This may remove and free it, and older dumps. */
void keep_dump(struct dump_log *log, struct dump *dump);

/* Apply the rest of the filter and set the labels. Return as dump_log_finish(). */
char *keep_finish(struct dump_log *log);

void keep_free(struct dump_lives *lives);

/* Remove and free a dump of the log. It must have been closed. */
void dump_log_remove(struct dump_log *log, struct dump *dump);

#endif
