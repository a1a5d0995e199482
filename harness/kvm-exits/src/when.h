/* SPDX-License-Identifier: GPL-2.0 */
/* The time of day in front of a line of a log, and points in time that users name. */
#ifndef KVM_EXITS_WHEN_H
#define KVM_EXITS_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A point in time: microseconds since 1970 in UTC, or with @uptime milliseconds since
 * the host booted.
 */
struct when {
	int64_t time;
	bool uptime;
};

/*
 * Read a point in time: "2026-11-26 03:10:22", without the seconds, without the time or
 * without the date; "today", "yesterday", "now"; "-30s", "-5m", "-2h" or "-1d" from now;
 * "@SECONDS" since 1970; or "SECONDS" of uptime. Local time, unless "Z" or an offset
 * such as "+01:00" follows. Return false if @text is none of these.
 */
bool when_parse(const char *text, struct when *when);

/*
 * Find the time of day in the @len bytes of @text before a message: that of ISO 8601 or
 * RFC 5424, of "dmesg -T", or of syslog, whose year is the last in which it has passed.
 * Set *@time to microseconds since 1970. Return false if there is none.
 */
bool when_find(const char *text, size_t len, int64_t *time);

#endif
