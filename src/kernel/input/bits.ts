/** The bitmaps of struct input_dev, and types of events (include/uapi/linux/input-event-codes.h). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

export const EV = {
  SYN: 0,
  KEY: 1,
  REL: 2,
  ABS: 3,
  MSC: 4,
  SW: 5,
  LED: 17,
  SND: 18,
  REP: 20,
  FF: 21,
  PWR: 22,
} as const;

/** By type: the map of what a device can report, and its size in bits. */
export const CAPABILITIES: Readonly<Record<number, readonly [map: string, bits: number]>> = {
  [EV.KEY]: ["keybit", 768],
  [EV.REL]: ["relbit", 16],
  [EV.ABS]: ["absbit", 64],
  [EV.MSC]: ["mscbit", 8],
  [EV.SW]: ["swbit", 17],
  [EV.LED]: ["ledbit", 16],
  [EV.SND]: ["sndbit", 8],
  [EV.FF]: ["ffbit", 128],
};

const place = (k: Kernel, dev: Address, map: string, index: number): readonly [Address, number] => [
  dev + k.offsetOf("input_dev", map) + Math.floor(index / 8),
  1 << (index % 8),
];

export const bit = (k: Kernel, dev: Address, map: string, index: number): boolean => {
  const [at, mask] = place(k, dev, map, index);
  return (k.memory.u8(at) & mask) !== 0;
};
export const setBit = (k: Kernel, dev: Address, map: string, index: number, value: number): void => {
  const [at, mask] = place(k, dev, map, index);
  const byte = k.memory.u8(at);
  k.memory.setU8(at, value === 0 ? byte & ~mask : byte | mask);
};

export const supports = (k: Kernel, dev: Address, type: number, code: number): boolean => {
  const [map, bits] = CAPABILITIES[type] ?? [];
  return map !== undefined && bits !== undefined && code < bits && bit(k, dev, map, code);
};

/** The words of one of a device's maps, lowest first. */
export const words = (k: Kernel, dev: Address, map: string, bits: number): bigint[] =>
  Array.from({ length: Math.ceil(bits / 64) }, (_, index) =>
    k.memory.u64(dev + k.offsetOf("input_dev", map) + index * 8),
  );

/** Which bits of a map are set. */
export const bitsOf = (k: Kernel, dev: Address, map: string, bits: number): number[] =>
  words(k, dev, map, bits).flatMap((word, index) =>
    word === 0n
      ? []
      : Array.from({ length: 64 }, (_, at) => index * 64 + at).filter(
          (each) => ((word >> BigInt(each % 64)) & 1n) !== 0n,
        ),
  );

/** input_cleanse_bitmasks(): maps of types that the device does not report are empty. */
export const clearBits = (k: Kernel, dev: Address): void => {
  for (const [type, [map, bits]] of Object.entries(CAPABILITIES))
    if (!bit(k, dev, "evbit", Number(type)))
      k.memory.fill(dev + k.offsetOf("input_dev", map), 0, Math.ceil(bits / 64) * 8);
};
