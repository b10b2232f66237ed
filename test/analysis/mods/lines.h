/* SPDX-License-Identifier: GPL-2.0-only */
static noinline int lines_more(char *to)
{
	char *second = kmalloc(10, GFP_KERNEL); /* line 4: its failure is not looked at */

	second[0] = 0; /* line 6 */
	kfree(second);
	to[0] = 0;
	return 0;
}
