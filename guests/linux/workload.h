/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A workload is one source file here: a WORKLOAD(), the functions that it names
 * and a comment that says exactly what one unit of it is and which exits it is
 * there for. Nothing else has to be told about it.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

/**
 * struct workload - something that a guest does a given number of times
 * @name: what the kernel command line calls it, as in "workload=NAME"
 * @unit: what it does once, for people
 * @units: how often unless the command line says "units=N"
 * @prepare: what must be done before and is not part of a unit, or NULL
 * @run: does it
 *
 * Both functions get the number of units, from 0 to 2^32 - 1, and return 0 or,
 * when that many were not done or a result is not right, what fail() returns.
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
 * fail() - Say in one sentence why the guest cannot go on.
 * @fmt: as printf's; no full stop, no newline
 *
 * init prints the last sentence behind "guest: failed NAME: ".
 *
 * Return: -1, so that a function can end with "return fail(...)".
 */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
