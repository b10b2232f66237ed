import { describe, expect, it } from "vitest";
import { openDefaultProfile } from "../../src/profile/default-profile.ts";
import { STRUCT_NAMES } from "../../src/profile/struct-names.ts";

const profile = openDefaultProfile();

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

  it("has prototypes for nearly all functions, none for those with a convention of their own", () => {
    const functions = [...profile.exportedNames()].filter(
      (name) => profile.symbol(name)?.kind === "function",
    );
    const without = functions.filter((name) => profile.prototype(name) === undefined);
    expect(functions.length - without.length).toBeGreaterThan(9600);
    for (const name of [
      "__fentry__",
      "__get_user_4",
      "__put_user_8",
      "__sw_hweight64",
      "__x86_return_thunk",
    ]) {
      expect(without).toContain(name);
    }
  });

  it("knows typedefs, constants and build options", () => {
    expect(profile.typedef("gfp_t")).toBe("unsigned int");
    expect(profile.typedef("irq_handler_t")).toBe("irqreturn_t (*)(int, void *)");
    expect(profile.enumerator("MODULE_STATE_GOING")).toBe(2n);
    expect(profile.enumerator("IRQ_HANDLED")).toBe(1n);
    expect(profile.enumerator("NO_SUCH")).toBeUndefined();
    expect(profile.config("CONFIG_HZ")).toBe("250");
    expect(profile.config("CONFIG_MODULE_SIG")).toBe("y");
    expect(profile.config("CONFIG_IKCONFIG")).toBeUndefined();
    expect(profile.config("CONFIG_DEFAULT_HOSTNAME")).toBe("(none)");
  });

  it("carries the initial content of exported variables", () => {
    expect(profile.dataInit("kmalloc")).toBeUndefined();
    expect(profile.dataInit("_printk")).toBeUndefined();
    const ctype = profile.dataInit("_ctype");
    expect(ctype).toHaveLength(256);
    expect([ctype?.["A".charCodeAt(0)], ctype?.["7".charCodeAt(0)], ctype?.[9]]).toEqual([0x41, 0x04, 0x28]);
    const jiffies = Buffer.from(profile.dataInit("jiffies") ?? []);
    expect(jiffies.readBigUInt64LE(0)).toBe(0xfffedb08n);
    expect(profile.dataInit("init_net")?.every((byte) => byte === 0)).toBe(true);
    expect(profile.dataInit("cpu_bit_bitmap")).toHaveLength(66_560);
  });

  it("carries what exported variables point to", () => {
    const ops = Buffer.from(profile.dataInit("param_ops_int") ?? []);
    expect(Number(ops.readBigInt64LE(8))).toBe(profile.symbol("param_set_int")?.address);
    const resource = Buffer.from(profile.dataInit("ioport_resource") ?? []);
    const name = Number(resource.readBigInt64LE(profile.struct("resource")?.field("name")?.offset ?? 0));
    const [piece] = profile.contents(name, name + 1);
    expect(Buffer.from(piece?.bytes ?? []).toString()).toBe("PCI IO");
    const bitmap = profile.symbol("cpu_bit_bitmap");
    const inside = [...profile.contents((bitmap?.address ?? 0) + 4096, (bitmap?.address ?? 0) + 4097)];
    expect(inside[0]?.address).toBe(bitmap?.address);
  });

  it("carries the module signing certificate", () => {
    const [certificate] = profile.certificates();
    expect(Buffer.from(certificate ?? []).includes("Build time autogenerated kernel key")).toBe(true);
  });

  it("knows layouts by typedef too, and nested unnamed ones", () => {
    expect(profile.struct("spinlock_t")?.size).toBe(4);
    expect(profile.struct("atomic_long_t")?.size).toBe(8);
    const nested = [...(profile.struct("sk_buff")?.fieldNames ?? [])];
    expect(nested).toEqual(expect.arrayContaining(["next", "prev", "len", "data", "cb", "protocol"]));
  });

  it("keeps every field inside its struct", () => {
    for (const name of STRUCT_NAMES) {
      const layout = profile.struct(name);
      for (const fieldName of layout?.fieldNames ?? []) {
        const field = layout?.field(fieldName);
        expect(field?.offset ?? Infinity).toBeLessThanOrEqual(layout?.size ?? 0);
        if (field?.type.kind === "struct") expect(profile.struct(field.type.struct)).toBeDefined();
      }
    }
  });
});
