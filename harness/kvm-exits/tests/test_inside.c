// SPDX-License-Identifier: GPL-2.0
/* Test what "kvm-exits inside" writes to histogram triggers and reads from histograms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "inside.h"

/* Return the first event of the tracepoint @name. */
static const struct inside_event *find(const char *name)
{
	const struct inside_event *event = inside_events;

	while (strcmp(event->event, name))
		event++;
	return event;
}

static void has_trigger(const char *name, const char *want)
{
	char *trigger = inside_trigger(find(name));

	assert_string_equal(trigger, want);
	free(trigger);
}

static void triggers(void **state)
{
	(void)state;
	has_trigger("kvm_pio", "hist:keys=common_pid,port,rw:size=4096");
	has_trigger("kvm_page_fault",
		    "hist:keys=common_pid,fault_address.buckets=4096:size=16384");
	has_trigger("kvm_mmio", "hist:keys=common_pid,gpa.buckets=4096,type:size=16384 if type != 0");
	/* two parts of one field, and a field that is none */
	has_trigger("kvm_exit", "hist:keys=common_pid,info1:size=4096 if exit_reason == 29");
	has_trigger("kvm_hypercall", "hist:keys=common_pid,nr:size=4096");
}

/* Expect that @value of field @i of the tracepoint @name is printed as @want. */
static void prints(const char *name, size_t i, uint64_t value, const char *want)
{
	char *is = inside_text(&find(name)->fields[i], value);

	assert_string_equal(is, want);
	free(is);
}

static void values(void **state)
{
	(void)state;
	prints("kvm_pio", 0, 0x21, "0x0021");
	prints("kvm_pio", 1, 0, "in");
	prints("kvm_pio", 1, 1, "out");
	prints("kvm_pio", 1, 2, "2");
	prints("kvm_pio", 1, 3, "3");
	prints("kvm_msr", 0, 0xc0000080, "0xc0000080");
	prints("kvm_mmio", 0, 4273995776, "0x0fec00000");
	prints("kvm_mmio", 0, 4273995776 + 4095, "0x0fec00000");
	prints("kvm_mmio", 1, 1, "read");
	prints("kvm_hypercall", 0, 11, "11");
	prints("kvm_hypercall", 1, 0, "kvm");
	/* mov %rax, %dr7 and mov %dr6, %rax */
	prints("kvm_exit", 0, 0x007, "7");
	prints("kvm_exit", 1, 0x007, "write");
	prints("kvm_exit", 0, 0x016, "6");
	prints("kvm_exit", 1, 0x016, "read");
}

static void histogram(void **state)
{
	/* as the kernel prints it */
	static const char ports[] =
		"# event histogram\n#\n# trigger info: hist:keys=common_pid,port,rw:vals=hitcount:sort=hitcount:size=4096 [active]\n#\n\n"
		"{ common_pid:         81, port:        244, rw:          1 } hitcount:          1\n"
		"{ common_pid:         81, port:         33, rw:          0 } hitcount:       1000\n"
		"\nTotals:\n    Hits: 1001\n    Entries: 2\n    Dropped: 7\n";
	static const char pages[] =
		"{ common_pid:         81, gpa: ~ 4273995776-4273999871, type:          1 } hitcount:       1001\n"
		/* lines that are no entries of this histogram */
		"{ common_pid:         81, port:         33, type:          1 } hitcount:       1001\n"
		"{ common_pid:         81, gpa: ~ 4273995776-4273999871\n"
		"{ common_pid:           , gpa:   4273995776, type:          1 } hitcount:       1001\n"
		"{ common_pid:         81, gpa:            1, type:          1 }";
	const struct inside_event *event = find("kvm_pio");
	struct inside_line line;
	const char *p = ports;
	uint64_t dropped = 0;

	(void)state;
	assert_true(inside_read_line(event, &p, &line, &dropped));
	assert_int_equal(line.thread, 81);
	assert_int_equal(line.values[0], 244);
	assert_int_equal(line.values[1], 1);
	assert_int_equal(line.count, 1);
	assert_true(inside_read_line(event, &p, &line, &dropped));
	assert_int_equal(line.values[0], 33);
	assert_int_equal(line.values[1], 0);
	assert_int_equal(line.count, 1000);
	assert_false(inside_read_line(event, &p, &line, &dropped));
	assert_int_equal(dropped, 7);

	p = pages;
	event = find("kvm_mmio");
	assert_true(inside_read_line(event, &p, &line, &dropped));
	assert_int_equal(line.values[0], 0xfec00000);
	assert_int_equal(line.values[1], 1);
	assert_false(inside_read_line(event, &p, &line, &dropped));
}

/* Events of one reason have one set of headings, as they are in one table. */
static void headings(void **state)
{
	(void)state;
	for (const struct inside_event *a = inside_events; a->event; a++) {
		assert_non_null(a->fields[0].heading);
		for (const struct inside_event *b = a + 1; b->event; b++) {
			bool same = (*a->svm && *b->svm && strstr(a->svm, b->svm)) ||
				    (*a->vmx && !strcmp(a->vmx, b->vmx));

			for (size_t i = 0; same && i < INSIDE_FIELDS; i++) {
				const char *x = a->fields[i].heading, *y = b->fields[i].heading;

				assert_int_equal(!x, !y);
				if (x)
					assert_string_equal(x, y);
			}
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(triggers),
		cmocka_unit_test(values),
		cmocka_unit_test(histogram),
		cmocka_unit_test(headings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
