// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one read of the APIC's ID in xAPIC mode. In this mode the APIC is a
 * page of memory, which KVM does not map: APM volume 2, "Nested Paging"; SDM volume
 * 3, "EPT Violations". Without APICv, KVM does not use APIC-access exits.
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
