// SPDX-License-Identifier: GPL-2.0
/*
 * Run an L2, step by step, on either vendor.
 */
#include "l2.h"

#define CPUID_FEATURES		1
#define CPUID_ECX_VMX		(1u << 5)
#define CPUID_AMD_FEATURES	0x80000001
#define CPUID_ECX_SVM		(1u << 2)

/**
 * l1_start() - Load tables, turn paging on, and see whether there can be an L2.
 *
 * Return: GUEST_OK; GUEST_NO_CPU if this processor has neither VMX nor SVM.
 */
int l1_start(void)
{
	tables_load();
	/* VMX operation wants paging, and so does KVM for VMRUN. */
	paging_on();
	if (cpu_is_intel())
		return cpuid(CPUID_FEATURES).ecx & CPUID_ECX_VMX ? GUEST_OK : GUEST_NO_CPU;
	return cpuid(CPUID_AMD_FEATURES).ecx & CPUID_ECX_SVM ? GUEST_OK : GUEST_NO_CPU;
}

/**
 * l2_run() - Have an L2 do all its steps, @n times and once more before.
 * @guest: what it does.
 * @n: how many units, each of which is all steps.
 *
 * The first time is there whatever @n is, as it takes exits that later ones do
 * not: for memory that is touched for the first time.
 *
 * Return: GUEST_OK, or why not.
 */
int l2_run(const struct l2_guest *guest, uint32_t n)
{
	int intel = cpu_is_intel();
	const struct l2_step *steps = intel ? guest->vmx : guest->svm;
	uint32_t nr_steps = intel ? guest->nr_vmx : guest->nr_svm;
	uint32_t i, exit;
	int end;

	end = l1_start();
	if (end != GUEST_OK)
		return end;
	end = intel ? vmx_start(guest->controls2) : svm_start();
	if (end != GUEST_OK)
		return end;
	do {
		for (i = 0; i < nr_steps; i++) {
			exit = intel ? vmx_step(&steps[i]) : svm_step(&steps[i]);
			if (exit != steps[i].exit)
				return wrong("exit of step", i, exit, steps[i].exit);
		}
	} while (n--);
	return GUEST_OK;
}
