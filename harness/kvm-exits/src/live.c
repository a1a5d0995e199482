// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "alloc.h"
#include "live.h"

/* The bytes that the kernel writes in names */
#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* A folder of a VM or a vCPU. */
struct folder {
	char *name;
	uint64_t a;	/* the numbers in its name */
	uint64_t b;
};

/*
 * Why does @debugfs have no files? Return the error message for the errno @error of an
 * attempt to open one of them.
 */
static char *explain(const char *debugfs, int error)
{
	char *parent = must(strdup(debugfs)), *slash;
	struct statfs fs;
	char *why;

	/* Debugfs is the folder above, or there are only relative names. */
	while ((slash = strrchr(parent, '/')) && !slash[1] && slash > parent)
		*slash = '\0';
	if (!slash)
		strcpy(parent, ".");
	else if (slash > parent)
		*slash = '\0';
	if (error == EACCES || error == EPERM)
		why = text("cannot read %s: %s: run kvm-exits as root", debugfs, strerror(error));
	else if (error != ENOENT)
		why = text("cannot read %s: %s", debugfs, strerror(error));
	else if (statfs(debugfs, &fs) == 0)
		why = text("this KVM has no exit counters: no file exit_counters in %s: load a KVM with CONFIG_KVM_EXIT_COUNTERS=y",
			   debugfs);
	else if (statfs(parent, &fs) == 0 && fs.f_type == DEBUGFS_MAGIC)
		why = text("KVM is not loaded: no folder %s: run modprobe kvm_intel or modprobe kvm_amd",
			   debugfs);
	else
		why = text("debugfs is not mounted: no folder %s: run mount -t debugfs debugfs %s",
			   debugfs, parent);
	free(parent);
	return why;
}

/*
 * Return the content of the file @path, with a NUL after it, and set *@len to its length
 * without that. Return NULL and set errno if it cannot be read.
 */
static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "re");
	size_t size = 1 << 13, n;
	char *buf;
	int error;

	*len = 0;
	if (!file)
		return NULL;
	buf = must(malloc(size));
	errno = 0;
	while ((n = fread(buf + *len, 1, size - *len, file)) > 0) {
		*len += n;
		if (*len == size) {
			buf = must(reallocarray(buf, size, 2));
			size *= 2;
		}
	}
	buf[*len] = '\0';
	error = ferror(file) ? errno : 0;
	fclose(file);
	if (error) {
		free(buf);
		buf = NULL;
		errno = error;
	}
	return buf;
}

/* Does the errno @error mean that a VM or a vCPU has ended, or is being created? */
static bool gone(int error)
{
	return error == ENOENT || error == EIO || error == ENODEV;
}

/* Return the name of a file of the counters @scope, "" or "PID-FD" or "PID-FD/vcpuN". */
static char *path_of(struct live *live, const char *debugfs, const char *scope, const char *file)
{
	char *path = text("%s/%s%s%s", debugfs, scope, *scope ? "/" : "", file);

	live->paths = grow(live->paths, live->npaths, sizeof(*live->paths));
	live->paths[live->npaths++] = path;
	return path;
}

/* Read exit_counters of @scope. Set *@found to false if the VM has ended. */
static char *read_counters(struct live *live, const char *debugfs, const char *scope, bool *found)
{
	char *path = path_of(live, debugfs, scope, "exit_counters");
	size_t len, before = live->log->ndumps;
	char *content = read_file(path, &len);
	const struct dump *dump;
	char *is, *error = NULL;

	*found = content;
	if (!content && *scope && gone(errno))
		return NULL;
	if (!content)
		return *scope ? text("cannot read %s: %s", path, strerror(errno)) :
				explain(debugfs, errno);
	dump_log_add(live->log, path, content, len);
	free(content);
	if (live->log->ndumps != before + 1)
		return text("%s does not have exit counters of format 2", path);
	dump = live->log->dumps[before];
	/* The parser would expect the rest of this dump in the next file. */
	if (dump->problem || live->log->writing)
		return text("%s:%" PRIu64 ": the counters are damaged: %s", path,
			    dump->problem ? dump->problem_at.line : dump->last.line,
			    dump->problem ? dump->problem : "no end line after this line");
	is = dump_scope_text(dump);
	if (strcmp(is, *scope ? scope : "host"))
		error = text("%s has the counters of %s", path, is);
	free(is);
	if (error)
		return error;
	live->counters = grow(live->counters, live->ncounters, sizeof(*live->counters));
	live->counters[live->ncounters++] = (struct live_counters){ .dump = dump };
	return NULL;
}

/*
 * Read exit_times of @scope. *@index is their index in @live->times, from 1, or 0 if
 * there are none.
 */
static char *read_times(struct live *live, const char *debugfs, const char *scope, size_t *index)
{
	char *path = path_of(live, debugfs, scope, "exit_times");
	size_t len;
	char *content = read_file(path, &len), *error;

	*index = 0;
	if (!content)
		return gone(errno) ? NULL : text("cannot read %s: %s", path, strerror(errno));
	error = times_log_add(&live->times, path, content, len);
	free(content);
	*index = live->times.ntimes;
	return error;
}

static int folder_cmp(const void *a, const void *b)
{
	const struct folder *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Read the name of a folder: "PID-FD" of a VM, or "vcpuN". */
static bool read_name(struct folder *folder, const char *name, bool vcpu)
{
	int end = 0;

	*folder = (struct folder){ .name = (char *)name };
	if (vcpu)
		sscanf(name, "vcpu%" SCNu64 "%n", &folder->a, &end);
	else
		sscanf(name, "%" SCNu64 "-%" SCNu64 "%n", &folder->a, &folder->b, &end);
	return end && !name[end];
}

/*
 * Find the folders of VMs or of vCPUs in @path. Return them in the order of their
 * numbers, and set *@n. Free with free_folders().
 */
static struct folder *find_folders(const char *path, bool vcpus, size_t *n)
{
	struct folder *folders = NULL, folder;
	struct dirent *entry;
	DIR *dir = opendir(path);

	*n = 0;
	/* If there is no such folder, the VM has ended. */
	if (!dir)
		return NULL;
	while ((entry = readdir(dir))) {
		if (!read_name(&folder, entry->d_name, vcpus))
			continue;
		folder.name = must(strdup(entry->d_name));
		folders = grow(folders, *n, sizeof(folder));
		folders[(*n)++] = folder;
	}
	closedir(dir);
	if (*n)
		qsort(folders, *n, sizeof(*folders), folder_cmp);
	return folders;
}

static void free_folders(struct folder *folders, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(folders[i].name);
	free(folders);
}

/* The counters that have been read, and which of the times are theirs. */
struct reader {
	struct live *live;
	const char *debugfs;
	enum live_level level;
	bool has_times;
	size_t *indexes;	/* of times, from 1; 0: none */
};

/* Read the counters and the times of @scope, and of its VMs or its vCPUs. */
static char *read_scope(struct reader *reader, const char *scope, enum live_level level)
{
	struct live *live = reader->live;
	struct folder *folders;
	char *error, *path;
	size_t index = 0, n;
	bool found;

	error = read_counters(live, reader->debugfs, scope, &found);
	if (error || !found)
		return error;
	if (reader->has_times)
		error = read_times(live, reader->debugfs, scope, &index);
	reader->indexes = grow(reader->indexes, live->ncounters - 1, sizeof(index));
	reader->indexes[live->ncounters - 1] = index;
	if (level == LIVE_HOST && index) {
		live->times_on = live->times.times[index - 1].on;
		/* VMs that exist may have times only if the host has. */
		reader->has_times = live->times_on || live->times.times[index - 1].rows.nrows;
	}
	if (error || level == reader->level)
		return error;

	path = text("%s/%s", reader->debugfs, scope);
	folders = find_folders(path, level == LIVE_VMS, &n);
	for (size_t i = 0; !error && i < n; i++) {
		char *inner = text("%s%s%s", scope, *scope ? "/" : "", folders[i].name);

		error = read_scope(reader, inner, level + 1);
		free(inner);
	}
	free_folders(folders, n);
	free(path);
	return error;
}

char *live_read(struct live *live, const char *debugfs, enum live_level level)
{
	struct reader reader = {
		.live = live, .debugfs = debugfs, .level = level, .has_times = true,
	};
	char *error;

	*live = (struct live){ .log = dump_log_new() };
	error = read_scope(&reader, "", LIVE_HOST);
	dump_log_finish(live->log);
	/* The array of times has moved while it grew. */
	for (size_t i = 0; !error && i < live->ncounters; i++)
		if (reader.indexes[i] && reader.has_times)
			live->counters[i].times = &live->times.times[reader.indexes[i] - 1];
	free(reader.indexes);
	return error;
}

char *live_reasons(struct live *live, const char *debugfs, const struct dump_counts **reasons)
{
	char *path = path_of(live, debugfs, "", "exit_reasons");
	enum dump_isa isa = live->counters[0].dump->isa;
	size_t len;
	char *content = read_file(path, &len);

	*reasons = &live->log->reasons[isa];
	if (!content)
		return text("cannot read %s: %s", path, strerror(errno));
	dump_log_add(live->log, path, content, len);
	free(content);
	if (!(*reasons)->nrows)
		return text("%s does not have the exit reasons of %s", path, dump_isa_name(isa));
	return NULL;
}

/* Return the value of the option -name of a QEMU with the command line @args, or NULL. */
static const char *qemu_name(const char *args, size_t len)
{
	const char *arg = args, *end = args + len;

	for (; arg < end; arg += strlen(arg) + 1) {
		const char *name = arg + strlen(arg) + 1;

		if (strcmp(arg, "-name") || name >= end)
			continue;
		return strncmp(name, "guest=", 6) ? name : name + 6;
	}
	return NULL;
}

char *live_vm_name(const char *vm)
{
	int pid = strcspn(vm, "-");
	char *path = text("/proc/%.*s/cmdline", pid, vm), *content, *name;
	const char *found;
	size_t len;

	content = read_file(path, &len);
	free(path);
	found = content ? qemu_name(content, len) : NULL;
	if (!found) {
		free(content);
		path = text("/proc/%.*s/comm", pid, vm);
		content = read_file(path, &len);
		free(path);
		found = content;
	}
	name = must(strndup(found ? found : "-", found ? strcspn(found, ",\n") : 1));
	free(content);
	for (char *p = name; *p; p++)
		if (!strchr(NAME_CHARS, *p))
			*p = '_';
	return name;
}

void live_free(struct live *live)
{
	dump_log_free(live->log);
	times_log_free(&live->times);
	for (size_t i = 0; i < live->npaths; i++)
		free(live->paths[i]);
	free(live->paths);
	free(live->counters);
}
