// SPDX-License-Identifier: GPL-2.0
/*
 * A module that needs kvm.ko, as kvmgt does.  It is built for the kernel's own kvm.ko, so
 * it also tests that such modules load on a kvm.ko with counters.
 */
#include <linux/kvm_host.h>
#include <linux/module.h>

static int __init kvm_user_init(void)
{
	pr_info("kvm-user: %ps is a function of kvm.ko\n", kvm_put_kvm);
	return 0;
}
module_init(kvm_user_init);

static void __exit kvm_user_exit(void)
{
}
module_exit(kvm_user_exit);

MODULE_DESCRIPTION("User of kvm.ko, for a test");
MODULE_LICENSE("GPL");
