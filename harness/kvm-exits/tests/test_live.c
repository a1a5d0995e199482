// SPDX-License-Identifier: GPL-2.0
/* Test reading counters from a made-up debugfs folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "folder.h"
#include "live.h"

static const struct sample_row some[] = { { "0x072", "cpuid", 5, 5, NULL }, { 0 } };

static void put_counters(const char *path, const char *scope)
{
	folder_put_dump(path, &(struct sample_dump){ .scope = scope, .rows = some });
}

static void put_times(const char *path, const char *scope, bool on, bool row)
{
	folder_put_times(path, scope, on,
			 row ? "0x072 cpuid 4 600 200 0 600 0 0 0 0,0,0,4" : "");
}

/* Fill the folder: a host, VM 9-1 with vCPUs 0, 2 and 10, and VM 812-11 without vCPUs. */
static void fill(void)
{
	put_counters("exit_counters", "cpus=2/256 vms=2");
	folder_put("exit_reasons", "114 0x072 cpuid\n120 0x078 hlt\n");
	folder_make("812-11");
	put_counters("812-11/exit_counters", "vm=812-11 vcpus=0");
	folder_make("9-1");
	put_counters("9-1/exit_counters", "vm=9-1 vcpus=3");
	folder_make("9-1/vcpu10");
	put_counters("9-1/vcpu10/exit_counters", "vm=9-1 vcpu=10");
	folder_make("9-1/vcpu2");
	put_counters("9-1/vcpu2/exit_counters", "vm=9-1 vcpu=2");
	folder_make("9-1/vcpu0");
	put_counters("9-1/vcpu0/exit_counters", "vm=9-1 vcpu=0");
	/* names that are not of VMs or vCPUs */
	folder_make("9");
	folder_make("9-1x");
	folder_make("9-1/vcpu");
	folder_put("nx_huge_pages", "1\n");
}

/* Expect that reading finds the counters of @scopes, separated by blanks. */
static void finds(enum live_level level, const char *scopes)
{
	struct live live;
	char *error = live_read(&live, folder_kvm, level), *found = text("%s", "");

	if (error)
		fail_msg("%s", error);
	for (size_t i = 0; i < live.ncounters; i++) {
		char *scope = dump_scope_text(live.counters[i].dump);
		char *more = text("%s%s%s", found, i ? " " : "", scope);

		assert_null(live.counters[i].dump->problem);
		assert_int_equal(live.counters[i].dump->exits, 5);
		free(found);
		free(scope);
		found = more;
	}
	assert_string_equal(found, scopes);
	free(found);
	live_free(&live);
}

/* Expect that reading all fails with the error @want, where "~" is the folder above. */
static void says(const char *want)
{
	struct live live;
	char *error = live_read(&live, folder_kvm, LIVE_VCPUS), *p, *is = text("%s", "");

	assert_non_null(error);
	/* the folder's name differs in each run */
	for (p = error; *p; ) {
		size_t skip = !strncmp(p, folder_root, strlen(folder_root)) ? strlen(folder_root) : 0;
		char *more = skip ? text("%s~", is) : text("%s%c", is, *p);

		free(is);
		is = more;
		p += skip ? skip : 1;
	}
	assert_string_equal(is, want);
	free(is);
	free(error);
	live_free(&live);
}

static void levels(void **state)
{
	(void)state;
	fill();
	finds(LIVE_HOST, "host");
	finds(LIVE_VMS, "host 9-1 812-11");
	finds(LIVE_VCPUS, "host 9-1 9-1/vcpu0 9-1/vcpu2 9-1/vcpu10 812-11");
}

/* A VM that is created has no files yet, and one that ends gives EIO. */
static void vanishing(void **state)
{
	char *name;

	(void)state;
	fill();
	folder_make("7-1");
	folder_make("5-1");
	name = folder_path("5-1/exit_counters");
	/* Address 0 of this process cannot be read either. */
	assert_int_equal(symlink("/proc/self/mem", name), 0);
	free(name);
	name = folder_path("9-1/vcpu2/exit_counters");
	assert_int_equal(unlink(name), 0);
	free(name);
	finds(LIVE_VCPUS, "host 9-1 9-1/vcpu0 9-1/vcpu10 812-11");
}

static void times_off_and_on(void **state)
{
	struct live live;

	(void)state;
	fill();
	put_times("exit_times", "cpus=2/256 vms=2", false, false);
	put_times("9-1/exit_times", "vm=9-1 vcpus=3", false, false);
	assert_null(live_read(&live, folder_kvm, LIVE_VCPUS));
	assert_false(live.times_on);
	for (size_t i = 0; i < live.ncounters; i++)
		assert_null(live.counters[i].times);
	live_free(&live);

	/* The files of vCPUs are missing: they have ended. */
	put_times("exit_times", "cpus=2/256 vms=2", true, false);
	put_times("9-1/exit_times", "vm=9-1 vcpus=3", true, true);
	put_times("812-11/exit_times", "vm=812-11 vcpus=0", true, true);
	assert_null(live_read(&live, folder_kvm, LIVE_VCPUS));
	assert_true(live.times_on);
	assert_int_equal(live.ncounters, 6);
	assert_int_equal(live.counters[0].times->rows.nrows, 0);
	assert_string_equal(live.counters[1].times->whose.vm, "9-1");
	assert_int_equal(live.counters[1].times->rows.rows[0].sum, 600);
	assert_null(live.counters[2].times);
	assert_string_equal(live.counters[5].times->whose.vm, "812-11");
	live_free(&live);

	/* switched off again: the times remain */
	put_times("exit_times", "cpus=2/256 vms=2", false, true);
	put_times("9-1/exit_times", "vm=9-1 vcpus=3", false, true);
	assert_null(live_read(&live, folder_kvm, LIVE_VMS));
	assert_false(live.times_on);
	assert_int_equal(live.counters[0].times->rows.rows[0].number, 4);
	assert_string_equal(live.counters[1].times->whose.vm, "9-1");
	live_free(&live);
}

static void reasons(void **state)
{
	const struct dump_counts *reasons;
	struct live live;
	char *error;

	(void)state;
	fill();
	assert_null(live_read(&live, folder_kvm, LIVE_HOST));
	assert_null(live_reasons(&live, folder_kvm, &reasons));
	assert_int_equal(reasons->nrows, 2);
	assert_string_equal(reasons->rows[1].name, "hlt");
	live_free(&live);

	folder_put("exit_reasons", "10 10 CPUID\n");
	assert_null(live_read(&live, folder_kvm, LIVE_HOST));
	error = live_reasons(&live, folder_kvm, &reasons);
	assert_non_null(strstr(error, "exit_reasons does not have the exit reasons of svm"));
	free(error);
	live_free(&live);
}

static void errors(void **state)
{
	(void)state;
	says("this KVM has no exit counters: no file exit_counters in ~/kvm: load a KVM with CONFIG_KVM_EXIT_COUNTERS=y");

	folder_put("exit_counters", "");
	says("~/kvm/exit_counters does not have exit counters of format 2");
	folder_put("exit_counters", "kvm_exits: 0 begin format=3 isa=svm\nkvm_exits: 0 end rows=0\n");
	says("~/kvm/exit_counters:1: the counters are damaged: format 3 is unknown, kvm-exits reads format 2 only");
	folder_put("exit_counters", "kvm_exits: 0 begin format=2 isa=svm host=web1 loaded=" SAMPLE_LOADED " cpus=1/1 vms=0 uptime=1.000\n");
	says("~/kvm/exit_counters:1: the counters are damaged: no end line after this line");
	put_counters("exit_counters", "vm=1-1 vcpus=1");
	says("~/kvm/exit_counters has the counters of 1-1");

	put_counters("exit_counters", "cpus=2/256 vms=2");
	folder_make("8-1");
	folder_put("8-1/exit_counters", "junk\n");
	says("~/kvm/8-1/exit_counters does not have exit counters of format 2");
	put_counters("8-1/exit_counters", "vm=8-1 vcpus=0");
	folder_put("exit_times", "kvm_exit_times: begin\n");
	says("~/kvm/exit_times:1: no begin line of times before this line");
}

static void no_folder(void **state)
{
	(void)state;
	assert_int_equal(rmdir(folder_kvm), 0);
	says("debugfs is not mounted: no folder ~/kvm: run mount -t debugfs debugfs ~");
}

static void not_root(void **state)
{
	(void)state;
	put_counters("exit_counters", "cpus=2/256 vms=2");
	assert_int_equal(chmod(folder_root, 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	says("cannot read ~/kvm: Permission denied: run kvm-exits as root");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(folder_root, 0700), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(levels, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(vanishing, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(times_off_and_on, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(reasons, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(errors, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(no_folder, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(not_root, folder_set_up, folder_tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
