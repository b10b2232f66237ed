// SPDX-License-Identifier: GPL-2.0-only
/* Who hears a key of the PC's keyboard: the keyboard chain, and an input handler. */
#include <linux/delay.h>
#include <linux/input.h>
#include <linux/io.h>
#include <linux/keyboard.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *keys = "1e 9e";
module_param(keys, charp, 0444);
static int pause_ms = 20;
module_param(pause_ms, int, 0444);

static int on_key(struct notifier_block *nb, unsigned long action, void *data)
{
	struct keyboard_notifier_param *p = data;

	pr_info("kbd: action %lu down %d shift %d leds %d value %x irq %d off %d\n", action, p->down, p->shift,
		p->ledstate, p->value, !!in_hardirq(), irqs_disabled());
	return NOTIFY_OK;
}
static struct notifier_block key_nb = { .notifier_call = on_key };

static void h_event(struct input_handle *handle, unsigned int type, unsigned int code, int value)
{
	pr_info("kbd: %s: %u %u %d\n", handle->dev->name, type, code, value);
}
static int h_connect(struct input_handler *handler, struct input_dev *d, const struct input_device_id *id)
{
	struct input_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);

	if (!handle)
		return -ENOMEM;
	pr_info("kbd: connect %s %s %s %x %x %x %x\n", dev_name(&d->dev), d->name, d->phys, d->id.bustype,
		d->id.vendor, d->id.product, d->id.version);
	pr_info("kbd: ev %lx led %lx rep %d %d users %u\n", d->evbit[0], d->ledbit[0], d->rep[0], d->rep[1], d->users);
	handle->dev = d;
	handle->handler = handler;
	handle->name = "kbd";
	if (input_register_handle(handle) || input_open_device(handle))
		pr_info("kbd: no handle\n");
	return 0;
}
static void h_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}
static const struct input_device_id h_ids[] = {
	{ .flags = INPUT_DEVICE_ID_MATCH_EVBIT, .evbit = { BIT_MASK(EV_KEY) } },
	{ },
};
static struct input_handler handler = {
	.event = h_event, .connect = h_connect, .disconnect = h_disconnect, .name = "kbd_handler", .id_table = h_ids,
};

static int __init kbd_init(void)
{
	int ret = input_register_handler(&handler);
	const char *at = keys;
	unsigned int byte;

	pr_info("kbd: handler %d\n", ret);
	ret = register_keyboard_notifier(&key_nb);
	pr_info("kbd: chain %d\n", ret);
	while (sscanf(at, "%2x", &byte) == 1) {
		outb(0xd2, 0x64);
		udelay(50);
		outb(byte, 0x60);
		msleep(pause_ms);
		at += at[2] ? 3 : 2;
	}
	return 0;
}
static void __exit kbd_exit(void)
{
	unregister_keyboard_notifier(&key_nb);
	input_unregister_handler(&handler);
}
module_init(kbd_init);
module_exit(kbd_exit);
MODULE_LICENSE("GPL");
