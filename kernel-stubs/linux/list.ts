/** include/linux/list.h with CONFIG_DEBUG_LIST: the checks of lib/list_debug.c. */
import { type Address, hex16, toPattern } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

/** include/linux/poison.h; not canonical, so that an Address cannot tell them apart. */
const LIST_POISON1 = 0xdead_0000_0000_0100n;
const LIST_POISON2 = 0xdead_0000_0000_0122n;

const KERN_ERR = 3;
const PREV = 8;
const CANONICAL_END = 2 ** 47;

/** CONFIG_BUG_ON_DATA_CORRUPTION: the message, then BUG(). */
const corrupt = (k: Kernel, place: string, message: string): never => {
  k.printk(KERN_ERR, message);
  return bugAt(k, place);
};

const usable = (link: Address): boolean => link !== 0 && link >= -CANONICAL_END && link < CANONICAL_END;

const linked = (memory: GuestMemory, prev: Address, next: Address): boolean =>
  usable(prev) && usable(next) && memory.pointer(next + PREV) === prev && memory.pointer(prev) === next;

/** Which check failed, in the kernel's order. */
const reportAdd = (k: Kernel, entry: Address, prev: Address, next: Address): never => {
  const say = (line: number, message: string): never => corrupt(k, `__list_add_valid:${line}`, message);
  const [e, p, n] = [hex16(entry), hex16(prev), hex16(next)];
  if (prev === 0) return say(23, "list_add corruption. prev is NULL.");
  if (next === 0) return say(25, "list_add corruption. next is NULL.");
  const back = k.memory.u64(next + PREV);
  if (back !== toPattern(prev)) {
    return say(
      27,
      `list_add corruption. next->prev should be prev (${p}), but was ${hex16(back)}. (next=${n}).`,
    );
  }
  const forth = k.memory.u64(prev);
  if (forth !== toPattern(next)) {
    return say(
      30,
      `list_add corruption. prev->next should be next (${n}), but was ${hex16(forth)}. (prev=${p}).`,
    );
  }
  return say(33, `list_add double add: new=${e}, prev=${p}, next=${n}.`);
};

const reportDel = (k: Kernel, entry: Address): never => {
  const say = (line: number, message: string): never => corrupt(k, `__list_del_entry_valid:${line}`, message);
  const prev = k.memory.u64(entry + PREV);
  const next = k.memory.u64(entry);
  const [e, p, n] = [hex16(entry), hex16(prev), hex16(next)];
  if (next === 0n) return say(49, `list_del corruption, ${e}->next is NULL`);
  if (prev === 0n) return say(51, `list_del corruption, ${e}->prev is NULL`);
  if (next === LIST_POISON1) return say(53, `list_del corruption, ${e}->next is LIST_POISON1 (${n})`);
  if (prev === LIST_POISON2) return say(56, `list_del corruption, ${e}->prev is LIST_POISON2 (${p})`);
  const forth = k.memory.u64(k.memory.pointer(entry + PREV));
  if (forth !== toPattern(entry)) {
    return say(59, `list_del corruption. prev->next should be ${e}, but was ${hex16(forth)}. (prev=${p})`);
  }
  const back = k.memory.u64(k.memory.pointer(entry) + PREV);
  return say(62, `list_del corruption. next->prev should be ${e}, but was ${hex16(back)}. (next=${n})`);
};

export const listAddValid = stub(
  "bool __list_add_valid(struct list_head *new, struct list_head *prev, struct list_head *next)",
  (k, { new: entry, prev, next }) =>
    (linked(k.memory, prev, next) && entry !== prev && entry !== next) || reportAdd(k, entry, prev, next),
);

export const listDelEntryValid = stub(
  "bool __list_del_entry_valid(struct list_head *entry)",
  (k, { entry }) => {
    const next = k.memory.pointer(entry);
    const prev = k.memory.pointer(entry + PREV);
    const valid =
      usable(prev) &&
      usable(next) &&
      k.memory.pointer(prev) === entry &&
      k.memory.pointer(next + PREV) === entry;
    return valid || reportDel(k, entry);
  },
);
