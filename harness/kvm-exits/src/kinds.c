// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "kinds.h"

const struct reason_kind reason_kinds[] = {
	{ "CPUID", "CPUID", "cpuid" },
	{ "port I/O", "IO_INSTRUCTION", "io" },
	/* on AMD one reason for both directions */
	{ "MSR", "MSR_READ MSR_WRITE", "msr" },
	{ "HLT", "HLT", "hlt" },
	/* EPT_MISCONFIG is how KVM on Intel catches MMIO; AMD takes npf for both */
	{ "nested page fault", "EPT_VIOLATION EPT_MISCONFIG", "npf" },
	{ "interrupt", "EXTERNAL_INTERRUPT", "interrupt" },
	/* how KVM asks to be told that the guest can take an interrupt */
	{ "interrupt window", "INTERRUPT_WINDOW", "vintr" },
	/* AMD has no such timer: there the host's own interrupts the guest */
	{ "preemption timer", "PREEMPTION_TIMER", "" },
	/* VMCALL and VMMCALL */
	{ "hypercall", "VMCALL", "hypercall" },
	{ "PAUSE", "PAUSE_INSTRUCTION", "pause" },
	/*
	 * On AMD a reason for each register and direction, one for writes of CR0 that
	 * change more than TS or MP, and traps after the write for encrypted guests.
	 */
	{ "control register", "CR_ACCESS",
	  "read_cr0 read_cr2 read_cr3 read_cr4 read_cr8 "
	  "write_cr0 write_cr2 write_cr3 write_cr4 write_cr8 "
	  "cr0_sel_write write_cr0_trap write_cr4_trap write_cr8_trap" },
	{ "debug register", "DR_ACCESS",
	  "read_dr0 read_dr1 read_dr2 read_dr3 read_dr4 read_dr5 read_dr6 read_dr7 "
	  "write_dr0 write_dr1 write_dr2 write_dr3 write_dr4 write_dr5 write_dr6 write_dr7" },
	/* Intel reports exceptions and NMIs as one */
	{ "exception", "EXCEPTION_NMI",
	  "DE_excp DB_excp BP_excp OF_excp BR_excp UD_excp NM_excp DF_excp TS_excp NP_excp "
	  "SS_excp GP_excp PF_excp MF_excp AC_excp MC_excp XF_excp nmi" },
	/* KVM on AMD waits for the IRET that ends the NMI before */
	{ "NMI window", "NMI_WINDOW", "iret" },
	/* a triple fault is what shuts an x86 CPU down */
	{ "shutdown", "TRIPLE_FAULT", "shutdown" },
	{ "task switch", "TASK_SWITCH", "task_switch" },
	/* "rt" is the kernel's name for TR */
	{ "descriptor table", "GDTR_IDTR LDTR_TR",
	  "read_idtr read_gdtr read_ldtr read_rt write_idtr write_gdtr write_ldtr write_rt" },
	/* what APICv and AVIC do not do by themselves, or the TPR shadow before them */
	{ "APIC", "APIC_ACCESS APIC_WRITE EOI_INDUCED TPR_BELOW_THRESHOLD",
	  "avic_incomplete_ipi avic_unaccelerated_access" },
	/* what a guest does that is a hypervisor itself */
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
	/* the CPU refused the guest's state; AMD does not say which part of it */
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
