// SPDX-License-Identifier: GPL-2.0-only
/* Hashes of names, and tables of values. */
#include <linux/jhash.h>
#include <linux/linear_range.h>
#include <linux/module.h>
#include <linux/stringhash.h>

static const char *const names[] = { "", "a", "seven77", "eight888", "nine99999", "a name of more than two words" };
static const struct linear_range ranges[] = {
	{ .min = 100, .min_sel = 0, .max_sel = 9, .step = 10 },
	{ .min = 300, .min_sel = 10, .max_sel = 12, .step = 0 },
	{ .min = 400, .min_sel = 13, .max_sel = 20, .step = 25 },
};

static int __init hashes_init(void)
{
	static const unsigned int wanted[] = { 50, 100, 105, 250, 300, 410, 1000 };
	unsigned int i, selector, value = 0;
	bool found;
	int err;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		pr_info("%s: %08x %016llx %08x\n", names[i],
			full_name_hash((void *)0x1234567890UL, names[i], strlen(names[i])),
			hashlen_string(NULL, names[i]), full_name_hash(NULL, names[i], strlen(names[i]) / 2));
	pr_info("values: %u %u, highest %u\n", linear_range_values_in_range(&ranges[0]),
		linear_range_values_in_range_array(ranges, 3), linear_range_get_max_value(&ranges[2]));
	for (i = 0; i < 25; i += 3) {
		err = linear_range_get_value_array(ranges, 3, i, &value);
		pr_info("value of %u: %d, %u\n", i, err, value);
	}
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		selector = 99;
		found = false;
		err = linear_range_get_selector_low_array(ranges, 3, wanted[i], &selector, &found);
		pr_info("low %u: %d, %u, %d\n", wanted[i], err, selector, found);
		selector = 99;
		err = linear_range_get_selector_high(&ranges[2], wanted[i], &selector, &found);
		pr_info("high %u: %d, %u, %d\n", wanted[i], err, selector, found);
		linear_range_get_selector_within(&ranges[0], wanted[i], &selector);
		pr_info("within %u: %u\n", wanted[i], selector);
	}
	return 0;
}

static void __exit hashes_exit(void)
{
}

module_init(hashes_init);
module_exit(hashes_exit);
MODULE_LICENSE("GPL");
