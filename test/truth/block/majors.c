// SPDX-License-Identifier: GPL-2.0-only
/* Majors of block devices: taken, looked for, given back. */
#include <linux/blkdev.h>
#include <linux/module.h>

static int any, more;

static int __init majors_init(void)
{
	any = register_blkdev(0, "any");
	more = register_blkdev(0, "more_than_sixteen_letters");
	pr_info("any: %d %d\n", any, more);
	pr_info("240: %d, again: %d\n", register_blkdev(240, "mine"), register_blkdev(240, "another"));
	pr_info("beside it: %d\n", register_blkdev(495, "far"));
	pr_info("511: %d, 512: %d\n", register_blkdev(511, "last"), register_blkdev(512, "beyond"));
	pr_info("the kernel's: %d\n", register_blkdev(259, "ours"));
	return 0;
}

static void __exit majors_exit(void)
{
	unregister_blkdev(240, "another");
	unregister_blkdev(239, "nobody");
	unregister_blkdev(240, "mine");
	unregister_blkdev(495, "far");
	unregister_blkdev(511, "last");
	unregister_blkdev(any, "any");
	unregister_blkdev(more, "more_than_sixteen_letters");
	pr_info("left: %d\n", register_blkdev(0, "next"));
	unregister_blkdev(any, "next");
}

module_init(majors_init);
module_exit(majors_exit);
MODULE_LICENSE("GPL");
