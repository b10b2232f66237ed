/** Doubly linked lists in guest memory (include/linux/list.h). */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

export const initList = (memory: GuestMemory, list: Address): void => {
  memory.setPointer(list, list);
  memory.setPointer(list + 8, list);
};

const insert = (memory: GuestMemory, entry: Address, previous: Address, next: Address): void => {
  memory.setPointer(next + 8, entry);
  memory.setPointer(entry, next);
  memory.setPointer(entry + 8, previous);
  memory.setPointer(previous, entry);
};
export const addTail = (memory: GuestMemory, entry: Address, head: Address): void =>
  insert(memory, entry, memory.pointer(head + 8), head);
export const addFirst = (memory: GuestMemory, entry: Address, head: Address): void =>
  insert(memory, entry, head, memory.pointer(head));
const take = (memory: GuestMemory, entry: Address): void => {
  const [next, previous] = [memory.pointer(entry), memory.pointer(entry + 8)];
  memory.setPointer(next + 8, previous);
  memory.setPointer(previous, next);
};
/** list_del(), with LIST_POISON1 and LIST_POISON2. */
export const unlink = (memory: GuestMemory, entry: Address): void => {
  take(memory, entry);
  memory.setU64(entry, 0xdead_0000_0000_0100n);
  memory.setU64(entry + 8, 0xdead_0000_0000_0122n);
};
export const removeInit = (memory: GuestMemory, entry: Address): void => {
  take(memory, entry);
  initList(memory, entry);
};

/** Entries are counted so that a list that the guest has bent into a ring ends. */
const LIMIT = 100_000;

/** Addresses of the entries; the list may change behind the one just given. */
export function* entries(memory: GuestMemory, head: Address): Generator<Address> {
  let at = memory.pointer(head);
  for (let steps = 0; at !== head && at !== 0 && steps < LIMIT; steps += 1) {
    const next = memory.pointer(at);
    yield at;
    at = next;
  }
}
