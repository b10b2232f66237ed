/** What comes from around the kernel: ports, registers, interrupts, probes, firmware; and mapped files. */
import { expect, it } from "vitest";
import { type Kernel, memoryModel, boot } from "../../src/library/index.ts";
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
