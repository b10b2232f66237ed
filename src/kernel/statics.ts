import { type Address, PAGE_SIZE, alignUp } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { outOfMemory } from "../base/errors.ts";
import type { Machine } from "../machine/machine.ts";
import { initList } from "./data/guest-list.ts";
import type { Journal } from "./journal.ts";
import type { Statics } from "./kernel.ts";

/** Where the kernel's own objects live: in the vmalloc area, far above what the allocators use. */
const AREA: Address = -0x1800_0000_0000;
const ALIGNMENT = 64;
const LIST_HEAD = 16;

/** Memory for objects of the kernel that live as long as it does; mapped as it grows. */
export const createStatics = (machine: Machine, journal: Journal): Statics => {
  const state = { used: 0, mapped: 0 };
  const lists = journal.map<ByteString, Address>();
  const allocate = (size: number): Address => {
    const at = journal.touch(state).used;
    state.used = alignUp(at + Math.max(size, 1), ALIGNMENT);
    while (state.mapped < state.used) {
      const frame = machine.frames.allocate(1);
      if (frame === undefined) throw outOfMemory("the store of the kernel's own objects");
      machine.map(AREA + state.mapped, frame, 1, { write: true, execute: false });
      state.mapped += PAGE_SIZE;
    }
    return AREA + at;
  };
  return {
    allocate,
    list(name) {
      const known = lists.get(name);
      if (known !== undefined) return known;
      const head = allocate(LIST_HEAD);
      initList(machine.memory, head);
      lists.set(name, head);
      return head;
    },
  };
};
