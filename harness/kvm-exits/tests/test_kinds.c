// SPDX-License-Identifier: GPL-2.0
/* Check the table of kinds against all names of exit reasons in the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "alloc.h"
#include "kinds.h"

/* VMX_EXIT_REASONS of uapi/asm/vmx.h */
static const char *const vmx[] = {
	"EXCEPTION_NMI", "EXTERNAL_INTERRUPT", "TRIPLE_FAULT", "INIT_SIGNAL", "SIPI_SIGNAL",
	"INTERRUPT_WINDOW", "NMI_WINDOW", "TASK_SWITCH", "CPUID", "HLT", "INVD", "INVLPG", "RDPMC",
	"RDTSC", "VMCALL", "VMCLEAR", "VMLAUNCH", "VMPTRLD", "VMPTRST", "VMREAD", "VMRESUME",
	"VMWRITE", "VMOFF", "VMON", "CR_ACCESS", "DR_ACCESS", "IO_INSTRUCTION", "MSR_READ",
	"MSR_WRITE", "INVALID_STATE", "MSR_LOAD_FAIL", "MWAIT_INSTRUCTION", "MONITOR_TRAP_FLAG",
	"MONITOR_INSTRUCTION", "PAUSE_INSTRUCTION", "MCE_DURING_VMENTRY", "TPR_BELOW_THRESHOLD",
	"APIC_ACCESS", "EOI_INDUCED", "GDTR_IDTR", "LDTR_TR", "EPT_VIOLATION", "EPT_MISCONFIG",
	"INVEPT", "RDTSCP", "PREEMPTION_TIMER", "INVVPID", "WBINVD", "XSETBV", "APIC_WRITE",
	"RDRAND", "INVPCID", "VMFUNC", "ENCLS", "RDSEED", "PML_FULL", "XSAVES", "XRSTORS",
	"UMWAIT", "TPAUSE", "BUS_LOCK", "NOTIFY", NULL
};

/* SVM_EXIT_REASONS of uapi/asm/svm.h, as in dumps: with '_' for blanks */
static const char *const svm[] = {
	"read_cr0", "read_cr2", "read_cr3", "read_cr4", "read_cr8", "write_cr0", "write_cr2",
	"write_cr3", "write_cr4", "write_cr8", "read_dr0", "read_dr1", "read_dr2", "read_dr3",
	"read_dr4", "read_dr5", "read_dr6", "read_dr7", "write_dr0", "write_dr1", "write_dr2",
	"write_dr3", "write_dr4", "write_dr5", "write_dr6", "write_dr7", "DE_excp", "DB_excp",
	"BP_excp", "OF_excp", "BR_excp", "UD_excp", "NM_excp", "DF_excp", "TS_excp", "NP_excp",
	"SS_excp", "GP_excp", "PF_excp", "MF_excp", "AC_excp", "MC_excp", "XF_excp", "interrupt",
	"nmi", "smi", "init", "vintr", "cr0_sel_write", "read_idtr", "read_gdtr", "read_ldtr",
	"read_rt", "write_idtr", "write_gdtr", "write_ldtr", "write_rt", "rdtsc", "rdpmc", "pushf",
	"popf", "cpuid", "rsm", "iret", "swint", "invd", "pause", "hlt", "invlpg", "invlpga", "io",
	"msr", "task_switch", "ferr_freeze", "shutdown", "vmrun", "hypercall", "vmload", "vmsave",
	"stgi", "clgi", "skinit", "rdtscp", "icebp", "wbinvd", "monitor", "mwait", "xsetbv",
	"write_efer_trap", "write_cr0_trap", "write_cr4_trap", "write_cr8_trap", "invpcid", "npf",
	"avic_incomplete_ipi", "avic_unaccelerated_access", "vmgexit", "vmgexit_mmio_read",
	"vmgexit_mmio_write", "vmgexit_nmi_complete", "vmgexit_ap_hlt_loop",
	"vmgexit_ap_jump_table", "vmgexit_page_state_change", "vmgexit_guest_request",
	"vmgexit_ext_guest_request", "vmgexit_ap_creation", "vmgexit_hypervisor_feature",
	"invalid_guest_state", NULL
};

/* Reasons that have no equivalent on the other vendor. */
static const char *const vmx_alone[] = {
	"SIPI_SIGNAL", "MONITOR_TRAP_FLAG", "MCE_DURING_VMENTRY", "RDRAND", "ENCLS", "RDSEED",
	"PML_FULL", "XSAVES", "XRSTORS", "UMWAIT", "TPAUSE", "BUS_LOCK", "NOTIFY", NULL
};

static const char *const svm_alone[] = {
	"smi", "pushf", "popf", "rsm", "swint", "ferr_freeze", "icebp", "write_efer_trap",
	"vmgexit", "vmgexit_mmio_read", "vmgexit_mmio_write", "vmgexit_nmi_complete",
	"vmgexit_ap_hlt_loop", "vmgexit_ap_jump_table", "vmgexit_page_state_change",
	"vmgexit_guest_request", "vmgexit_ext_guest_request", "vmgexit_ap_creation",
	"vmgexit_hypervisor_feature", NULL
};

static bool is_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

/* Every name in the table is a name in the kernel, and is in only one kind. */
static void check_names(enum dump_isa isa, const char *const *kernel)
{
	for (size_t i = 0; i < nr_reason_kinds; i++) {
		char *names = must(strdup(isa == DUMP_ISA_VMX ? reason_kinds[i].vmx :
								reason_kinds[i].svm)), *rest;

		for (char *name = strtok_r(names, " ", &rest); name;
		     name = strtok_r(NULL, " ", &rest)) {
			if (!is_in(kernel, name))
				fail_msg("the kernel has no reason %s", name);
			if (reason_kind_find(isa, name) != &reason_kinds[i])
				fail_msg("%s is in two kinds", name);
		}
		free(names);
	}
}

/* Return the number of names in the table for one vendor. */
static size_t count_names(enum dump_isa isa)
{
	size_t n = 0;

	for (size_t i = 0; i < nr_reason_kinds; i++) {
		const char *s = isa == DUMP_ISA_VMX ? reason_kinds[i].vmx : reason_kinds[i].svm;

		n += *s != '\0';
		for (; *s; s++)
			n += *s == ' ';
	}
	return n;
}

/* Every name in the kernel has a kind, or is in @alone. */
static void check_kernel(enum dump_isa isa, const char *const *kernel, const char *const *alone)
{
	size_t n = 0;

	for (; *kernel; kernel++) {
		bool found = reason_kind_find(isa, *kernel);

		if (found == is_in(alone, *kernel))
			fail_msg("%s has %s kind", *kernel, found ? "a" : "no");
		n += found;
	}
	/* a duplicate name or a double blank in a kind would give more names */
	assert_int_equal(count_names(isa), n);
}

static void has_the_names_of_the_kernel(void **state)
{
	(void)state;
	check_names(DUMP_ISA_VMX, vmx);
	check_names(DUMP_ISA_SVM, svm);
}

static void has_all_names_once(void **state)
{
	(void)state;
	check_kernel(DUMP_ISA_VMX, vmx, vmx_alone);
	check_kernel(DUMP_ISA_SVM, svm, svm_alone);
}

static void has_kinds_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr_reason_kinds; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(reason_kinds[i].name, reason_kinds[k].name);
}

static void finds(enum dump_isa isa, const char *reason, const char *kind)
{
	const struct reason_kind *found = reason_kind_find(isa, reason);

	assert_non_null(found);
	assert_string_equal(found->name, kind);
}

static void finds_kinds(void **state)
{
	(void)state;
	finds(DUMP_ISA_VMX, "CPUID", "CPUID");
	finds(DUMP_ISA_SVM, "cpuid", "CPUID");
	finds(DUMP_ISA_VMX, "MSR_READ", "MSR");
	finds(DUMP_ISA_VMX, "MSR_WRITE", "MSR");
	finds(DUMP_ISA_SVM, "msr", "MSR");
	finds(DUMP_ISA_VMX, "EPT_MISCONFIG", "nested page fault");
	finds(DUMP_ISA_SVM, "npf", "nested page fault");
	finds(DUMP_ISA_VMX, "PREEMPTION_TIMER", "preemption timer");
	finds(DUMP_ISA_SVM, "cr0_sel_write", "control register");
	finds(DUMP_ISA_SVM, "write_cr8_trap", "control register");
	finds(DUMP_ISA_SVM, "nmi", "exception");
	finds(DUMP_ISA_SVM, "iret", "NMI window");
	finds(DUMP_ISA_SVM, "write_rt", "descriptor table");
	finds(DUMP_ISA_VMX, "VMFUNC", "virtualization instruction");
	finds(DUMP_ISA_SVM, "invlpg", "INVLPG");
	finds(DUMP_ISA_SVM, "invlpga", "virtualization instruction");
}

/* Only whole names match, and only those of the isa. */
static void finds_nothing_else(void **state)
{
	(void)state;
	assert_null(reason_kind_find(DUMP_ISA_SVM, "CPUID"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "cpuid"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "MSR"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "MSR_READ MSR_WRITE"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "MSR_READER"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "READ"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "PML_FULL"));
	assert_null(reason_kind_find(DUMP_ISA_SVM, "smi"));
	assert_null(reason_kind_find(DUMP_ISA_SVM, "other"));
	assert_null(reason_kind_find(DUMP_ISA_VMX, "unnamed"));
	assert_null(reason_kind_find(DUMP_ISA_SVM, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_names_of_the_kernel),
		cmocka_unit_test(has_all_names_once),
		cmocka_unit_test(has_kinds_once),
		cmocka_unit_test(finds_kinds),
		cmocka_unit_test(finds_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
