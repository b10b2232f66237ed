/** Registers that keep what is written to them, but for those whose contents are fixed. */
import type { Journal } from "../journal.ts";
import { type AccessSize, type DeviceModel, allOnes } from "./model.ts";

/** A value by the offset of its register; each fills `width` bytes. */
export type RegisterValues = ReadonlyMap<number, bigint>;

export interface Registers {
  /** Bytes of the region. */
  readonly size: number;
  /** Bytes of one register. */
  readonly width: AccessSize;
  /** After reset; the rest is zero. */
  readonly contents: RegisterValues;
  /** Read-only: writes are lost. */
  readonly constants: RegisterValues;
}

const spread = (values: RegisterValues, width: number): Map<number, number> => {
  const bytes = new Map<number, number>();
  for (const [offset, value] of values)
    for (let index = 0; index < width; index += 1)
      bytes.set(offset + index, Number((value >> BigInt(index * 8)) & 0xffn));
  return bytes;
};

export const registerModel = (journal: Journal, registers: Registers): DeviceModel => {
  const { size: length, width } = registers;
  const initial = spread(registers.contents, width);
  const fixed = spread(registers.constants, width);
  const written = journal.map<number, number>();
  const inside = (offset: number, size: number): boolean => offset >= 0 && offset + size <= length;
  const byteAt = (at: number): number => fixed.get(at) ?? written.get(at) ?? initial.get(at) ?? 0;
  return {
    read(offset, size) {
      if (!inside(offset, size)) return allOnes(size);
      let value = 0n;
      for (let index = size - 1; index >= 0; index -= 1)
        value = (value << 8n) | BigInt(byteAt(offset + index));
      return value;
    },
    write(offset, size, value) {
      if (!inside(offset, size)) return;
      for (let index = 0; index < size; index += 1)
        if (!fixed.has(offset + index))
          written.set(offset + index, Number((value >> BigInt(index * 8)) & 0xffn));
    },
  };
};
