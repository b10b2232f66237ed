import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { declareDevice, withdrawDevice } from "../../../src/kernel/devices/declared.ts";
import type { DeviceModel } from "../../../src/kernel/devices/model.ts";
import type { Routine } from "../../../src/kernel/routine.ts";
import type { UserSystem } from "../../../src/kernel/user.ts";
import { type Sandbox, boot } from "../../../src/sandbox.ts";

const made: { sandbox: Sandbox | undefined; lines: string[] } = { sandbox: undefined, lines: [] };
const the = (): Sandbox => made.sandbox as Sandbox;
beforeEach(() => {
  made.lines = [];
  made.sandbox = boot({ onRecord: ({ text }) => made.lines.push(text) });
});
afterEach(() => the().close());

const perform = (call: (sys: UserSystem) => Routine<unknown>): number =>
  the().run({ comm: "test", argv: ["test"] }, function* (sys) {
    yield* call(sys);
    return 0;
  }).code;
const insmod = (name: string): number => {
  const file = new URL(`../../truth/around/${name}.ko`, import.meta.url);
  return perform((sys) => sys.initModule(readFileSync(file), ""));
};

/** Keeps words of four bytes; tells of each access. */
const recorder = (accesses: string[], words: Readonly<Record<number, number>>): DeviceModel => {
  const kept: Record<number, number> = { ...words };
  return {
    read(offset, size) {
      accesses.push(`r${size} ${offset.toString(16)}`);
      const low = BigInt(kept[offset & ~3] ?? 0);
      const high = BigInt(kept[(offset & ~3) + 4] ?? 0);
      return ((high << 32n) | low) >> BigInt((offset & 3) * 8);
    },
    write(offset, size, value) {
      accesses.push(`w${size} ${offset.toString(16)} ${value.toString(16)}`);
      if (size === 4) kept[offset] = Number(value);
    },
  };
};

it("each access of a driver is one call of the model, with its size and value", () => {
  const [registers, ports]: [string[], string[]] = [[], []];
  const { kernel } = the();
  expect(insmod("mmio")).toBe(0);
  let pdev = 0;
  perform(function* () {
    pdev = yield* declareDevice(kernel, {
      name: "t_mmio",
      id: 3,
      resources: [
        {
          kind: "mem",
          start: 0xd0000000,
          size: 0x100,
          model: recorder(registers, { 0: 0x80c0ffee, 4: 5, 0x20: 3 }),
        },
        { kind: "io", start: 0x300, size: 8, model: recorder(ports, { 0: 0x42, 4: 0xcafe }) },
        { kind: "irq", irq: 10 },
      ],
      properties: { speed: 9600 },
      platformData: Buffer.from("board\0"),
    });
  });
  const said = made.lines.filter((line) => line.startsWith("mmio: ") && !/taint/.test(line));
  expect(said).toEqual([
    "mmio: id 80c0ffee half 80c0 byte ff long 580c0ffee",
    "mmio: signed -128",
    "mmio: bits 104 1",
    "mmio: copy ee ff c0 80 00 00 00 00",
    "mmio: port 42 cafe",
    "mmio: speed 9600 data board",
  ]);
  const writes = registers.filter((access) => access.startsWith("w"));
  expect(writes).toEqual([
    "w4 4 11223344",
    "w2 8 5566",
    "w1 a 77",
    "w8 10 8899aabbccddeeff",
    "w4 4 0",
    "w4 20 103",
    "w4 20 102",
    "w4 20 104",
    "w4 40 abababab",
    "w4 44 4030201",
  ]);
  expect(registers.slice(0, 4).toSorted()).toEqual(["r1 1", "r2 2", "r4 0", "r8 0"]);
  expect(ports).toEqual(["w2 0 beef", "w1 2 5a", "r4 4", "r1 0"]);

  made.lines = [];
  expect(kernel.irqs.raise(10)).toBe(true);
  the().sleep(1_000_000);
  expect(made.lines).toEqual(["mmio: irq status 0"]);
  expect(registers.slice(-2)).toEqual(["r4 10", "w4 10 1"]);

  perform(() => withdrawDevice(kernel, pdev));
  expect(kernel.irqs.raise(10)).toBe(false);
});

it("what goes through a mapping reaches the model; unmapped, the address is nobody's", () => {
  const { kernel } = the();
  const accesses: string[] = [];
  kernel.io.claim({ name: "t", start: 0xd1000000, size: 4, model: recorder(accesses, {}) });
  const at = kernel.io.map(0xd1000000, 4);
  for (let index = 0; index < 1000; index += 1) kernel.io.write(at, 4, BigInt(index));
  expect(accesses).toHaveLength(1000);
  kernel.io.unmap(at);
  expect(kernel.io.isDevice(at)).toBe(false);
});
