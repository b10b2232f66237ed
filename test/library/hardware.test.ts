/** What comes from around the kernel: ports, registers, interrupts, probes, firmware; and mapped files. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Kernel, KoboxError, memoryModel, boot } from "../../src/library/index.ts";
import { type Schema, violations } from "../support/json-schema.ts";
import * as matchers from "../../src/library/vitest/index.ts";

expect(matchers).toBeDefined();

const start = (options: Parameters<typeof boot>[0] = {}): Promise<Kernel> =>
  boot({ modules: new URL("../truth", import.meta.url).pathname, ...options });

it("ports and registers are answered by models", async () => {
  using kernel = await start();
  const seen: string[] = [];
  kernel.hardware.ports({
    name: "test",
    start: 0x300,
    size: 8,
    model: {
      read: (offset, size) => (seen.push(`read ${offset} ${size}`), 0x5a),
      write: (offset, size, value) => void seen.push(`write ${offset} ${size} ${value}`),
    },
  });
  kernel.hardware.registers({
    name: "timer",
    start: 0xfed00000,
    size: 0x400,
    model: memoryModel(new Uint8Array(0x400).fill(0x11)),
  });
  kernel.insmod("around/hw.ko", { what: "ports" });
  expect(kernel).toHaveLogged("hw: empty 5a 005a 0000005a");
  expect(seen.slice(0, 4)).toEqual(["read 0 4", "read 0 2", "read 0 1", "write 0 1 18"]);
  const registers = kernel.call(
    "void *ioremap(unsigned long address, unsigned long size)",
    0xfed00000n,
    0x400n,
  );
  expect(kernel.call("unsigned int ioread32(void *address)", registers)).toBe(0x11111111);
});

it("interrupts are raised, probes fired", async () => {
  using kernel = await start();
  expect(kernel.hardware.raiseIrq(7)).toBe(false);
  kernel.insmod("probes/fired.ko");
  expect(kernel.fire("do_filp_open", [3, "/etc/motd", 7], 42)).toBe(42n);
  expect(kernel).toHaveLogged("fired: pre 3 /etc/motd 7");
  expect(() => kernel.fire("no_such_function")).toFailWith("ENOENT");
});

it("firmware lies where drivers look", async () => {
  using kernel = await start({ firmware: { "t_fw.bin": "blob", "t_dir/t_sub.bin": "sub" } });
  kernel.insmod("around/fw.ko");
  expect(kernel).toHaveLogged(/^fw: .* 0 some 4 blob/);
  expect(kernel).toHaveLogged(/^fw: .* 0 some 3 sub/);
});

const MMIO = new URL("devices/t_mmio.json", import.meta.url).pathname;

it("a file describes a platform device", async () => {
  using kernel = await start();
  kernel.insmod("around/mmio.ko");
  const device = kernel.device(MMIO);
  expect(device.name).toBe("t_mmio.3");
  expect(kernel).toHaveLogged("mmio: id 80c0ffee half 80c0 byte ff long 80c0ffee");
  expect(kernel).toHaveLogged("mmio: bits 104 1");
  expect(kernel).toHaveLogged("mmio: speed 9600 data board");
  expect(() => kernel.device(MMIO)).toFailWith("EEXIST");
  device.remove();
  expect(kernel.hardware.raiseIrq(10)).toBe(false);
});

it("the example of the guide is that file, and fits the schema", () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  const example = /```json\n(.*?)```/s.exec(read("../../docs/device.md"))?.[1];
  const device: unknown = JSON.parse(readFileSync(MMIO, "utf8"));
  expect(JSON.parse(example ?? "")).toEqual(device);
  expect(violations(JSON.parse(read("../../docs/device.schema.json")) as Schema, device)).toEqual([]);
});

it.each([
  ["no name", {}],
  ["an unknown field", { name: "a", irq: 1 }],
  ["a region without a size", { name: "a", registers: [{ start: 0 }] }],
  ["a region beyond the ports", { name: "a", ports: [{ start: 65535, size: 2 }] }],
  ["a value that is no number", { name: "a", registers: [{ start: 0, size: 4, contents: { "0": "x" } }] }],
  ["odd platform data", { name: "a", platformData: "abc" }],
])("a description with %s is refused", async (_what, json) => {
  using kernel = await start();
  expect(() => kernel.device({ json })).toThrow(KoboxError);
});

it("registers that are fixed stay, others keep what is written, and snapshots know them", async () => {
  using kernel = await start();
  kernel.device({
    json: {
      name: "a",
      registers: [{ start: "0xd0000000", size: 16, contents: { "0": 5 }, constants: { "4": 7 } }],
    },
  });
  const at = kernel.call("void *ioremap(unsigned long a, unsigned long s)", 0xd0000000n, 16n);
  const read = kernel.function("unsigned int ioread32(void *address)");
  const write = kernel.function("void iowrite32(unsigned int value, void *address)");
  const before = kernel.snapshot();
  write(1, at);
  write(1, at + 4);
  expect([read(at), read(at + 4), read(at + 8)]).toEqual([1, 7, 0]);
  before.restore();
  expect(read(at)).toBe(5);
});

it("programs that the kernel starts are noted, and end as is said", async () => {
  using kernel = await start();
  kernel.helperExits("/t/none", 3);
  kernel.insmod("around/fw.ko", { what: "helper" });
  expect(kernel.helpers()[0]).toEqual({
    path: "/t/none",
    argv: ["/t/none", "x"],
    envp: ["HOME=/", "PATH=/bin"],
    wait: "exec",
    result: 0,
  });
  expect(kernel).toHaveLogged("fw: proc 768");
});

it("files are mapped", async () => {
  using kernel = await start();
  kernel.insmod("files/f_map.ko");
  const file = kernel.open("/dev/f_map");
  const mapping = file.map(4096, { write: true });
  mapping.write(0, "hello");
  expect(Buffer.from(mapping.read(0, 5)).toString()).toBe("hello");
  mapping.unmap();
  expect(() => mapping.read(0, 1)).toFailWith({ signal: 11 });
});
