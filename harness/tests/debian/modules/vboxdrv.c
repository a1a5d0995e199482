// SPDX-License-Identifier: GPL-2.0
/* Has the name of VirtualBox's module, and does nothing. */
#include <linux/module.h>

MODULE_DESCRIPTION("Stand-in for VirtualBox's module, for a test");
MODULE_LICENSE("GPL");
