// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <search.h>

#include "alloc.h"
#include "keep.h"
#include "tally.h"

/* Numbers from @first to @last. */
struct range {
	uint64_t first;
	uint64_t last;
};

/* The counters of one host, VM or vCPU from one load of kvm.ko to the next. */
struct life {
	struct dump whose;	/* only its identity */
	struct dump *first;	/* the earliest and the latest dump */
	struct dump *last;
	struct dump *pinned;	/* the second of two dumps that contradict each other */
	struct range *numbers;	/* of its dumps, ascending; without 0 */
	size_t nranges;
	uint64_t live;		/* how many dumps have the number 0 */
};

/* How many damaged dumps have a number. */
struct bad_number {
	uint64_t number;
	unsigned int count;
};

struct dump_lives {
	void *known;		/* tsearch() tree of complete dumps by content */
	void *tree;		/* tsearch() tree of the lives */
	struct life **lives;	/* in the order in which they came */
	size_t nlives;
	void *bad;		/* tsearch() tree of bad_number */
	uint64_t *left_out;	/* the order of this host's dumps that are left out, ascending */
	size_t nleft_out;
	char *error;
};

struct dump_lives *keep_new(void)
{
	return must(calloc(1, sizeof(struct dump_lives)));
}

static int cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Compare lives. The strings of a log's dumps are shared, but not sorted by address. */
static int life_cmp(const void *a, const void *b)
{
	const struct dump *x = a, *y = b;
	int c = strcmp(x->loaded, y->loaded);

	if (!c)
		c = strcmp(x->host, y->host);
	if (!c)
		c = cmp(x->scope, y->scope);
	if (!c && x->scope != DUMP_SCOPE_HOST)
		c = strcmp(x->vm, y->vm);
	if (!c && x->scope == DUMP_SCOPE_VCPU)
		c = cmp(x->vcpu, y->vcpu);
	return c;
}

/* Compare complete dumps by their content: equal ones are one dump that came twice. */
static int content_cmp(const void *a, const void *b)
{
	const struct dump *x = a, *y = b;
	int c = cmp(x->number, y->number);

	if (!c)
		c = cmp(x->crc, y->crc);
	if (!c)
		c = cmp(x->uptime_ms, y->uptime_ms);
	if (!c)
		c = cmp(x->exits, y->exits);
	return c ? c : life_cmp(x, y);
}

static int bad_cmp(const void *a, const void *b)
{
	const struct bad_number *x = a, *y = b;

	return cmp(x->number, y->number);
}

static int number_order_cmp(const void *a, const void *b)
{
	const struct dump *x = *(struct dump *const *)a, *y = *(struct dump *const *)b;
	int c = cmp(x->number, y->number);

	return c ? c : cmp(x->first.order, y->first.order);
}

static struct life *life_of(struct dump_lives *lives, const struct dump *dump)
{
	struct life **found = tfind(dump, &lives->tree, life_cmp);
	struct life *life;

	if (found)
		return *found;
	life = must(calloc(1, sizeof(*life)));
	life->whose = (struct dump){
		.host = dump->host, .loaded = dump->loaded, .scope = dump->scope, .vm = dump->vm,
		.vcpu = dump->vcpu,
	};
	lives->lives = grow(lives->lives, lives->nlives, sizeof(*lives->lives));
	lives->lives[lives->nlives++] = life;
	must(tsearch(life, &lives->tree, life_cmp));
	return life;
}

/* Return the index of the first range that ends at @number or later. */
static size_t range_of(const struct life *life, uint64_t number)
{
	size_t low = 0, high = life->nranges;

	while (low < high) {
		size_t i = low + (high - low) / 2;

		if (life->numbers[i].last < number)
			low = i + 1;
		else
			high = i;
	}
	return low;
}

static bool has_number(const struct life *life, uint64_t number)
{
	size_t i = range_of(life, number);

	return i < life->nranges && life->numbers[i].first <= number;
}

static void add_number(struct life *life, uint64_t number)
{
	size_t i = range_of(life, number);

	if (!number) {
		life->live++;
	} else if (has_number(life, number)) {
		return;
	} else if (i > 0 && life->numbers[i - 1].last == number - 1) {
		life->numbers[i - 1].last = number;
	} else if (i < life->nranges && life->numbers[i].first == number + 1) {
		life->numbers[i].first = number;
	} else {
		life->numbers = grow(life->numbers, life->nranges, sizeof(*life->numbers));
		memmove(&life->numbers[i + 1], &life->numbers[i],
			(life->nranges++ - i) * sizeof(*life->numbers));
		life->numbers[i] = (struct range){ number, number };
	}
}

/* Return how many dumps came with @number so far. */
static unsigned int count_number(const struct dump_lives *lives, uint64_t number)
{
	struct bad_number key = { .number = number }, **bad = tfind(&key, &lives->bad, bad_cmp);
	unsigned int n = bad ? (*bad)->count : 0;

	for (size_t i = 0; i < lives->nlives; i++)
		n += number ? has_number(lives->lives[i], number) : lives->lives[i]->live;
	return n;
}

static void add_bad(struct dump_lives *lives, uint64_t number)
{
	struct bad_number *key = must(calloc(1, sizeof(*key))), **found;

	key->number = number;
	found = must(tsearch(key, &lives->bad, bad_cmp));
	(*found)->count++;
	if (*found != key)
		free(key);
}

/* Does the filter leave out the dump? Its boot is not known yet. */
static bool leaves_out(struct dump_log *log, const struct dump *dump)
{
	const struct dump_filter *filter = &log->filter;
	struct when loaded;

	if (filter->host && dump->host && strcmp(filter->host, dump->host))
		return true;
	if (!filter->since)
		return false;
	if (filter->when.uptime)
		return dump->uptime_ms < (uint64_t)filter->when.time;
	if (dump->has_time)
		return dump->time < filter->when.time;
	if (!when_parse(dump->loaded, &loaded) || loaded.time >= filter->when.time)
		return false;
	/* kvm.ko may have been loaded at any time since the host booted */
	if (loaded.time + (int64_t)dump->uptime_ms * 1000 < filter->when.time)
		return true;
	if (!log->lives->error)
		log->lives->error = text("%s:%" PRIu64 ": dump %" PRIu64 " has no time of day, which --since needs: use dmesg -T, or --since SECONDS of uptime",
					 dump->first.file, dump->first.line, dump->number);
	return true;
}

/* Remove a dump because of the filter. */
static void leave_out(struct dump_log *log, struct dump *dump)
{
	struct dump_lives *lives = log->lives;
	uint64_t order = dump->first.order;
	size_t i = lives->nleft_out;

	log->filtered++;
	if (log->filter.host && strcmp(log->filter.host, dump->host)) {
		/* dumps of other hosts may be among the steps of this host */
		dump_log_remove(log, dump);
		return;
	}
	lives->left_out = grow(lives->left_out, i, sizeof(*lives->left_out));
	for (lives->nleft_out++; i && lives->left_out[i - 1] > order; i--)
		lives->left_out[i] = lives->left_out[i - 1];
	lives->left_out[i] = order;
	dump_log_remove(log, dump);
}

static bool contradict(const struct dump *from, const struct dump *to)
{
	struct dump_counts change;
	char *error = dump_diff(from, to, &change);

	dump_counts_free(&change);
	free(error);
	return error;
}

/* Keep only the latest dump of a life. */
static void keep_last(struct dump_log *log, struct life *life, struct dump *dump)
{
	struct dump *last = life->last;

	if (last && dump_age_cmp(dump, last) < 0) {
		dump_log_remove(log, dump);
		return;
	}
	life->last = dump;
	if (last)
		dump_log_remove(log, last);
}

/* Keep the earliest and the latest dump of a life, and two that contradict each other. */
static void keep_ends(struct dump_log *log, struct life *life, struct dump *dump)
{
	struct dump *first = life->first, *last = life->last, *inner = dump;
	bool bad;

	if (!last) {
		life->first = life->last = dump;
		return;
	}
	if (dump_age_cmp(dump, last) > 0) {
		bad = contradict(last, dump);
		life->last = dump;
		inner = last;
	} else if (dump_age_cmp(dump, first) < 0) {
		bad = contradict(dump, first);
		life->first = dump;
		inner = first;
	} else {
		bad = contradict(first, dump) || contradict(dump, last);
	}
	if (bad && !life->pinned)
		life->pinned = dump;
	else if (first != last && inner != life->pinned)
		dump_log_remove(log, inner);
}

void keep_dump(struct dump_log *log, struct dump *dump)
{
	struct dump_lives *lives = log->lives;
	struct life *life;

	if (!dump->problem && leaves_out(log, dump)) {
		leave_out(log, dump);
		return;
	}
	if (log->keep != DUMP_KEEP_ALL)
		dump->nth = count_number(lives, dump->number) + 1;
	if (dump->problem) {
		add_bad(lives, dump->number);
		return;
	}
	life = life_of(lives, dump);
	if (log->keep == DUMP_KEEP_ALL ?
	    *(struct dump **)must(tsearch(dump, &lives->known, content_cmp)) != dump :
	    (life->first && !content_cmp(life->first, dump)) ||
	    (life->last && !content_cmp(life->last, dump))) {
		log->repeats++;
		dump_log_remove(log, dump);
		return;
	}
	add_number(life, dump->number);
	if (log->complete)
		log->complete(log->arg, life->last, dump);
	if (log->keep == DUMP_KEEP_LAST)
		keep_last(log, life, dump);
	else if (log->keep == DUMP_KEEP_ENDS)
		keep_ends(log, life, dump);
}

/* Does the log have a dump, or with @left_out one that was left out, in these orders? */
static bool has_dump(const struct dump_log *log, uint64_t from, uint64_t to, bool left_out)
{
	size_t low = 0, high = left_out ? log->lives->nleft_out : log->ndumps;
	size_t n = high;

	while (low < high) {
		size_t i = low + (high - low) / 2;
		uint64_t order = left_out ? log->lives->left_out[i] : log->dumps[i]->first.order;

		if (order < from)
			low = i + 1;
		else
			high = i;
	}
	return low < n && (left_out ? log->lives->left_out[low] : log->dumps[low]->first.order) < to;
}

static int name_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void not_owned(void *node)
{
	(void)node;
}

/*
 * Drop the marks of steps that come again: a step of that name came before, and all
 * its dumps are repeated. With a filter, also drop those of steps that have no dump, or
 * dumps that were left out.
 */
static void drop_marks(struct dump_log *log)
{
	void *names = NULL;
	size_t kept = 0, n = log->nmarks;

	for (size_t i = 0; i < n; i++) {
		struct dump_mark *mark = &log->marks[i], *end = mark + 1;
		uint64_t from = mark->at.order, to;
		bool drop = false;

		if (mark->kind == DUMP_MARK_BEGIN && i + 1 < n && end->kind == DUMP_MARK_END &&
		    !strcmp(mark->name, end->name)) {
			to = end->at.order;
			if (!has_dump(log, from, to, false))
				drop = log->filtered || (end->repeats > mark->repeats &&
							 tfind(mark->name, &names, name_cmp));
			drop |= has_dump(log, from, to, true);
		}
		if (drop) {
			free(mark->name);
			free(end->name);
			i++;
			continue;
		}
		must(tsearch(mark->name, &names, name_cmp));
		log->marks[kept++] = *mark;
	}
	log->nmarks = kept;
	tdestroy(names, not_owned);
}

/* Find the boots, each a dump of its own, in the order in which they came. */
static struct dump **find_boots(const struct dump_log *log, size_t *n)
{
	struct dump **boots = NULL;

	*n = 0;
	for (size_t i = 0; i < log->ndumps; i++) {
		struct dump *dump = log->dumps[i];
		size_t k = *n;

		if (dump->problem)
			continue;
		while (k && (strcmp(boots[k - 1]->loaded, dump->loaded) ||
			     strcmp(boots[k - 1]->host, dump->host)))
			k--;
		if (k)
			continue;
		boots = grow(boots, *n, sizeof(*boots));
		boots[(*n)++] = dump;
	}
	return boots;
}

/* Set *@loaded to the boot that the filter names. */
static char *choose_boot(const struct dump_log *log, const char **loaded)
{
	const char *name = log->filter.boot;
	size_t n, found = 0, digits = strspn(name, "+-0123456789");
	struct dump **boots = find_boots(log, &n);
	char *error = NULL;

	for (size_t i = 1; !error && i < n; i++)
		if (strcmp(boots[i]->host, boots[0]->host))
			error = text("the log has dumps of the hosts %s and %s: choose one with --host",
				     boots[0]->host, boots[i]->host);
	*loaded = NULL;
	if (!error && !name[digits] && digits < 8) {
		long i = strtol(name, NULL, 10);

		i += i > 0 ? -1 : (long)n - 1;
		if (i >= 0 && i < (long)n)
			*loaded = boots[i]->loaded;
	}
	for (size_t i = 0; !error && !*loaded && i < n; i++)
		found += !strncmp(boots[i]->loaded, name, strlen(name));
	for (size_t i = 0; found == 1 && i < n; i++)
		if (!strncmp(boots[i]->loaded, name, strlen(name)))
			*loaded = boots[i]->loaded;
	if (!error && !*loaded)
		error = text("%s boot %s: the log has dumps of " "%zu boot%s, which list shows as \"loaded\"",
			     found ? "more than one" : "no", name, n, n == 1 ? "" : "s");
	free(boots);
	return error;
}

/* Leave out dumps that are not of this boot, and damaged dumps of other hosts. */
static void filter_rest(struct dump_log *log, const char *loaded)
{
	const char *host = log->filter.host;

	for (size_t i = log->ndumps; i--;) {
		struct dump *dump = log->dumps[i];

		if (dump->isa && ((loaded && strcmp(dump->loaded, loaded)) ||
				  (host && strcmp(dump->host, host)))) {
			if (dump->problem)
				dump_log_remove(log, dump);
			else
				leave_out(log, dump);
		}
	}
}

/* Number the dumps that have one number. */
static void number(struct dump_log *log)
{
	struct dump **sorted = must(calloc(log->ndumps + 1, sizeof(*sorted)));

	for (size_t i = 0; i < log->ndumps; i++)
		sorted[i] = log->dumps[i];
	qsort(sorted, log->ndumps, sizeof(*sorted), number_order_cmp);
	for (size_t i = 0, same; i < log->ndumps; i += same) {
		for (same = 1; i + same < log->ndumps; same++)
			if (sorted[i]->number != sorted[i + same]->number)
				break;
		for (size_t k = 0; k < same; k++) {
			sorted[i + k]->nth = k + 1;
			sorted[i + k]->of = same;
		}
	}
	free(sorted);
}

char *keep_finish(struct dump_log *log)
{
	struct dump_lives *lives = log->lives;
	const char *loaded = NULL;
	char *error = lives->error;

	lives->error = NULL;
	if (!error && log->filter.boot)
		error = choose_boot(log, &loaded);
	if (!error && (log->filter.boot || log->filter.host))
		filter_rest(log, loaded);
	if (log->filtered || log->repeats)
		drop_marks(log);
	if (log->keep == DUMP_KEEP_ALL)
		number(log);
	else
		for (size_t i = 0; i < log->ndumps; i++)
			log->dumps[i]->of = count_number(lives, log->dumps[i]->number);
	return error;
}

void keep_free(struct dump_lives *lives)
{
	for (size_t i = 0; i < lives->nlives; i++) {
		free(lives->lives[i]->numbers);
		free(lives->lives[i]);
	}
	tdestroy(lives->known, not_owned);
	tdestroy(lives->tree, not_owned);
	tdestroy(lives->bad, free);
	free(lives->lives);
	free(lives->left_out);
	free(lives->error);
	free(lives);
}
