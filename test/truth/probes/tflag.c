// SPDX-License-Identifier: GPL-2.0
/* A trace event that prints flags, symbols and bytes. */
#include <linux/module.h>
#include <linux/trace_events.h>
#define CREATE_TRACE_POINTS
#include "tflag-trace.h"

static int __init tf_init(void)
{
	static const u8 bytes[4] = { 1, 0xab, 0, 255 };
	int ret = trace_set_clr_event("kobox_tf", "tf_event", 1);

	trace_tf_event(0, 0, bytes);
	trace_tf_event(3, 7, bytes);
	trace_tf_event(13, 9, bytes);
	trace_tf_event(0x32, -1, bytes);
	trace_tf_event(0x40, 7, bytes);
	return ret;
}

static void __exit tf_exit(void)
{
}

module_init(tf_init);
module_exit(tf_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a trace event with flags");
