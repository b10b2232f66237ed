// SPDX-License-Identifier: GPL-2.0-only
/* Drivers of terminals: their lines, ports, consoles and line disciplines, registered and gone again. */
#include <linux/console.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/serial_core.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>

static int op_open(struct tty_struct *tty, struct file *file)
{
	return -EIO;
}
static void op_close(struct tty_struct *tty, struct file *file)
{
}
static int op_write(struct tty_struct *tty, const unsigned char *text, int count)
{
	return count;
}
static unsigned int op_room(struct tty_struct *tty)
{
	return 1000;
}
static int op_show(struct seq_file *m, void *v)
{
	struct tty_driver *drv = m->private;

	seq_printf(m, "%s has %u lines\n", drv->driver_name, drv->num);
	return 0;
}
static const struct tty_operations ops = {
	.open = op_open, .close = op_close, .write = op_write, .write_room = op_room, .proc_show = op_show,
};

static struct tty_driver *fixed, *single, *dynamic, *whole;
static struct tty_port ports[2], port;
static struct uart_driver uart = {
	.owner = THIS_MODULE, .driver_name = "truth_uart", .dev_name = "ttyTU", .nr = 3,
};
static struct console quiet = { .name = "truthq", .index = -1 };
static struct console loud = { .name = "truthl", .index = 3, .flags = CON_ENABLED };
static struct tty_ldisc_ops disc = { .owner = THIS_MODULE, .num = 29, .name = "truth" };
static struct tty_ldisc_ops wild = { .owner = THIS_MODULE, .num = 300, .name = "wild" };

static struct tty_driver *make(unsigned int lines, unsigned long flags, const char *driver,
			       const char *name, int major, int minor, short type)
{
	struct tty_driver *drv = tty_alloc_driver(lines, flags);

	if (IS_ERR(drv))
		return drv;
	drv->driver_name = driver;
	drv->name = name;
	drv->major = major;
	drv->minor_start = minor;
	drv->type = type;
	drv->subtype = SERIAL_TYPE_NORMAL;
	drv->init_termios = tty_std_termios;
	tty_set_operations(drv, &ops);
	return drv;
}

static void show(const char *what, struct tty_driver *drv, int error)
{
	pr_info("ttys: %s: %d, major %s, minor %u, flags %lx\n", what, error,
		drv->major == 4 ? "4" : drv->major ? "some" : "none", drv->minor_start, drv->flags);
}

static int __init ttys_init(void)
{
	struct tty_driver *other;
	struct device *dev;
	struct tty_port *p = &port;

	pr_info("ttys: no lines: %ld\n", PTR_ERR(tty_alloc_driver(0, 0)));
	pr_info("ttys: two of one: %ld\n", PTR_ERR(tty_alloc_driver(2, TTY_DRIVER_UNNUMBERED_NODE)));
	tty_port_init(p);
	pr_info("ttys: port %u %u %d %d %d %d\n", p->close_delay, p->closing_wait,
		p->buf.head == &p->buf.sentinel, p->buf.tail == &p->buf.sentinel, p->buf.mem_limit,
		p->client_ops == &tty_port_default_client_ops);
	tty_port_init(&ports[0]);
	tty_port_init(&ports[1]);
	fixed = make(2, TTY_DRIVER_REAL_RAW, "truth_fixed", "ttyTF", 4, 200, TTY_DRIVER_TYPE_SERIAL);
	fixed->name_base = 10;
	tty_port_link_device(&ports[0], fixed, 0);
	tty_port_link_device(&ports[1], fixed, 1);
	show("fixed", fixed, tty_register_driver(fixed));
	other = make(1, 0, "truth_other", "ttyTO", 4, 201, TTY_DRIVER_TYPE_SERIAL);
	show("the same numbers", other, tty_register_driver(other));
	tty_driver_kref_put(other);
	single = make(1, TTY_DRIVER_UNNUMBERED_NODE, NULL, "truthtty", 0, 7, TTY_DRIVER_TYPE_CONSOLE);
	show("single", single, tty_register_driver(single));
	dynamic = make(4, TTY_DRIVER_DYNAMIC_DEV, "truth_dyn", "ttyTD", 0, 0, 77);
	show("dynamic", dynamic, tty_register_driver(dynamic));
	dev = tty_register_device(dynamic, 4, NULL);
	pr_info("ttys: line 4: %ld\n", PTR_ERR(dev));
	dev = tty_port_register_device(&port, dynamic, 3, NULL);
	pr_info("ttys: line 3: %s\n", IS_ERR(dev) ? "none" : dev_name(dev));
	dev = tty_register_device(dynamic, 1, NULL);
	pr_info("ttys: line 1: %s\n", IS_ERR(dev) ? "none" : dev_name(dev));
	whole = make(3, TTY_DRIVER_DYNAMIC_ALLOC, "truth_whole", "ttyTW", 0, 0, TTY_DRIVER_TYPE_SYSTEM);
	show("whole", whole, tty_register_driver(whole));
	pr_info("ttys: uart %d\n", uart_register_driver(&uart));
	pr_info("ttys: uart %s %u %d %d\n", uart.tty_driver->name, uart.tty_driver->num,
		uart.tty_driver->init_termios.c_ispeed, uart.tty_driver->init_termios.c_cflag);
	pr_info("ttys: ldisc %d %d\n", tty_register_ldisc(&disc), tty_register_ldisc(&wild));
	register_console(&quiet);
	register_console(&loud);
	return 0;
}

static void __exit ttys_exit(void)
{
	struct ktermios speed = tty_std_termios;

	pr_info("ttys: quiet %d\n", unregister_console(&quiet));
	pr_info("ttys: loud %d\n", unregister_console(&loud));
	tty_unregister_ldisc(&disc);
	uart_unregister_driver(&uart);
	tty_unregister_driver(whole);
	tty_driver_kref_put(whole);
	tty_unregister_device(dynamic, 1);
	tty_unregister_device(dynamic, 3);
	tty_unregister_driver(dynamic);
	tty_driver_kref_put(dynamic);
	tty_unregister_driver(single);
	tty_driver_kref_put(single);
	tty_unregister_driver(fixed);
	tty_driver_kref_put(fixed);
	tty_port_destroy(&ports[0]);
	tty_port_destroy(&ports[1]);
	tty_port_destroy(&port);
	tty_termios_encode_baud_rate(&speed, 115200, 115200);
	pr_info("ttys: baud %o %u %u", speed.c_cflag, speed.c_ispeed, speed.c_ospeed);
	tty_termios_encode_baud_rate(&speed, 9600, 19210);
	pr_cont(", %o %u %u", speed.c_cflag, speed.c_ispeed, speed.c_ospeed);
	tty_termios_encode_baud_rate(&speed, 12345, 12345);
	pr_cont(", %o %u %u", speed.c_cflag, speed.c_ispeed, speed.c_ospeed);
	pr_cont(", is %u\n", tty_termios_baud_rate(&speed));
}

module_init(ttys_init);
module_exit(ttys_exit);
MODULE_LICENSE("GPL");
