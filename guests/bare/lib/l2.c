// SPDX-License-Identifier: GPL-2.0
/*
 * Run an L2, step by step, on a processor of either vendor.
 */
#include "l2.h"

#define CPUID_FEATURES		1
#define CPUID_ECX_VMX		(1u << 5)
#define CPUID_AMD_FEATURES	0x80000001
#define CPUID_ECX_SVM		(1u << 2)

/**
 * l1_start() - Load the tables, enable paging, and check for VMX or SVM.
 *
 * Return: GUEST_OK, or GUEST_NO_CPU if this processor has neither VMX nor SVM.
 */
int l1_start(void)
{
	tables_load();
	/* VMX operation needs paging, and KVM requires it for VMRUN. */
	paging_on();
	if (cpu_is_intel())
		return cpuid(CPUID_FEATURES).ecx & CPUID_ECX_VMX ? GUEST_OK : GUEST_NO_CPU;
	return cpuid(CPUID_AMD_FEATURES).ecx & CPUID_ECX_SVM ? GUEST_OK : GUEST_NO_CPU;
}

/**
 * l2_run() - Run @n + 1 units. One unit is all steps of the L2.
 * @guest: the steps.
 * @n: number of units.
 *
 * The first unit causes exits that later units do not, because it touches memory
 * for the first time. So it runs even if @n is 0.
 *
 * Return: GUEST_OK, or the GUEST_ value of the failure.
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
