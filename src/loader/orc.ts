import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { heapSort } from "./heap-sort.ts";
import type { LoadedTable } from "./loaded-table.ts";
import { relativeTarget } from "./text-patching.ts";

/** struct orc_entry of 6.1, packed: s16, s16, 4 + 4 + 2 + 1 bits. */
const ENTRY_SIZE = 6;
const IP_SIZE = 4;

/** An entry of .orc_unwind (arch/x86/include/asm/orc_types.h). */
export interface OrcEntry {
  readonly spOffset: number;
  readonly bpOffset: number;
  readonly spReg: number;
  readonly bpReg: number;
  readonly type: number;
  readonly end: boolean;
}

/** A module's ORC data in guest memory: mod->arch. */
export interface OrcTables {
  readonly count: number;
  readonly unwindIp: Address;
  readonly unwind: Address;
}

/**
 * unwind_module_init() of arch/x86/kernel/unwind_orc.c: both tables sorted by address, with section
 * terminators before real entries of the same address.
 */
export const sortOrc = (ips: LoadedTable, entries: LoadedTable): OrcTables => {
  const count = Math.min(
    Math.floor(ips.view.byteLength / IP_SIZE),
    Math.floor(entries.view.byteLength / ENTRY_SIZE),
  );
  const ip = (index: number): Address => relativeTarget(ips.view, ips.address, index * IP_SIZE);
  const isTerminator = (index: number): boolean => {
    const bits = entries.view.getUint16(index * ENTRY_SIZE + 4, true);
    return (bits & 0xf) === 0 && (bits & 0x400) === 0;
  };
  heapSort(
    count,
    (a, b) => Math.sign(ip(a) - ip(b)) || (isTerminator(a) ? -1 : 1),
    (a, b) => {
      const delta = (b - a) * IP_SIZE;
      const left = ips.view.getInt32(a * IP_SIZE, true);
      ips.view.setInt32(a * IP_SIZE, ips.view.getInt32(b * IP_SIZE, true) + delta, true);
      ips.view.setInt32(b * IP_SIZE, left - delta, true);
      const entry = entries.bytes.slice(a * ENTRY_SIZE, (a + 1) * ENTRY_SIZE);
      entries.bytes.copyWithin(a * ENTRY_SIZE, b * ENTRY_SIZE, (b + 1) * ENTRY_SIZE);
      entries.bytes.set(entry, b * ENTRY_SIZE);
    },
  );
  return { count, unwindIp: ips.address, unwind: entries.address };
};

type Reader = Pick<GuestMemory, "i32" | "u16">;

const signed16 = (value: number): number => (value << 16) >> 16;

/** __orc_find(): the last entry at or before `ip`, from sorted tables. */
export const findOrc = (tables: OrcTables, ip: Address, memory: Reader): OrcEntry | undefined => {
  if (tables.count === 0) return undefined;
  let found = 0;
  let first = 0;
  let last = tables.count - 1;
  while (first <= last) {
    const middle = (first + last) >> 1;
    const at = tables.unwindIp + middle * IP_SIZE;
    if (at + memory.i32(at) <= ip) {
      found = middle;
      first = middle + 1;
    } else last = middle - 1;
  }
  const entry = tables.unwind + found * ENTRY_SIZE;
  const bits = memory.u16(entry + 4);
  return {
    spOffset: signed16(memory.u16(entry)),
    bpOffset: signed16(memory.u16(entry + 2)),
    spReg: bits & 0xf,
    bpReg: (bits >> 4) & 0xf,
    type: (bits >> 8) & 3,
    end: (bits & 0x400) !== 0,
  };
};
