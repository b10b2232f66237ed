/** Slots of code in module space, where code can refer to what lies near a module's. */
import { type Address, PAGE_SIZE } from "../base/address.ts";
import type { Kernel } from "./kernel.ts";

/** Hands out slots of `size` bytes; `fill` writes a new page, which is then made executable. */
export const createCodeSlots = (k: Kernel, size: number, fill: (page: Address) => void): (() => Address) => {
  const page: { next: Address; end: Address } = { next: 0, end: 0 };
  return () => {
    k.journal.touch(page);
    if (page.next === page.end) {
      page.next = k.modules.memory.allocate(PAGE_SIZE);
      page.end = page.next + PAGE_SIZE;
      fill(page.next);
      k.machine.protect(page.next, 1, { write: false, execute: true });
    }
    page.next += size;
    return page.next - size;
  };
};
