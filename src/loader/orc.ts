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
  /** 0: a function's frame; others only occur in entry code. */
  readonly type: number;
  readonly end: boolean;
}

/** A module's ORC data in guest memory: mod->arch. */
export interface OrcTables {
  readonly count: number;
  readonly unwindIp: Address;
  readonly unwind: Address;
}

/** Addresses the entries apply from, in table order. */
const readAddresses = ({ view, address }: LoadedTable, count: number): Float64Array => {
  const found = new Float64Array(count);
  for (let i = 0; i < count; i += 1) found[i] = relativeTarget(view, address, i * IP_SIZE);
  return found;
};

const isAscending = (values: Float64Array): boolean => {
  for (let i = 1; i < values.length; i += 1) if (values[i - 1]! >= values[i]!) return false;
  return true;
};

/** Puts the entries into `order`; displacements are kept true. */
const reorder = (ips: LoadedTable, entries: LoadedTable, from: Float64Array, order: Uint32Array): void => {
  const old = entries.bytes.slice();
  for (const [i, source] of order.entries()) {
    ips.view.setInt32(i * IP_SIZE, (from[source]! - (ips.address + i * IP_SIZE)) | 0, true);
    entries.bytes.set(old.subarray(source * ENTRY_SIZE, (source + 1) * ENTRY_SIZE), i * ENTRY_SIZE);
  }
};

/**
 * unwind_module_init() of arch/x86/kernel/unwind_orc.c: both tables sorted by address, with section
 * terminators before real entries of the same address.
 */
export const sortOrc = (ips: LoadedTable, entries: LoadedTable): OrcTables => {
  const count = Math.min(
    Math.floor(ips.view.byteLength / IP_SIZE),
    Math.floor(entries.view.byteLength / ENTRY_SIZE),
  );
  const tables = { count, unwindIp: ips.address, unwind: entries.address };
  const addresses = readAddresses(ips, count);
  if (isAscending(addresses)) return tables;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const isTerminator = (entry: number): boolean => {
    const bits = entries.view.getUint16(entry * ENTRY_SIZE + 4, true);
    return (bits & 0xf) === 0 && (bits & 0x400) === 0;
  };
  heapSort(
    count,
    (a, b) => addresses[order[a]!]! - addresses[order[b]!]! || (isTerminator(order[a]!) ? -1 : 1),
    (a, b) => {
      const saved = order[a]!;
      order[a] = order[b]!;
      order[b] = saved;
    },
  );
  reorder(ips, entries, addresses, order);
  return tables;
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
