// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is nothing: the guest starts and stops, whatever N is. Its exits are
 * those that each bare guest causes in addition to its units: by the firmware, the
 * start code and the write to port 0xf4.
 */
#include "bare.h"

GUEST_EXPECTED("svm:none vmx:none");

int guest_run(uint32_t n)
{
	(void)n;
	return GUEST_OK;
}
