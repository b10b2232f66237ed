// SPDX-License-Identifier: GPL-2.0-only
/* A GPIO chip of its own, and what the calls of a consumer come to on it. */
#include <linux/gpio.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/driver.h>
#include <linux/module.h>

#define BASE 700
static int base = BASE;
module_param(base, int, 0444);
static bool outputs_only;
module_param(outputs_only, bool, 0444);
static unsigned int level, outputs;

static int t_request(struct gpio_chip *c, unsigned int offset)
{
	pr_info("gchip: request %u\n", offset);
	return offset == 7 ? -EBUSY : 0;
}
static void t_free(struct gpio_chip *c, unsigned int offset)
{
	pr_info("gchip: free %u\n", offset);
}
static int t_direction(struct gpio_chip *c, unsigned int offset)
{
	return outputs >> offset & 1 ? GPIO_LINE_DIRECTION_OUT : GPIO_LINE_DIRECTION_IN;
}
static int t_in(struct gpio_chip *c, unsigned int offset)
{
	pr_info("gchip: in %u\n", offset);
	outputs &= ~(1u << offset);
	return 0;
}
static void t_set(struct gpio_chip *c, unsigned int offset, int value)
{
	pr_info("gchip: set %u %d\n", offset, value);
	level = value ? level | 1u << offset : level & ~(1u << offset);
}
static int t_out(struct gpio_chip *c, unsigned int offset, int value)
{
	pr_info("gchip: out %u %d\n", offset, value);
	outputs |= 1u << offset;
	t_set(c, offset, value);
	return 0;
}
static int t_get(struct gpio_chip *c, unsigned int offset)
{
	return level >> offset & 1;
}
static int t_to_irq(struct gpio_chip *c, unsigned int offset)
{
	return offset == 2 ? 77 : -ENXIO;
}

static struct gpio_chip chip = {
	.label = "t_gchip", .owner = THIS_MODULE, .request = t_request, .free = t_free,
	.get_direction = t_direction, .direction_input = t_in, .direction_output = t_out,
	.get = t_get, .set = t_set, .to_irq = t_to_irq, .ngpio = 8,
};

static const struct gpio pins[] = {
	{ BASE + 3, GPIOF_OUT_INIT_HIGH, "t_led" },
	{ BASE + 4, GPIOF_IN, "t_button" },
};
static const struct gpio bad[] = {
	{ BASE + 5, GPIOF_OUT_INIT_LOW, "t_five" },
	{ BASE + 7, GPIOF_IN, "t_seven" },
};

static void use(void)
{
	struct gpio_desc *desc;

	pr_info("gchip: valid %d %d\n", gpio_is_valid(base), gpio_is_valid(-1));
	pr_info("gchip: request %d\n", gpio_request(BASE, "t_first"));
	pr_info("gchip: again %d\n", gpio_request(BASE, "t_second"));
	pr_info("gchip: seven %d\n", gpio_request(BASE + 7, "t_seven"));
	pr_info("gchip: output %d\n", gpio_direction_output(BASE, 1));
	pr_info("gchip: value %d\n", gpio_get_value(BASE));
	gpio_set_value(BASE, 0);
	pr_info("gchip: value %d\n", gpio_get_value(BASE));
	pr_info("gchip: input %d\n", gpio_direction_input(BASE));
	level |= 1;
	pr_info("gchip: value %d\n", gpio_get_value(BASE));
	pr_info("gchip: irq %d %d\n", gpio_to_irq(BASE + 2), gpio_to_irq(BASE));
	pr_info("gchip: one %d\n", gpio_request_one(BASE + 1, GPIOF_OUT_INIT_LOW, "t_one"));
	pr_info("gchip: array %d\n", gpio_request_array(pins, 2));
	pr_info("gchip: bad %d\n", gpio_request_array(bad, 2));
	desc = gpio_to_desc(BASE + 3);
	pr_info("gchip: desc %d number %d direction %d cansleep %d\n", !!desc, desc_to_gpio(desc),
		gpiod_get_direction(desc), gpiod_cansleep(desc));
	gpiod_set_value(desc, 0);
	pr_info("gchip: %d raw %d active low %d\n", gpiod_get_value(desc), gpiod_get_raw_value(desc),
		gpiod_is_active_low(desc));
	gpiod_toggle_active_low(desc);
	pr_info("gchip: %d raw %d active low %d\n", gpiod_get_value(desc), gpiod_get_raw_value(desc),
		gpiod_is_active_low(desc));
	gpiod_set_value(desc, 1);
	pr_info("gchip: out %d\n", gpiod_direction_output(desc, 0));
	gpiod_toggle_active_low(desc);
	pr_info("gchip: none %d\n", !gpio_to_desc(BASE + 8));
}

static int __init gchip_init(void)
{
	int ret;

	chip.base = base;
	ret = gpiochip_add_data(&chip, NULL);
	pr_info("gchip: add %d base %d\n", ret, chip.base);
	if (ret)
		return ret;
	if (base == BASE)
		use();
	return 0;
}
static void __exit gchip_exit(void)
{
	if (base == BASE) {
		gpio_free_array(pins, 2);
		gpio_free(BASE + 1);
		gpio_free(BASE);
	}
	gpiochip_remove(&chip);
}
module_init(gchip_init);
module_exit(gchip_exit);
MODULE_LICENSE("GPL");
