// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one UD2. KVM intercepts #UD to check for an instruction of the other
 * vendor, and injects it into the guest. The handler of #UD skips the instruction:
 * APM volume 2, "Exception Intercepts"; SDM volume 3, "Other Causes of VM Exits",
 * exceptions.
 */
#include "tables.h"

GUEST_EXPECTED("svm:UD_excp vmx:EXCEPTION_NMI");

#define UD	6

CODE(step_over, "addl $2, (%esp); iret");

int guest_run(uint32_t n)
{
	tables_load();
	tables_handle(UD, step_over);
	do
		asm volatile("ud2");
	while (n--);
	return GUEST_OK;
}
