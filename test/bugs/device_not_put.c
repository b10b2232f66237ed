// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that could not be registered has been initialised all the same, and holds its name: it must be
 * given up with put_device(), which calls its release function. The bug: its memory is freed as it stands.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct device *board;

static void board_release(struct device *dev)
{
	kfree(dev);
}

static int __init board_init(void)
{
	int ret;

	board = kzalloc(sizeof(*board), GFP_KERNEL);
	if (!board)
		return -ENOMEM;
	board->release = board_release;
	board->init_name = "board";
	ret = device_register(board);
	if (ret) {
#ifdef SEEDED
		kfree(board);
#else
		put_device(board);
#endif
		return ret;
	}
	return 0;
}

static void __exit board_exit(void)
{
	device_unregister(board);
}

module_init(board_init);
module_exit(board_exit);
MODULE_LICENSE("GPL");
