/* SPDX-License-Identifier: GPL-2.0 */
/* The screen of "kvm-exits top". */
#ifndef KVM_EXITS_SCREEN_H
#define KVM_EXITS_SCREEN_H

#include "watch.h"

/*
 * Show the table of @view on the terminal, and a new one every @interval seconds, until
 * the user quits or a signal arrives. Keys change the view. @filter and @vm are the
 * texts of the view's filters, or NULL. The first reading must have succeeded. Return 0,
 * or the number of the signal. *@error is set to an error message, to be freed, if the
 * terminal cannot be used, or to NULL. The terminal is restored in each case.
 */
int screen_run(struct watch *watch, const struct watch_view *view, const char *filter,
	       double interval, char **error);

/* The shortest and the longest interval, in seconds. */
#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 3600

/* Set *@interval to the seconds in @text. Return false if they are out of range. */
bool read_interval(const char *text, double *interval);

#endif
