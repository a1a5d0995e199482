// SPDX-License-Identifier: GPL-2.0
/* Registers the SysRq key x, to test KVM when the key is taken. */
#include <linux/module.h>
#include <linux/sysrq.h>

static void do_nothing(u8 key)
{
	pr_info("sysrq-taker: this key is mine\n");
}

static const struct sysrq_key_op op = {
	.handler	= do_nothing,
	.help_msg	= "nothing(x)",
	.action_msg	= "Do nothing",
	.enable_mask	= SYSRQ_ENABLE_DUMP,
};

static int __init sysrq_taker_init(void)
{
	return register_sysrq_key('x', &op) ? -EBUSY : 0;
}
module_init(sysrq_taker_init);

static void __exit sysrq_taker_exit(void)
{
	unregister_sysrq_key('x', &op);
}
module_exit(sysrq_taker_exit);

MODULE_DESCRIPTION("Owner of SysRq-x, for a test");
MODULE_LICENSE("GPL");
