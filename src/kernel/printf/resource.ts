import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { type PointerConversion, readField, withObject } from "./conversion.ts";
import type { FormatEnv } from "./env.ts";
import { formatInteger, prefixedHex, unsigned64 } from "./integer.ts";
import { type PrintfSpec, SMALL, SPECIAL, ZEROPAD, newSpec } from "./spec.ts";
import { knownString } from "./text.ts";

/** include/linux/ioport.h */
const IORESOURCE = {
  IO: 0x100n,
  MEM: 0x200n,
  IRQ: 0x400n,
  DMA: 0x800n,
  BUS: 0x1000n,
  PREFETCH: 0x2000n,
  MEM_64: 0x100000n,
  WINDOW: 0x200000n,
  DISABLED: 0x10000000n,
  UNSET: 0x20000000n,
} as const;

interface Kind {
  readonly name: string;
  readonly spec: PrintfSpec;
}

const kindOf = (flags: bigint): Kind | undefined => {
  const hex = SPECIAL | SMALL | ZEROPAD;
  if ((flags & IORESOURCE.IO) !== 0n)
    return { name: "io  ", spec: newSpec({ base: 16, width: 6, flags: hex }) };
  if ((flags & IORESOURCE.MEM) !== 0n)
    return { name: "mem ", spec: newSpec({ base: 16, width: 10, flags: hex }) };
  if ((flags & IORESOURCE.IRQ) !== 0n) return { name: "irq ", spec: newSpec() };
  if ((flags & IORESOURCE.DMA) !== 0n) return { name: "dma ", spec: newSpec() };
  if ((flags & IORESOURCE.BUS) !== 0n) {
    return { name: "bus ", spec: newSpec({ base: 16, width: 2, flags: SMALL | ZEROPAD }) };
  }
  return undefined;
};

/** `%pR` (decoded) and `%pr` (raw flags): an I/O resource. */
export const resourceString = (conversion: PointerConversion): ByteString =>
  withObject(conversion, (address) => {
    const { env, spec, suffix } = conversion;
    const flags = readField(env, "resource", "flags", address);
    const kind = kindOf(flags);
    const decoded = suffix[0] === "R" && kind !== undefined;
    const shape = kind ?? {
      name: "??? ",
      spec: newSpec({ base: 16, width: 10, flags: SPECIAL | SMALL | ZEROPAD }),
    };
    const unset = decoded && (flags & IORESOURCE.UNSET) !== 0n;
    const range = unset ? sizeText(env, address, shape) : rangeText(env, address, shape);
    const tail = decoded ? attributes(flags) : ` flags ${prefixedHex(flags)}`;
    return knownString(`[${shape.name}${range}${tail}]`, spec);
  });

const bounds = (env: FormatEnv, address: Address): [start: bigint, end: bigint] => [
  readField(env, "resource", "start", address),
  readField(env, "resource", "end", address),
];

const sizeText = (env: FormatEnv, address: Address, { spec }: Kind): ByteString => {
  const [start, end] = bounds(env, address);
  return `size ${formatInteger(unsigned64(end - start + 1n), spec)}`;
};

const rangeText = (env: FormatEnv, address: Address, { spec }: Kind): ByteString => {
  const [start, end] = bounds(env, address);
  const first = formatInteger(start, spec);
  return start === end ? first : `${first}-${formatInteger(end, spec)}`;
};

const attributes = (flags: bigint): ByteString => {
  const shown = (bit: bigint, text: string): string => ((flags & bit) === 0n ? "" : ` ${text}`);
  return (
    shown(IORESOURCE.MEM_64, "64bit") +
    shown(IORESOURCE.PREFETCH, "pref") +
    shown(IORESOURCE.WINDOW, "window") +
    shown(IORESOURCE.DISABLED, "disabled")
  );
};
