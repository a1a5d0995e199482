/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A workload is one source file in this directory. It has a WORKLOAD(), the
 * functions that WORKLOAD() names, and a comment that says exactly what one unit is
 * and which exits it causes. Nothing else needs to name the workload.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

/**
 * struct workload - something that a guest does a given number of times
 * @name: what the kernel command line calls it, as in "workload=NAME"
 * @unit: description of one unit, for people
 * @units: number of units unless the command line has "units=N"
 * @prepare: does what must happen before the first unit, or NULL
 * @run: executes the units
 *
 * Both functions get the number of units, from 0 to 2^32 - 1. They return 0, or the
 * value of fail() if a unit could not be executed or a result is wrong.
 */
struct workload {
	const char *name;
	const char *unit;
	unsigned long units;
	int (*prepare)(unsigned long units);
	int (*run)(unsigned long units);
};

/* The linker collects the pointers; init finds them by the section's name. */
#define WORKLOAD(id, ...) \
	static const struct workload workload_##id = { .name = #id, __VA_ARGS__ }; \
	static const struct workload *const entry_##id \
	__attribute__((used, section("workloads"))) = &workload_##id

/**
 * fail() - Set the error message that says why the guest cannot continue.
 * @fmt: a format as for printf(), without a full stop and a newline
 *
 * init prints the last message after "guest: failed NAME: ".
 *
 * Return: -1, so that a function can end with "return fail(...)".
 */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * load_module() - Load a module of the guest's kernel.
 * @name: the name of the file in the root of the initramfs, without ".ko"
 *
 * Return: 0, or the value of fail().
 */
int load_module(const char *name);

#endif
