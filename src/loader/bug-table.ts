import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { Table } from "./module-sections.ts";

/** struct bug_entry: s32 address, s32 file, u16 line, u16 flags. */
const ENTRY_SIZE = 12;

/**
 * module_find_bug() of lib/bug.c: the struct bug_entry in guest memory of an ud2 at `address`;
 * undefined when it is no BUG or WARN.
 */
export const findBugEntry = (
  table: Table,
  address: Address,
  memory: Pick<GuestMemory, "i32">,
): Address | undefined => {
  for (let i = 0; i < table.count; i += 1) {
    const entry = table.address + i * ENTRY_SIZE;
    if (entry + memory.i32(entry) === address) return entry;
  }
  return undefined;
};
