// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is the first write to a 4-KiB page: APM volume 2, "Nested Paging"; SDM
 * volume 3, "EPT Violations". A guest with 16 MiB has room for 3,000 units.
 */
#include "tables.h"

GUEST_EXPECTED("svm:npf vmx:EPT_VIOLATION");

#define PAGE	4096

int guest_run(uint32_t n)
{
	uint32_t address;

	for (address = MEMORY; n; n--, address += PAGE)
		*(volatile uint32_t *)address = 1;
	return GUEST_OK;
}
