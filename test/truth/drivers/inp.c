// SPDX-License-Identifier: GPL-2.0-only
/* An input device, a handler that listens to it, and the keyboard chain. */
#include <linux/input.h>
#include <linux/keyboard.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *what = "events";
module_param(what, charp, 0444);
static struct input_dev *dev;

static int t_open(struct input_dev *d)
{
	pr_info("inp: open\n");
	return 0;
}
static void t_close(struct input_dev *d)
{
	pr_info("inp: close\n");
}
static int t_event(struct input_dev *d, unsigned int type, unsigned int code, int value)
{
	pr_info("inp: to the device %u %u %d\n", type, code, value);
	return 0;
}

static void h_event(struct input_handle *handle, unsigned int type, unsigned int code, int value)
{
	pr_info("inp: heard %u %u %d\n", type, code, value);
}
static int h_connect(struct input_handler *handler, struct input_dev *d, const struct input_device_id *id)
{
	struct input_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);
	int ret;

	pr_info("inp: connect %s\n", d->name);
	if (!handle)
		return -ENOMEM;
	handle->dev = d;
	handle->handler = handler;
	handle->name = "t_handle";
	ret = input_register_handle(handle);
	pr_info("inp: handle %d\n", ret);
	ret = input_open_device(handle);
	pr_info("inp: opened %d, users %u\n", ret, d->users);
	return 0;
}
static void h_disconnect(struct input_handle *handle)
{
	pr_info("inp: disconnect\n");
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(handle);
}
static const struct input_device_id h_ids[] = {
	{ .flags = INPUT_DEVICE_ID_MATCH_BUS | INPUT_DEVICE_ID_MATCH_VENDOR, .bustype = BUS_VIRTUAL, .vendor = 0x1234 },
	{ },
};
static struct input_handler handler = {
	.event = h_event, .connect = h_connect, .disconnect = h_disconnect, .name = "t_handler", .id_table = h_ids,
};

static int on_key(struct notifier_block *nb, unsigned long action, void *data)
{
	struct keyboard_notifier_param *p = data;

	pr_info("inp: key action %lu down %d shift %d leds %d value %x\n", action, p->down, p->shift,
		p->ledstate, p->value);
	return NOTIFY_OK;
}
static struct notifier_block key_nb = { .notifier_call = on_key };

static void key(unsigned int code)
{
	input_report_key(dev, code, 1);
	input_sync(dev);
	input_report_key(dev, code, 0);
	input_sync(dev);
}

static int make(void)
{
	int ret;

	dev = input_allocate_device();
	if (!dev)
		return -ENOMEM;
	dev->name = "t_inp";
	dev->phys = "t_inp/input0";
	dev->id.bustype = BUS_VIRTUAL;
	dev->id.vendor = 0x1234;
	dev->id.product = 2;
	dev->id.version = 0x100;
	dev->open = t_open;
	dev->close = t_close;
	dev->event = t_event;
	if (!strcmp(what, "keys")) {
		int i;

		for (i = KEY_ESC; i < KEY_F10; i++)
			input_set_capability(dev, EV_KEY, i);
		input_set_capability(dev, EV_KEY, KEY_RIGHT);
		input_set_capability(dev, EV_KEY, KEY_PROG1);
	} else {
		input_set_capability(dev, EV_KEY, BTN_TOUCH);
		input_set_capability(dev, EV_KEY, BTN_0);
		input_set_capability(dev, EV_REL, REL_X);
		input_set_capability(dev, EV_SW, SW_LID);
		input_set_abs_params(dev, ABS_X, -100, 100, 4, 2);
		input_set_abs_params(dev, ABS_Y, 0, 255, 0, 0);
		input_set_capability(dev, EV_LED, LED_MISC);
	}
	ret = input_register_device(dev);
	pr_info("inp: registered %d\n", ret);
	if (ret)
		input_free_device(dev);
	return ret;
}

static void events(void)
{
	pr_info("inp: abs %d %d %d %d\n", input_abs_get_min(dev, ABS_X), input_abs_get_max(dev, ABS_X),
		input_abs_get_fuzz(dev, ABS_X), input_abs_get_flat(dev, ABS_X));
	key(BTN_0);
	pr_info("inp: twice\n");
	input_report_key(dev, BTN_0, 1);
	input_report_key(dev, BTN_0, 1);
	input_report_key(dev, BTN_0, 0);
	input_report_key(dev, BTN_0, 0);
	input_sync(dev);
	pr_info("inp: unknown\n");
	input_report_key(dev, KEY_A, 1);
	input_sync(dev);
	pr_info("inp: rel\n");
	input_report_rel(dev, REL_X, 5);
	input_report_rel(dev, REL_X, 0);
	input_report_rel(dev, REL_Y, 5);
	input_sync(dev);
	pr_info("inp: abs\n");
	input_report_abs(dev, ABS_X, 50);
	input_report_abs(dev, ABS_X, 51);
	input_report_abs(dev, ABS_X, 55);
	input_report_abs(dev, ABS_X, 90);
	input_report_abs(dev, ABS_Y, 7);
	input_report_abs(dev, ABS_Y, 7);
	input_sync(dev);
	pr_info("inp: switch\n");
	input_report_switch(dev, SW_LID, 1);
	input_report_switch(dev, SW_LID, 1);
	input_sync(dev);
	input_sync(dev);
	pr_info("inp: led\n");
	input_event(dev, EV_LED, LED_MISC, 1);
	input_event(dev, EV_LED, LED_MISC, 1);
	input_event(dev, EV_LED, LED_NUML, 1);
	pr_info("inp: down at the end\n");
	input_report_key(dev, BTN_TOUCH, 1);
	input_sync(dev);
}

static int __init inp_init(void)
{
	int ret;

	if (!strcmp(what, "empty")) {
		dev = input_allocate_device();
		pr_info("inp: name '%s' users %u\n", dev_name(&dev->dev), dev->users);
		input_free_device(dev);
		dev = NULL;
		return 0;
	}
	if (!strcmp(what, "keys"))
		register_keyboard_notifier(&key_nb);
	else {
		ret = input_register_handler(&handler);
		pr_info("inp: handler %d\n", ret);
	}
	ret = make();
	if (ret)
		return ret;
	pr_info("inp: %s %s\n", dev_name(&dev->dev), dev->name);
	if (!strcmp(what, "keys")) {
		key(KEY_A);
		pr_info("inp: shift\n");
		input_report_key(dev, KEY_LEFTSHIFT, 1);
		input_sync(dev);
		key(KEY_A);
		key(KEY_1);
		input_report_key(dev, KEY_LEFTSHIFT, 0);
		input_sync(dev);
		pr_info("inp: others\n");
		key(KEY_ENTER);
		key(KEY_SPACE);
		key(KEY_F1);
		key(KEY_RIGHT);
		pr_info("inp: unbound\n");
		key(KEY_PROG1);
		pr_info("inp: ctrl\n");
		input_report_key(dev, KEY_LEFTCTRL, 1);
		input_sync(dev);
		key(KEY_C);
		input_report_key(dev, KEY_LEFTCTRL, 0);
		input_sync(dev);
		pr_info("inp: caps\n");
		key(KEY_CAPSLOCK);
		key(KEY_B);
		key(KEY_CAPSLOCK);
		pr_info("inp: repeat\n");
		input_report_key(dev, KEY_Z, 1);
		input_event(dev, EV_KEY, KEY_Z, 2);
		input_report_key(dev, KEY_Z, 0);
		input_sync(dev);
	} else
		events();
	return 0;
}
static void __exit inp_exit(void)
{
	if (dev) {
		input_unregister_device(dev);
		pr_info("inp: gone\n");
	}
	if (!strcmp(what, "keys"))
		unregister_keyboard_notifier(&key_nb);
	else if (strcmp(what, "empty"))
		input_unregister_handler(&handler);
}
module_init(inp_init);
module_exit(inp_exit);
MODULE_LICENSE("GPL");
