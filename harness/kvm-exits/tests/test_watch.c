// SPDX-License-Identifier: GPL-2.0
/* Test rates and the tables of "kvm-exits top", from a made-up debugfs folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>

#include "alloc.h"
#include "folder.h"
#include "watch.h"

/* Write counters of @scope into the folder @path: up to three reasons. */
static void put(const char *path, const char *scope, const char *uptime, uint64_t interrupt,
		uint64_t cpuid, uint64_t err)
{
	struct sample_row rows[4] = { { 0 } };
	char *file = text("%s/exit_counters", path);
	size_t n = 0;

	if (interrupt)
		rows[n++] = (struct sample_row){ "0x060", "interrupt", interrupt, interrupt, NULL };
	if (cpuid)
		rows[n++] = (struct sample_row){ "0x072", "cpuid", cpuid, cpuid, NULL };
	if (err)
		rows[n++] = (struct sample_row){ "-1", "err", err, err, NULL };
	folder_put_dump(file, &(struct sample_dump){
		.scope = scope, .uptime = uptime, .rows = rows,
	});
	free(file);
}

#define HOST ".", "cpus=2/256 vms=2"
#define VM_A "5000001-11", "vm=5000001-11 vcpus=1"
#define VM_B "5000002-12", "vm=5000002-12 vcpus=1"
#define VCPU_A "5000001-11/vcpu0", "vm=5000001-11 vcpu=0"

static void read_ok(struct watch *watch)
{
	char *error = watch_read(watch);

	if (error)
		fail_msg("%s", error);
}

/* Expect that the table as CSV is @want. */
static void shows(const struct watch *watch, const struct watch_view *view, const char *want)
{
	struct table *table = watch_table(watch, view);
	char *content;
	size_t size;
	FILE *memory = open_memstream(&content, &size);

	assert_null(table_write(table, TABLE_CSV, memory));
	fclose(memory);
	assert_string_equal(content, want);
	free(content);
	table_free(table);
}

static void rates(void **state)
{
	struct watch watch = { .debugfs = folder_kvm };
	struct watch_view view = { .clock = true };

	(void)state;
	put(HOST, "10.000", 1, 100, 0);
	read_ok(&watch);
	assert_null(watch.before);
	/* 4 and 1200 exits in 2.5 seconds, and one reason that was not there before */
	put(HOST, "12.500", 5, 1300, 2);
	read_ok(&watch);
	shows(&watch, &view,
	      "uptime,seconds,code,reason,total,per_second,share\n"
	      "12.500,2.500,0x072,cpuid,1300,480.0,99.50\n"
	      "12.500,2.500,0x060,interrupt,5,1.6,0.33\n"
	      "12.500,2.500,-1,err,2,0.8,0.17\n");
	/* by total; no exits since, and no time either */
	read_ok(&watch);
	view.sort = WATCH_TOTAL;
	shows(&watch, &view,
	      "uptime,seconds,code,reason,total,per_second,share\n"
	      "12.500,0.000,0x072,cpuid,1300,0.0,\n"
	      "12.500,0.000,0x060,interrupt,5,0.0,\n"
	      "12.500,0.000,-1,err,2,0.0,\n");
	watch_free(&watch);
}

static void scopes(void **state)
{
	struct watch watch = { .debugfs = folder_kvm };
	struct watch_view view = { .by = WATCH_VM };
	regex_t filter;

	(void)state;
	folder_make("5000001-11");
	folder_make("5000001-11/vcpu0");
	put(HOST, "10.000", 1, 100, 0);
	put(VM_A, "10.000", 1, 50, 0);
	put(VCPU_A, "10.000", 1, 50, 0);
	read_ok(&watch);
	/* a new VM: its rate is by the host's time since the last reading */
	folder_make("5000002-12");
	put(HOST, "12.000", 11, 150, 0);
	put(VM_A, "12.000", 11, 60, 0);
	put(VCPU_A, "12.500", 11, 60, 0);
	put(VM_B, "12.000", 0, 40, 0);
	read_ok(&watch);
	shows(&watch, &view,
	      "vm,name,total,per_second,share,top_reason\n"
	      "5000002-12,-,40,20.0,66.67,cpuid\n"
	      "5000001-11,-,71,10.0,33.33,interrupt\n");
	view.by = WATCH_VCPU;
	shows(&watch, &view,
	      "vm,vcpu,name,total,per_second,share,top_reason\n"
	      "5000001-11,0,-,71,8.0,100.00,interrupt\n");
	/* only some VMs, and only some reasons */
	view.by = WATCH_REASON;
	view.vm = "5000001";
	shows(&watch, &view,
	      "code,reason,total,per_second,share\n"
	      "0x072,cpuid,60,5.0,50.00\n"
	      "0x060,interrupt,11,5.0,50.00\n");
	view.vm = "5000002-12";
	shows(&watch, &view, "code,reason,total,per_second,share\n0x072,cpuid,40,20.0,100.00\n");
	view.vm = "-";
	shows(&watch, &view,
	      "code,reason,total,per_second,share\n"
	      "0x072,cpuid,100,25.0,83.33\n"
	      "0x060,interrupt,11,5.0,16.67\n");
	view.vm = "500000";
	shows(&watch, &view, "code,reason,total,per_second,share\n");
	view.vm = NULL;
	assert_int_equal(regcomp(&filter, "^int", REG_EXTENDED | REG_NOSUB), 0);
	view.filter = &filter;
	shows(&watch, &view,
	      "code,reason,total,per_second,share\n0x060,interrupt,11,5.0,100.00\n");
	view.by = WATCH_VM;
	shows(&watch, &view,
	      "vm,name,total,per_second,share,top_reason\n"
	      "5000001-11,-,11,5.0,100.00,interrupt\n");
	regfree(&filter);
	watch_free(&watch);
}

/* Another VM can get the name of one that has ended: then its counts are lower. */
static void reused_names(void **state)
{
	struct watch watch = { .debugfs = folder_kvm };
	struct watch_view view = { .by = WATCH_VM };

	(void)state;
	folder_make("5000001-11");
	put(HOST, "10.000", 1, 100, 0);
	put(VM_A, "10.000", 1, 50, 0);
	read_ok(&watch);
	put(HOST, "12.000", 1, 130, 0);
	put(VM_A, "12.000", 0, 30, 0);
	read_ok(&watch);
	assert_null(watch.notice);
	shows(&watch, &view,
	      "vm,name,total,per_second,share,top_reason\n"
	      "5000001-11,-,30,15.0,100.00,cpuid\n");
	watch_free(&watch);
}

static void lives(void **state)
{
	static const struct sample_row rows[] = { { "0x072", "cpuid", 150, 150, NULL }, { 0 } };
	struct watch watch = { .debugfs = folder_kvm };
	struct watch_view view = {};

	(void)state;
	put(HOST, "10.000", 0, 100, 0);
	read_ok(&watch);
	watch_reset(&watch);
	put(HOST, "11.000", 0, 110, 0);
	read_ok(&watch);
	watch_reset(&watch);
	put(HOST, "12.000", 0, 112, 0);
	read_ok(&watch);
	shows(&watch, &view, "code,reason,total,per_second,share\n0x072,cpuid,2,2.0,100.00\n");
	/* KVM was loaded again: higher counts than before, but another life */
	folder_put_dump("exit_counters", &(struct sample_dump){
		.scope = "cpus=2/256 vms=0", .uptime = "13.000", .rows = rows,
		.loaded = "2026-11-26T04:00:00.000Z",
	});
	read_ok(&watch);
	assert_string_equal(watch.notice,
			    "the counters started at 0 again: kvm.ko was loaded at 2026-11-26T04:00:00.000Z");
	assert_null(watch.before);
	assert_null(watch.base);
	read_ok(&watch);
	shows(&watch, &view, "code,reason,total,per_second,share\n0x072,cpuid,150,0.0,\n");
	/* the same name of the life, but lower counts */
	put(HOST, "14.000", 0, 160, 0);
	read_ok(&watch);
	put(HOST, "15.000", 0, 20, 0);
	read_ok(&watch);
	assert_null(watch.before);
	watch_free(&watch);
}

static void errors_keep_readings(void **state)
{
	struct watch watch = { .debugfs = folder_kvm };
	char *name = folder_path("exit_counters"), *error;

	(void)state;
	put(HOST, "10.000", 0, 100, 0);
	read_ok(&watch);
	assert_int_equal(unlink(name), 0);
	error = watch_read(&watch);
	assert_non_null(error);
	free(error);
	put(HOST, "12.000", 0, 104, 0);
	read_ok(&watch);
	assert_non_null(watch.before);
	shows(&watch, &(struct watch_view){},
	      "code,reason,total,per_second,share\n0x072,cpuid,104,2.0,100.00\n");
	free(name);
	watch_free(&watch);
}

static void times(void **state)
{
	struct watch watch = { .debugfs = folder_kvm };
	struct watch_view view = { .sort = WATCH_TIME };

	(void)state;
	put(HOST, "10.000", 10, 100, 0);
	folder_put_times("exit_times", "cpus=2/256 vms=2", true,
			 "0x072 cpuid 4 600 200 0 600 0 0 0 4");
	read_ok(&watch);
	put(HOST, "11.000", 12, 200, 0);
	/* 3 exits in 3601 ns, and 1 in 5 us of a reason that had no time before */
	folder_put_times("exit_times", "cpus=2/256 vms=2", true,
			 "0x060 interrupt 1 5000 5000 0 5000 0 0 0 1\n"
			 "kvm_exit_times: 0x072 cpuid 7 4201 200 0 4201 0 0 0 7");
	read_ok(&watch);
	shows(&watch, &view,
	      "code,reason,total,per_second,share,mean_us\n"
	      "0x060,interrupt,12,2.0,1.96,5.000\n"
	      "0x072,cpuid,200,100.0,98.04,1.200\n");
	/* off again: the times remain, but say nothing about now */
	folder_put_times("exit_times", "cpus=2/256 vms=2", false,
			 "0x072 cpuid 7 4201 200 0 4201 0 0 0 7");
	read_ok(&watch);
	shows(&watch, &view,
	      "code,reason,total,per_second,share\n0x072,cpuid,200,0.0,\n0x060,interrupt,12,0.0,\n");
	watch_free(&watch);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rates, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(scopes, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(reused_names, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(lives, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(errors_keep_readings, folder_set_up, folder_tear_down),
		cmocka_unit_test_setup_teardown(times, folder_set_up, folder_tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
