// SPDX-License-Identifier: GPL-2.0-only
/* Exit forgets the notifier. */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

static int note(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block nb = { .notifier_call = note };

static int __init bug_init(void)
{
	return register_reboot_notifier(&nb);
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	unregister_reboot_notifier(&nb);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
