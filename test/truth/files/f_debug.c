#include <linux/module.h>
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("x");
