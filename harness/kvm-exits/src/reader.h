/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read the files of a log: in their order, as they are written, and to their end, if
 * they have one.
 */
#ifndef KVM_EXITS_READER_H
#define KVM_EXITS_READER_H

#include "command.h"

/*
 * Append the @nfiles files to @log, "-" is standard input, and finish it. Rotated files
 * of one log ("kern.log", "kern.log.1", "kern.log.2.gz") and the parts of a panic in
 * pstore are read in the order in which they were written.
 *
 * With @times, read times too. With @follow, wait for more at the end of a file. Else
 * /dev/kmsg ends after the last message, and a note on stderr says so if nothing comes
 * for two seconds from another device, a terminal, or, if stderr is a terminal, a pipe.
 *
 * Print an error on stderr and exit if a file cannot be read.
 */
void reader_read(struct log *log, char *const *files, size_t nfiles, bool times, bool follow);

#endif
