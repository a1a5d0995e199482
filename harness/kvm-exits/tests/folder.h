/* SPDX-License-Identifier: GPL-2.0 */
/* A made-up debugfs folder for tests, with the counters of a host and VMs. */
#ifndef KVM_EXITS_FOLDER_H
#define KVM_EXITS_FOLDER_H

#include <stdbool.h>

#include "sample.h"

/* The folder in place of /sys/kernel/debug, and its folder kvm. */
extern char folder_root[];
extern char folder_kvm[];

/* For cmocka: make the folder, and remove it. */
int folder_set_up(void **state);
int folder_tear_down(void **state);

/* Return the name of the file @path in the folder kvm. The caller frees it. */
char *folder_path(const char *path);

/* Make the folder @path in the folder kvm. */
void folder_make(const char *path);

/* Write the file @path in the folder kvm. */
void folder_put(const char *path, const char *content);

/* Write counters of @scope, such as "vm=9-1 vcpus=3", into the file @path. */
void folder_put_dump(const char *path, const struct sample_dump *dump);

/* Write times of @scope into the file @path. @row is a row, or "". */
void folder_put_times(const char *path, const char *scope, bool on, const char *row);

#endif
