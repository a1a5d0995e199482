// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one read of the APIC's ID in xAPIC mode, in which the APIC is a
 * page of memory that KVM does not map: APM volume 2, "Nested Paging"; SDM volume 3,
 * "EPT Violations". Without APICv KVM has no use for APIC-access exits either.
 */
#include "apic.h"

GUEST_EXPECTED("svm:npf vmx:EPT_VIOLATION");

int guest_run(uint32_t n)
{
	do
		(void)*xapic(APIC_ID);
	while (n--);
	return GUEST_OK;
}
