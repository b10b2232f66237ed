/** Lists with a head of one pointer, in guest memory (include/linux/list.h, struct hlist_head). */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

const PPREV = 8;

export const isUnhashed = (memory: GuestMemory, node: Address): boolean => memory.pointer(node + PPREV) === 0;

export const addHead = (memory: GuestMemory, node: Address, head: Address): void => {
  const first = memory.pointer(head);
  memory.setPointer(node, first);
  if (first !== 0) memory.setPointer(first + PPREV, node);
  memory.setPointer(head, node);
  memory.setPointer(node + PPREV, head);
};

/** hlist_add_fake(): in no list, and yet not unhashed. */
export const addFake = (memory: GuestMemory, node: Address): void => memory.setPointer(node + PPREV, node);

/** hlist_del_init() */
export const unhash = (memory: GuestMemory, node: Address): void => {
  const [next, previous] = [memory.pointer(node), memory.pointer(node + PPREV)];
  if (previous === 0) return;
  memory.setPointer(previous, next);
  if (next !== 0) memory.setPointer(next + PPREV, previous);
  memory.setPointer(node, 0);
  memory.setPointer(node + PPREV, 0);
};

/** Entries are counted so that a list that the guest has bent into a ring ends. */
const LIMIT = 100_000;

/** The list may change behind the entry just given. */
export function* hlistEntries(memory: GuestMemory, head: Address): Generator<Address> {
  let at = memory.pointer(head);
  for (let steps = 0; at !== 0 && steps < LIMIT; steps += 1) {
    const next = memory.pointer(at);
    yield at;
    at = next;
  }
}
