/** The PCI bus: configuration space behind ports cf8 to cff (arch/x86/pci/direct.c), and who is on it. */
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type AccessSize, allOnes } from "./model.ts";

/** A function's configuration space and how it is changed. Plain data: touch before changing. */
export interface PciFunction {
  readonly bus: number;
  readonly devfn: number;
  readonly config: readonly number[];
  /** Sizes of the six base address registers, 0 for none; ports where bit 0 of the register is set. */
  readonly bars: readonly number[];
}

export interface PciHost {
  add(fn: PciFunction): void;
  remove(bus: number, devfn: number): void;
  find(bus: number, devfn: number): PciFunction | undefined;
  all(): IterableIterator<PciFunction>;
  /** All ones where no function is. */
  read(bus: number, devfn: number, offset: number, size: AccessSize): number;
  write(bus: number, devfn: number, offset: number, size: AccessSize, value: number): void;
}

const CONFIG_SIZE = 256;
const BAR0 = 0x10;
const BARS_END = 0x28;

/** What the recorded machine has on its bus: "offset: bytes", the rest is zero. */
const MACHINE: readonly (readonly [devfn: number, config: Readonly<Record<number, string>>])[] = [
  [
    0x00,
    {
      0x00: "86803712030100000200000600000000",
      0x2c: "f41a0011",
      0x57: "800010111111111133",
      0x72: "0a",
    },
  ],
  [
    0x08,
    {
      0x00: "86800070030100020000010600008000",
      0x2c: "f41a0011",
      0x4c: "4d000300",
      0x60: "8a8a8b8b0000000000020000000000008000000000000c0c02",
      0x82: "02",
      0xa0: "08",
      0xa8: "0f",
    },
  ],
  [0x09, { 0x00: "86801070030180020080010100000000", 0x20: "01c00000", 0x2c: "f41a0011", 0x40: "00800080" }],
  [
    0x0b,
    {
      0x00: "86801371030180020300800600000000",
      0x2c: "f41a0011",
      0x3c: "09010000",
      0x40: "01060000",
      0x5b: "02000000100000006000000098",
      0x80: "01",
      0x90: "01070000",
      0xd2: "09",
    },
  ],
];

const configBytes = (parts: Readonly<Record<number, string>>): number[] => {
  const bytes = [...new Uint8Array(CONFIG_SIZE)];
  for (const [at, hex] of Object.entries(parts))
    for (let index = 0; index * 2 < hex.length; index += 1)
      bytes[Number(at) + index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  return bytes;
};

/** Bits of an address register that can be set: those above its size. */
const barMask = (fn: PciFunction, offset: number): number => {
  const size = fn.bars[(offset - BAR0) >> 2] ?? 0;
  return size === 0 ? 0 : ~(size - 1) >>> 0;
};

export const createPciHost = (k: Kernel): PciHost => {
  const functions: JournalMap<number, PciFunction> = k.journal.map();
  const key = (bus: number, devfn: number): number => bus * 256 + devfn;
  for (const [devfn, parts] of MACHINE)
    functions.set(devfn, { bus: 0, devfn, config: configBytes(parts), bars: [] });
  const byteAt = (fn: PciFunction, offset: number): number => fn.config[offset] ?? 0xff;

  const host: PciHost = {
    add: (fn) => functions.set(key(fn.bus, fn.devfn), fn),
    remove: (bus, devfn) => void functions.delete(key(bus, devfn)),
    find: (bus, devfn) => functions.get(key(bus, devfn)),
    all: () => functions.values(),
    read(bus, devfn, offset, size) {
      const fn = functions.get(key(bus, devfn));
      if (fn === undefined) return Number(allOnes(size));
      let value = 0;
      for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + byteAt(fn, offset + index);
      return value;
    },
    write(bus, devfn, offset, size, value) {
      const fn = functions.get(key(bus, devfn));
      if (fn === undefined || offset < 4 || offset + size > CONFIG_SIZE) return;
      const config = [...fn.config];
      for (let index = 0; index < size; index += 1)
        config[offset + index] = Math.floor(value / 256 ** index) & 0xff;
      for (let bar = BAR0; bar < BARS_END; bar += 4) {
        const kept = byteAt(fn, bar) & (byteAt(fn, bar) % 2 === 1 ? 3 : 15);
        const mask = barMask(fn, bar);
        for (let index = 0; index < 4; index += 1)
          config[bar + index] = (config[bar + index] ?? 0) & ((mask >>> (index * 8)) & 0xff);
        config[bar] = ((config[bar] ?? 0) & ~15) | kept;
      }
      functions.set(key(bus, devfn), { ...fn, config });
    },
  };
  addPorts(k, host);
  return host;
};

const addPorts = (k: Kernel, host: PciHost): void => {
  const state = { address: 0 };
  const target = (): { enabled: boolean; bus: number; devfn: number; offset: number } => ({
    enabled: state.address >= 0x8000_0000,
    bus: (state.address >>> 16) & 0xff,
    devfn: (state.address >>> 8) & 0xff,
    offset: state.address & 0xfc,
  });
  k.ports.claim({
    name: "PCI conf1",
    start: 0xcf8,
    size: 8,
    model: {
      read(at, size) {
        if (at < 4) return size === 4 ? state.address : allOnes(size);
        const { enabled, bus, devfn, offset } = target();
        return enabled ? host.read(bus, devfn, offset + at - 4, size) : allOnes(size);
      },
      write(at, size, value) {
        const { enabled, bus, devfn, offset } = target();
        if (at >= 4 && enabled) host.write(bus, devfn, offset + at - 4, size, Number(value));
        else if (at === 0 && size === 4) k.journal.touch(state).address = Number(value);
      },
    },
  });
};
