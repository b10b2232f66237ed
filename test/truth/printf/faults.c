// SPDX-License-Identifier: GPL-2.0
/* Formatting and parsing with pointers that are not there. */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>

static char *what = "string";
module_param(what, charp, 0);

static char text[100];
static volatile unsigned long wild = 0xffff888100000000;

#define WILD ((void *)wild)
#define IS(name) (!strcmp(what, #name))

static int __init faults_init(void)
{
	int value = 0;

	if (IS(string))
		pr_info("[%s]\n", (char *)WILD);
	else if (IS(user))
		pr_info("[%s]\n", (char *)0x12345678);
	else if (IS(noncanonical))
		pr_info("[%s]\n", (char *)0x4141414141414141);
	else if (IS(format))
		printk(WILD);
	else if (IS(nullformat))
		printk((char *)(wild ? 0 : 1));
	else if (IS(hex))
		pr_info("[%16ph]\n", WILD);
	else if (IS(address))
		pr_info("[%pI4]\n", WILD);
	else if (IS(nested))
		pr_info("[%pV]\n", WILD);
	else if (IS(dentry))
		pr_info("[%pd]\n", WILD);
	else if (IS(sprintf))
		sprintf(WILD, "%d", 5);
	else if (IS(snprintf))
		snprintf((char *)(wild ? 0 : 1), 10, "%d text", 5);
	else if (IS(readonly))
		sprintf((char *)faults_init, "%d", 5);
	else if (IS(sscanf))
		sscanf("42", "%d", (int *)WILD);
	else if (IS(sscanftext))
		sscanf(WILD, "%d", &value);
	else if (IS(kstrtoint))
		value = kstrtoint(WILD, 10, &value);
	else if (IS(kstrtonull))
		value = kstrtoint("5", 10, (int *)(wild ? 0 : 1));
	else if (IS(strtoul))
		value = simple_strtoul((char *)(wild ? 0 : 1), NULL, 10);
	else if (IS(memparse))
		value = memparse(WILD, NULL);
	else if (IS(device))
		dev_info((struct device *)WILD, "device\n");
	else if (IS(ip6))
		pr_info("[%pI6]\n", WILD);
	else if (IS(ip6c))
		pr_info("[%pI6c]\n", WILD);
	else if (IS(sockaddr))
		pr_info("[%pIS]\n", WILD);
	else if (IS(mac))
		pr_info("[%pM]\n", WILD);
	else if (IS(uuid))
		pr_info("[%pU]\n", WILD);
	else if (IS(bitmap))
		pr_info("[%64pb]\n", WILD);
	else if (IS(bitlist))
		pr_info("[%64pbl]\n", WILD);
	else if (IS(escape))
		pr_info("[%8pE]\n", WILD);
	else if (IS(resource))
		pr_info("[%pR]\n", WILD);
	else if (IS(physical))
		pr_info("[%pa]\n", WILD);
	else if (IS(rtc))
		pr_info("[%ptR]\n", WILD);
	else if (IS(time))
		pr_info("[%ptT]\n", WILD);
	else if (IS(file))
		pr_info("[%pD]\n", WILD);
	else if (IS(disk))
		pr_info("[%pg]\n", WILD);
	else if (IS(gfp))
		pr_info("[%pGg]\n", WILD);
	else if (IS(pageflags))
		pr_info("[%pGp]\n", WILD);
	else if (IS(features))
		pr_info("[%pNF]\n", WILD);
	else if (IS(fourcc))
		pr_info("[%p4cc]\n", WILD);
	else if (IS(clock))
		pr_info("[%pC]\n", WILD);
	else if (IS(fwnode))
		pr_info("[%pfw]\n", WILD);
	else if (IS(probe))
		pr_info("[%pks]\n", WILD);
	else if (IS(sprintftext))
		sprintf(WILD, "text");
	else if (IS(sprintfstring))
		sprintf(WILD, "%s", what);
	else if (IS(sprintfchar))
		sprintf(WILD, "%c", what[0]);
	else if (IS(sprintfpointer))
		sprintf(WILD, "%px", what);
	else if (IS(kstrtouint))
		value = kstrtouint(WILD, 10, (unsigned int *)&value);
	else if (IS(kstrtoull))
		value = kstrtoull(WILD, 10, (unsigned long long *)text);
	else if (IS(kstrtoll))
		value = kstrtoll(WILD, 10, (long long *)text);
	else if (IS(kstrtou8))
		value = kstrtou8(WILD, 10, (u8 *)text);
	else if (IS(kstrtobool))
		value = kstrtobool(WILD, (bool *)text);
	else if (IS(strtol))
		value = simple_strtol(WILD, NULL, 10);
	else if (IS(sscanfstring))
		sscanf("text", "%s", (char *)WILD);
	else if (IS(ratelimit))
		value = ___ratelimit(WILD, "faults");
	else if (IS(devicenull))
		dev_printk_emit(6, NULL, "text\n");
	else if (IS(hexdump))
		print_hex_dump(KERN_INFO, "", DUMP_PREFIX_NONE, 16, 1, WILD, 16, false);
	pr_info("%s: %d %s\n", what, value, text);
	return 0;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_LICENSE("GPL");
