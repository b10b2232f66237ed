// SPDX-License-Identifier: GPL-2.0
/* kprobes on the module's own code and on kernel functions it calls. */
#define pr_fmt(fmt) "kp: " fmt
#include <linux/module.h>
#include <linux/kprobes.h>
#include <linux/kallsyms.h>
#include <linux/string.h>
#include <linux/slab.h>

int kp_victim(int a, int b);
int kp_asm(int a);
extern char kp_asm_add[], kp_asm_jmp[], kp_asm_jcc[], kp_asm_call[], kp_asm_rip[], kp_asm_push[], kp_asm_ret[];
int kp_number = 40;

noinline int kp_victim(int a, int b)
{
	pr_info("victim %d %d\n", a, b);
	return a + b;
}

noinline int kp_replacement(int a, int b)
{
	pr_info("replacement %d %d\n", a, b);
	return 1000;
}

/* Functions without __fentry__: their probes are breakpoints. */
asm(".text\n.globl kp_asm\n.type kp_asm,@function\n"
    "kp_asm:\n"
    "kp_asm_push: push %rbx\n"
    "mov %edi, %ebx\n"
    "kp_asm_rip: mov kp_number(%rip), %eax\n"
    "kp_asm_add: add %ebx, %eax\n"
    "cmp $7, %ebx\n"
    "kp_asm_jcc: je 1f\n"
    "add $100, %eax\n"
    "1: kp_asm_jmp: jmp 2f\n"
    "ud2\n"
    "2: kp_asm_call: call kp_asm_leaf\n"
    "pop %rbx\n"
    "kp_asm_ret: ret\nint3\n"
    ".size kp_asm, .-kp_asm\n"
    ".type kp_asm_leaf,@function\n"
    "kp_asm_leaf: add $1, %eax\nret\nint3\n.size kp_asm_leaf, .-kp_asm_leaf\n");

static noinline int kp_hidden(int a)
{
	asm volatile("" ::: "memory");
	return a * 3;
}
NOKPROBE_SYMBOL(kp_hidden);

static int pre(struct kprobe *p, struct pt_regs *regs)
{
	pr_info("pre %s+%x di=%d si=%d ip=%lx ax=%d\n", p->symbol_name ?: "-", p->offset, (int)regs->di, (int)regs->si,
		regs->ip - (unsigned long)p->addr, (int)regs->ax);
	return 0;
}

static int pre_asm(struct kprobe *p, struct pt_regs *regs)
{
	pr_info("pre di=%d ip=%lx ax=%d\n", (int)regs->di, regs->ip - (unsigned long)p->addr, (int)regs->ax);
	return 0;
}

static int pre_dup(struct kprobe *p, struct pt_regs *regs)
{
	pr_info("pre dup %s gfp %lx ip=%lx\n", (char *)regs->di, regs->si, regs->ip - (unsigned long)p->addr);
	return 0;
}

static void post(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
	pr_info("post %s ip=%ld flags=%lx ax=%d\n", p->symbol_name ?: "-", regs->ip - (unsigned long)p->addr, flags, (int)regs->ax);
}

static int redirect(struct kprobe *p, struct pt_regs *regs)
{
	pr_info("redirect\n");
	regs->ip = (unsigned long)kp_replacement;
	return 1;
}

static int change(struct kprobe *p, struct pt_regs *regs)
{
	regs->di = 500;
	return 0;
}

static struct kprobe first = { .symbol_name = "kp_victim", .pre_handler = pre, .post_handler = post };

static void at_place(const char *name, void *addr, int arg)
{
	struct kprobe p = { .addr = addr, .pre_handler = pre_asm, .post_handler = post };
	static struct kprobe kp;
	int ret;

	kp = p;
	ret = register_kprobe(&kp);
	pr_info("%s: register %d, opcode %02x\n", name, ret, kp.opcode);
	if (ret)
		return;
	pr_info("%s: first byte %02x\n", name, *(u8 *)addr);
	pr_info("%s: %d\n", name, kp_asm(arg));
	unregister_kprobe(&kp);
	pr_info("%s: %d again, first byte %02x\n", name, kp_asm(arg), *(u8 *)addr);
}

static void errors(void)
{
	struct kprobe p = { .symbol_name = "kp_no_such_symbol", .pre_handler = pre };

	pr_info("unknown: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .symbol_name = "kp_victim", .addr = (void *)kp_victim };
	pr_info("both: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .pre_handler = pre };
	pr_info("neither: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .addr = (void *)kp_asm_rip + 1 };
	pr_info("inside: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .symbol_name = "kp_victim", .offset = 1 };
	pr_info("inside fentry: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .symbol_name = "kp_hidden" };
	pr_info("hidden: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .addr = (void *)&kp_number };
	pr_info("data: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .symbol_name = "do_int3" };
	pr_info("do_int3: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .symbol_name = "kp:no_such" };
	pr_info("module:symbol: %d\n", register_kprobe(&p));
	p = (struct kprobe){ .addr = (void *)0x1000 };
	pr_info("user: %d\n", register_kprobe(&p));
	pr_info("again: %d\n", register_kprobe(&first));
	p = (struct kprobe){ .symbol_name = "kp_victim" };
	pr_info("disable unregistered: %d\n", disable_kprobe(&p));
	pr_info("enable unregistered: %d\n", enable_kprobe(&p));
	unregister_kprobe(&p);
}

static void several(void)
{
	struct kprobe a = { .symbol_name = "kp_victim", .pre_handler = pre };
	struct kprobe b = { .symbol_name = "kp_victim", .pre_handler = change, .flags = KPROBE_FLAG_DISABLED };
	struct kprobe *both[] = { &a, &b };

	pr_info("several: %d\n", register_kprobes(both, 2));
	pr_info("victim: %d\n", kp_victim(1, 2));
	pr_info("enable: %d\n", enable_kprobe(&b));
	pr_info("victim: %d\n", kp_victim(3, 4));
	pr_info("disable: %d %d flags %x\n", disable_kprobe(&a), disable_kprobe(&a), a.flags);
	pr_info("victim: %d\n", kp_victim(5, 6));
	unregister_kprobes(both, 2);
	pr_info("victim: %d, addr %d\n", kp_victim(7, 8), a.addr == (void *)kp_victim);
}

static void redirected(void)
{
	struct kprobe r = { .symbol_name = "kp_victim", .pre_handler = redirect };

	pr_info("redirect: %d\n", register_kprobe(&r));
	pr_info("victim: %d\n", kp_victim(1, 2));
	unregister_kprobe(&r);
}

static struct kprobe kernel_probe = { .symbol_name = "kstrdup", .pre_handler = pre_dup, .post_handler = post };

static int __init kp_init(void)
{
	int ret = register_kprobe(&first);

	pr_info("register %d at %pS offset %d flags %x nmissed %lu\n", ret, first.addr, first.offset, first.flags, first.nmissed);
	pr_info("victim: %d\n", kp_victim(20, 22));
	errors();
	unregister_kprobe(&first);
	pr_info("victim: %d\n", kp_victim(30, 33));
	several();
	redirected();
	pr_info("plain: %d %d\n", kp_asm(7), kp_asm(8));
	at_place("push", kp_asm_push, 7);
	at_place("rip", kp_asm_rip, 7);
	at_place("add", kp_asm_add, 7);
	at_place("jcc taken", kp_asm_jcc, 7);
	at_place("jcc not", kp_asm_jcc, 8);
	at_place("jmp", kp_asm_jmp, 8);
	at_place("call", kp_asm_call, 8);
	at_place("ret", kp_asm_ret, 8);
	ret = register_kprobe(&kernel_probe);
	pr_info("kernel: %d %pS\n", ret, kernel_probe.addr);
	kfree(kstrdup("one", GFP_KERNEL));
	unregister_kprobe(&kernel_probe);
	kfree(kstrdup("two", GFP_ATOMIC));
	return 0;
}

static void __exit kp_exit(void)
{
	pr_info("exit\n");
}

module_init(kp_init);
module_exit(kp_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("kprobes");
