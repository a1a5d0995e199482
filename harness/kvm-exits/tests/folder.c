// SPDX-License-Identifier: GPL-2.0
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "folder.h"

#define TEMPLATE "/tmp/kvm-exits-test.XXXXXX"

char folder_root[] = TEMPLATE;
char folder_kvm[sizeof(folder_root) + 4];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int folder_set_up(void **state)
{
	(void)state;
	strcpy(folder_root, TEMPLATE);
	if (!mkdtemp(folder_root))
		return -1;
	snprintf(folder_kvm, sizeof(folder_kvm), "%s/kvm", folder_root);
	return mkdir(folder_kvm, 0755);
}

int folder_tear_down(void **state)
{
	(void)state;
	return nftw(folder_root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

char *folder_path(const char *path)
{
	return text("%s/%s", folder_kvm, path);
}

void folder_make(const char *path)
{
	char *name = folder_path(path);

	if (mkdir(name, 0755))
		err(1, "%s", name);
	free(name);
}

void folder_put(const char *path, const char *content)
{
	char *name = folder_path(path);
	FILE *file = fopen(name, "w");

	if (!file || fputs(content, file) < 0 || fclose(file))
		err(1, "%s", name);
	free(name);
}

void folder_put_dump(const char *path, const struct sample_dump *dump)
{
	struct sample sample = { 0 };

	sample_dump(&sample, dump);
	folder_put(path, sample.text);
	sample_free(&sample);
}

void folder_put_times(const char *path, const char *scope, bool on, const char *row)
{
	char *content = text("kvm_exit_times: begin format=2 isa=svm host=web1 loaded=" SAMPLE_LOADED
			     " %s uptime=1.000 times=%s tsc_khz=1000000\n"
			     "kvm_exit_times: code reason number sum max fastpath kernel user halted sched_out buckets\n"
			     "%s%s%skvm_exit_times: end\n", scope, on ? "on" : "off",
			     *row ? "kvm_exit_times: " : "", row, *row ? "\n" : "");

	folder_put(path, content);
	free(content);
}
