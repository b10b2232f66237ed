// SPDX-License-Identifier: GPL-2.0
/* Of what it imports, t_exp_a has one half and nobody the other. */
#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(int, half);

int t_exp_add(int a, int b);
int t_exp_nowhere(int a, int b);

static int __init t_exp_half_init(void)
{
	this_cpu_inc(half);
	return t_exp_nowhere(t_exp_add(2, 3), 4);
}

module_init(t_exp_half_init);
MODULE_LICENSE("GPL");
