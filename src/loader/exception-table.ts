import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { heapSort } from "./heap-sort.ts";
import type { LoadedTable } from "./loaded-table.ts";
import type { Table } from "./module-sections.ts";
import { relativeTarget } from "./text-patching.ts";

/** struct exception_table_entry: s32 insn, s32 fixup, s32 data. */
const ENTRY_SIZE = 12;

export interface ExceptionFixup {
  /** Where execution goes on. */
  readonly fixup: Address;
  /** Type, register, flags and immediate (asm/extable_fixup_types.h). */
  readonly data: number;
}

/** sort_extable() of lib/extable.c: by instruction; displacements are kept true. */
export const sortExceptionTable = ({ view, address }: LoadedTable): void => {
  const count = Math.floor(view.byteLength / ENTRY_SIZE);
  const insn = (index: number): Address => relativeTarget(view, address, index * ENTRY_SIZE);
  heapSort(
    count,
    (a, b) => Math.sign(insn(a) - insn(b)),
    (a, b) => {
      const delta = (b - a) * ENTRY_SIZE;
      for (const [field, moves] of [
        [0, delta],
        [4, delta],
        [8, 0],
      ] as const) {
        const left = view.getInt32(a * ENTRY_SIZE + field, true);
        const right = view.getInt32(b * ENTRY_SIZE + field, true);
        view.setInt32(a * ENTRY_SIZE + field, right + moves, true);
        view.setInt32(b * ENTRY_SIZE + field, left - moves, true);
      }
    },
  );
};

/** search_extable(): the fixup for a fault at `ip`, from a sorted table in guest memory. */
export const findFixup = (
  table: Table,
  ip: Address,
  memory: Pick<GuestMemory, "i32">,
): ExceptionFixup | undefined => {
  let low = 0;
  let high = table.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = table.address + middle * ENTRY_SIZE;
    const insn = entry + memory.i32(entry);
    if (insn === ip) {
      return { fixup: entry + 4 + memory.i32(entry + 4), data: memory.i32(entry + 8) };
    }
    if (insn < ip) low = middle + 1;
    else high = middle;
  }
  return undefined;
};
