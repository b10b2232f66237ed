// SPDX-License-Identifier: GPL-2.0
/*
 * params - parameters of every common kind.
 *
 *	insmod params.ko count=3 name=world values=1,2,3 loud
 *
 * The third argument of module_param() is the mode of the file below
 * /sys/module/params/parameters; 0 makes none.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int count = 1;
module_param(count, int, 0644);
MODULE_PARM_DESC(count, "how often to greet (1 to 5)");

static char *name = "nobody";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "whom to greet");

static bool loud;
module_param(loud, bool, 0444);
MODULE_PARM_DESC(loud, "greet in capitals");

static int values[4];
static int values_given;
module_param_array(values, int, &values_given, 0444);
MODULE_PARM_DESC(values, "up to four numbers to add up");

/* A parameter with a check of its own: the setter sees what the user wrote. */
static unsigned int percent = 50;

static int percent_set(const char *text, const struct kernel_param *kp)
{
	unsigned int wanted;
	int err = kstrtouint(text, 0, &wanted);

	if (err)
		return err;
	if (wanted > 100)
		return -ERANGE;
	*(unsigned int *)kp->arg = wanted;
	pr_info("params: percent becomes %u\n", wanted);
	return 0;
}

static const struct kernel_param_ops percent_ops = {
	.set = percent_set,
	.get = param_get_uint,
};
module_param_cb(percent, &percent_ops, &percent, 0644);
MODULE_PARM_DESC(percent, "0 to 100");

static int __init params_init(void)
{
	int i, sum = 0;

	if (count < 1 || count > 5) {
		pr_err("params: count must be 1 to 5, not %d\n", count);
		return -EINVAL;
	}
	for (i = 0; i < count; i++)
		pr_info("params: %s, %s\n", loud ? "HELLO" : "hello", name);
	for (i = 0; i < values_given; i++)
		sum += values[i];
	pr_info("params: %d values, sum %d, %u %%\n", values_given, sum, percent);
	return 0;
}

static void __exit params_exit(void)
{
	pr_info("params: count=%d percent=%u\n", count, percent);
}

module_init(params_init);
module_exit(params_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes parameters");
