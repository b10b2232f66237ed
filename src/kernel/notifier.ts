import { asInt } from "../abi/calls.ts";
import type { Address } from "../base/address.ts";
import { EEXIST, ENOENT } from "../base/errno.ts";
import { Errno } from "../base/errors.ts";
import type { GuestMemory } from "../machine/memory.ts";
import { type Routine, callGuest } from "./routine.ts";

// include/linux/notifier.h
export const NOTIFY_DONE = 0;
const NOTIFY_OK = 1;
export const NOTIFY_STOP_MASK = 0x8000;
/** NOTIFY_STOP_MASK | (NOTIFY_OK - err): the errno a chain was stopped with, 0 for none. */
export const notifierToErrno = (result: number): number => {
  const value = result & ~NOTIFY_STOP_MASK;
  return value > NOTIFY_OK ? value - NOTIFY_OK : 0;
};

/** struct notifier_block: notifier_call, next, priority. */
const NEXT = 8;
const PRIORITY = 16;

/** Puts `block` in the guest list whose first pointer is at `head`, higher priority first (kernel/notifier.c). */
export const registerNotifier = (memory: GuestMemory, head: Address, block: Address): void => {
  let link = head;
  for (let at = memory.pointer(link); at !== 0; at = memory.pointer(link)) {
    if (at === block) throw new Errno(EEXIST);
    if (memory.i32(block + PRIORITY) > memory.i32(at + PRIORITY)) break;
    link = at + NEXT;
  }
  memory.setPointer(block + NEXT, memory.pointer(link));
  memory.setPointer(link, block);
};

export const unregisterNotifier = (memory: GuestMemory, head: Address, block: Address): void => {
  let link = head;
  for (let at = memory.pointer(link); at !== 0; at = memory.pointer(link)) {
    if (at === block) {
      memory.setPointer(link, memory.pointer(block + NEXT));
      return;
    }
    link = at + NEXT;
  }
  throw new Errno(ENOENT);
};

/** Calls every block in turn until one says stop; the last answer. */
export function* callNotifiers(
  memory: GuestMemory,
  head: Address,
  action: number,
  data: Address,
): Routine<number> {
  let result = NOTIFY_DONE;
  for (let at = memory.pointer(head); at !== 0;) {
    const next = memory.pointer(at + NEXT);
    result = asInt(yield* callGuest(memory.pointer(at), at, action, data));
    if ((result & NOTIFY_STOP_MASK) !== 0) break;
    at = next;
  }
  return result;
}

/** Calls all; if one stops, tells those already called `undo` (blocking_notifier_call_chain_robust). */
export function* callNotifiersRobust(
  memory: GuestMemory,
  head: Address,
  actions: { readonly up: number; readonly down: number },
  data: Address,
): Routine<number> {
  const called: Address[] = [];
  for (let at = memory.pointer(head); at !== 0;) {
    const next = memory.pointer(at + NEXT);
    const result = asInt(yield* callGuest(memory.pointer(at), at, actions.up, data));
    if ((result & NOTIFY_STOP_MASK) !== 0) {
      for (const block of called) yield* callGuest(memory.pointer(block), block, actions.down, data);
      return result;
    }
    called.push(at);
    at = next;
  }
  return NOTIFY_OK;
}
