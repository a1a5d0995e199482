// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "when.h"

#define SECOND 1000000LL
#define DAY 86400

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Read "Z", "+01:00" or "+0100". Return its end, or @text if there is none. */
static const char *zone(const char *text, long *offset)
{
	const char *p = text + 1;
	long minutes = 0;

	if (*text == 'Z') {
		*offset = 0;
		return p;
	}
	if (*text != '+' && *text != '-')
		return text;
	for (int i = 0; i < 4; i++) {
		if (i == 2 && *p == ':')
			p++;
		if (!is_digit(*p))
			return text;
		minutes = minutes * (i == 2 ? 6 : 10) + (*p++ - '0');
	}
	*offset = (*text == '-' ? -60 : 60) * minutes;
	return p;
}

/*
 * Read ".118", if there, and the zone. Set *@time for the fields of @tm. Return the end
 * of the text.
 */
static const char *finish(const char *p, struct tm *tm, int64_t *time)
{
	int64_t fraction = 0, unit = SECOND;
	const char *end;
	long offset;

	if ((*p == '.' || *p == ',') && is_digit(p[1]))
		for (p++; is_digit(*p); p++)
			fraction += (unit /= 10) * (*p - '0');
	end = zone(p, &offset);
	tm->tm_isdst = -1;
	*time = end == p ? mktime(tm) : timegm(tm) - offset;
	*time = *time * SECOND + fraction;
	return end;
}

/* Read @text, which has @format, then maybe a fraction and a zone. Return its end or NULL. */
static const char *read_time(const char *text, const char *format, struct tm *tm, int64_t *time)
{
	const char *end = strptime(text, format, tm);

	return end ? finish(end, tm, time) : NULL;
}

bool when_parse(const char *text, struct when *when)
{
	static const char *const formats[] = {
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d",
		"%H:%M:%S", "%H:%M",
	};
	static const struct {
		const char *name;
		long seconds;
	} units[] = {
		{ "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 }, { "d", DAY },
	};
	time_t now = time(NULL), day = now;
	struct tm today;
	char *end;
	double number;

	*when = (struct when){ .time = now * SECOND };
	if (!strcmp(text, "now"))
		return true;
	if (!strcmp(text, "yesterday"))
		day -= DAY;
	localtime_r(&day, &today);
	today.tm_hour = today.tm_min = today.tm_sec = 0;
	if (!strcmp(text, "today") || !strcmp(text, "yesterday")) {
		when->time = mktime(&today) * SECOND;
		return true;
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct tm tm = today;
		const char *rest = read_time(text, formats[i], &tm, &when->time);

		if (rest && !*rest)
			return true;
	}
	number = strtod(text + (*text == '-' || *text == '@'), &end);
	if (!is_digit(text[*text == '-' || *text == '@']) || number > 1e11)
		return false;
	if (*text == '-') {
		for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
			if (strcmp(end, units[i].name))
				continue;
			when->time = now * SECOND - (int64_t)(number * units[i].seconds * SECOND);
			return true;
		}
		return false;
	}
	if (*end && strcmp(end, "s"))
		return false;
	when->uptime = *text != '@';
	when->time = number * (when->uptime ? 1000 : SECOND);
	return true;
}

bool when_find(const char *text, size_t len, int64_t *found)
{
	char line[256];
	struct tm tm;

	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, text, len);
	line[len] = '\0';
	for (const char *p = line; *p; p++) {
		time_t now;

		/* nothing begins in a word or a number */
		if (p > line && (is_digit(p[-1]) || (p[-1] >= 'A' && p[-1] <= 'z' && p[-1] != '[')))
			continue;
		tm = (struct tm){};
		if (is_digit(*p) && (read_time(p, "%Y-%m-%dT%H:%M:%S", &tm, found) ||
				     read_time(p, "%Y-%m-%d %H:%M:%S", &tm, found)))
			return true;
		if (*p < 'A' || *p > 'Z')
			continue;
		tm = (struct tm){};
		if (read_time(p, "%a %b %d %H:%M:%S %Y", &tm, found))
			return true;
		now = time(NULL) + DAY;
		localtime_r(&now, &tm);
		if (read_time(p, "%b %d %H:%M:%S", &tm, found)) {
			if (*found > now * SECOND) {
				tm.tm_year--;
				read_time(p, "%b %d %H:%M:%S", &tm, found);
			}
			return true;
		}
	}
	return false;
}
