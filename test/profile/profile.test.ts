import { describe, expect, it } from "vitest";
import { openProfile } from "../../src/profile/profile.ts";

const profile = openProfile("kernel-stubs/profiles/6.1.0-56-amd64.kprofile");

describe("the embedded profile", () => {
  it("knows its kernel", () => {
    expect(profile.release).toBe("6.1.0-56-amd64");
    expect(profile.vermagic).toBe("6.1.0-56-amd64 SMP preempt mod_unload modversions ");
    expect(profile.build).toBe("#1  Debian 6.1.192-2");
    expect(profile.version).toBe("#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)");
  });

  it("has all 10,503 exports, each with an address", () => {
    const names = [...profile.exportedNames()];
    expect(names).toHaveLength(10_503);
    for (const name of names) {
      const symbol = profile.symbol(name);
      if (symbol?.kind === "percpu") expect(symbol.address).toBeLessThan(0x35000);
      else expect(profile.symbolAt(symbol?.address ?? 0)?.address).toBe(symbol?.address);
    }
  });

  it.each([
    ["_printk", "function", false, undefined],
    ["kthread_create_on_node", "function", false, undefined],
    ["module_put", "function", false, undefined],
    ["register_kprobe", "function", true, undefined],
    ["current_task", "percpu", false, undefined],
    ["jiffies", "data", false, undefined],
    ["dma_buf_fd", "function", true, "DMA_BUF"],
  ] as const)("%s is a %s, gpl %s, namespace %s", (name, kind, gpl, namespace) => {
    expect(profile.symbol(name)).toMatchObject({ name, kind, gpl, namespace });
  });

  it("says nothing of names it does not have", () => {
    for (const name of ["", "no_such", "\n", "_printk\t", "~~~~", "!", "usb_register_driver"]) {
      expect(profile.symbol(name)).toBeUndefined();
      expect(profile.prototype(name)).toBeUndefined();
      expect(profile.struct(name)).toBeUndefined();
    }
  });

  it.each([
    ["__kmalloc", "void *__kmalloc(size_t size, gfp_t flags)"],
    ["_printk", "int _printk(const char *fmt, ...)"],
    ["memcpy", "void *memcpy(void *to, const void *from, size_t len)"],
    ["mutex_lock", "void mutex_lock(struct mutex *lock)"],
    ["call_usermodehelper", "int call_usermodehelper(const char *path, char **argv, char **envp, int wait)"],
  ])("declares %s", (name, text) => {
    expect(profile.prototype(name)).toBe(text);
  });

  it.each([
    ["module", 896],
    ["task_struct", 9792],
    ["device", 752],
    ["file", 232],
    ["inode", 632],
    ["page", 64],
    ["kobject", 64],
    ["mutex", 32],
    ["work_struct", 32],
    ["timer_list", 40],
    ["completion", 32],
    ["wait_queue_head", 24],
    ["cdev", 104],
    ["atomic_t", 4],
    ["spinlock", 4],
  ])("struct %s has %d bytes", (name, size) => {
    expect(profile.struct(name)?.size).toBe(size);
  });

  it.each([
    ["module", "list", 8],
    ["module", "name", 24],
    ["module", "init", 312],
    ["module", "exit", 848],
    ["task_struct", "pid", 2416],
    ["task_struct", "comm", 2976],
  ])("%s.%s is at %d", (name, field, offset) => {
    expect(profile.struct(name)?.field(field)?.offset).toBe(offset);
  });

  it("finds symbols by address and by name", () => {
    const table = profile.kernelSymbol("sys_call_table");
    expect(table?.type).toBe("D");
    expect(profile.symbolAt((table?.address ?? 0) + 9)).toMatchObject({ name: "sys_call_table" });
    expect(profile.symbolAt(-(2 ** 40))).toBeUndefined();
  });
});
