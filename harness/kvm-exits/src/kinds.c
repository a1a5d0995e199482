// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "kinds.h"

const struct reason_kind reason_kinds[] = {
	{ "CPUID", "CPUID", "cpuid" },
	{ "port I/O", "IO_INSTRUCTION", "io" },
	/* AMD has one reason for both directions. */
	{ "MSR", "MSR_READ MSR_WRITE", "msr" },
	{ "HLT", "HLT", "hlt" },
	/* KVM on Intel traps MMIO as EPT_MISCONFIG. On AMD both are npf. */
	{ "nested page fault", "EPT_VIOLATION EPT_MISCONFIG", "npf" },
	{ "interrupt", "EXTERNAL_INTERRUPT", "interrupt" },
	/* KVM requests this exit to learn when the guest can take an interrupt. */
	{ "interrupt window", "INTERRUPT_WINDOW", "vintr" },
	/* AMD has no such timer: a timer interrupt of the host interrupts the guest. */
	{ "preemption timer", "PREEMPTION_TIMER", "" },
	/* VMCALL and VMMCALL */
	{ "hypercall", "VMCALL", "hypercall" },
	{ "PAUSE", "PAUSE_INSTRUCTION", "pause" },
	/*
	 * AMD has a reason for each register and direction, one for CR0 writes that
	 * change more than TS or MP, and traps after the write for encrypted guests.
	 */
	{ "control register", "CR_ACCESS",
	  "read_cr0 read_cr2 read_cr3 read_cr4 read_cr8 "
	  "write_cr0 write_cr2 write_cr3 write_cr4 write_cr8 "
	  "cr0_sel_write write_cr0_trap write_cr4_trap write_cr8_trap" },
	{ "debug register", "DR_ACCESS",
	  "read_dr0 read_dr1 read_dr2 read_dr3 read_dr4 read_dr5 read_dr6 read_dr7 "
	  "write_dr0 write_dr1 write_dr2 write_dr3 write_dr4 write_dr5 write_dr6 write_dr7" },
	/* Intel has one reason for exceptions and NMIs. */
	{ "exception", "EXCEPTION_NMI",
	  "DE_excp DB_excp BP_excp OF_excp BR_excp UD_excp NM_excp DF_excp TS_excp NP_excp "
	  "SS_excp GP_excp PF_excp MF_excp AC_excp MC_excp XF_excp nmi" },
	/* KVM on AMD waits for the IRET that ends the previous NMI. */
	{ "NMI window", "NMI_WINDOW", "iret" },
	/* A triple fault shuts an x86 CPU down. */
	{ "shutdown", "TRIPLE_FAULT", "shutdown" },
	{ "task switch", "TASK_SWITCH", "task_switch" },
	/* The kernel calls TR "rt". */
	{ "descriptor table", "GDTR_IDTR LDTR_TR",
	  "read_idtr read_gdtr read_ldtr read_rt write_idtr write_gdtr write_ldtr write_rt" },
	/* APIC accesses that APICv, AVIC or the TPR shadow don't handle */
	{ "APIC", "APIC_ACCESS APIC_WRITE EOI_INDUCED TPR_BELOW_THRESHOLD",
	  "avic_incomplete_ipi avic_unaccelerated_access" },
	/* instructions of a guest that is a hypervisor */
	{ "virtualization instruction",
	  "VMCLEAR VMLAUNCH VMPTRLD VMPTRST VMREAD VMRESUME VMWRITE VMOFF VMON INVEPT INVVPID "
	  "VMFUNC",
	  "vmrun vmload vmsave stgi clgi skinit invlpga" },
	{ "INVLPG", "INVLPG", "invlpg" },
	{ "INVPCID", "INVPCID", "invpcid" },
	{ "RDTSC", "RDTSC", "rdtsc" },
	{ "RDTSCP", "RDTSCP", "rdtscp" },
	{ "RDPMC", "RDPMC", "rdpmc" },
	{ "WBINVD", "WBINVD", "wbinvd" },
	{ "INVD", "INVD", "invd" },
	{ "MONITOR", "MONITOR_INSTRUCTION", "monitor" },
	{ "MWAIT", "MWAIT_INSTRUCTION", "mwait" },
	{ "XSETBV", "XSETBV", "xsetbv" },
	/* The CPU refused the guest's state. AMD does not report which part. */
	{ "failed entry", "INVALID_STATE MSR_LOAD_FAIL", "invalid_guest_state" },
	{ "INIT", "INIT_SIGNAL", "init" },
};

const size_t nr_reason_kinds = sizeof(reason_kinds) / sizeof(*reason_kinds);

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && !memcmp(words, word, len))
			return true;
		words += n;
		words += strspn(words, " ");
	}
	return false;
}

const struct reason_kind *reason_kind_find(enum dump_isa isa, const char *reason)
{
	for (size_t i = 0; i < nr_reason_kinds; i++)
		if (has_word(isa == DUMP_ISA_VMX ? reason_kinds[i].vmx : reason_kinds[i].svm, reason))
			return &reason_kinds[i];
	return NULL;
}
