/** What of the heap may be accessed, as a byte for each eight (mm/kasan/kasan.h). */
import { type Address, alignDown, alignUp } from "../../base/address.ts";
import type { HeapWatch } from "../../kernel/memory/host.ts";
import { DIRECT_MAP } from "../../kernel/memory/layout.ts";

/** Values of shadow bytes that forbid every access. */
export const SHADOW = { REDZONE: 0xfc, FREED: 0xfb, PAGE: 0xff } as const;

/** Freed memory that is kept from being handed out again; then the oldest way: at once. */
export const QUARANTINE_BYTES = 8 << 20;

export interface Shadow extends HeapWatch {
  /** The first byte of the range that may not be accessed, with its shadow; undefined where all may. */
  forbidden(address: Address, size: number): { readonly at: Address; readonly shadow: number } | undefined;
}

/** `bytes`: the engine's shadow, by physical address. `state` is journalled by its owner. */
export const createShadow = (
  bytes: Uint8Array,
  touch: (frame: number) => void,
  quarantine: { add(size: number): number },
): Shadow => {
  const covers = (address: Address, size: number): boolean =>
    address >= DIRECT_MAP && size > 0 && (address - DIRECT_MAP + size) / 8 <= bytes.length;
  const fill = (address: Address, size: number, value: number): void => {
    if (!covers(address, size)) return;
    const physical = address - DIRECT_MAP;
    bytes.fill(value, Math.ceil(physical / 8), Math.ceil((physical + size) / 8));
    const last = Math.floor((physical + size - 1) / 4096);
    for (let frame = Math.floor(physical / 4096); frame <= last; frame += 1) touch(frame);
  };
  return {
    allocated(object, size, capacity) {
      fill(object, capacity, SHADOW.REDZONE);
      fill(object, Math.floor(size / 8) * 8, 0);
      if (size % 8 !== 0 && covers(object, size)) {
        bytes[Math.floor((object - DIRECT_MAP + size) / 8)] = size % 8;
      }
    },
    freed: (object, capacity) => fill(object, capacity, SHADOW.FREED),
    slab: (base, size) => fill(base, size, SHADOW.REDZONE),
    released: (base, size) => fill(base, size, 0),
    taken: (base, size) => fill(alignDown(base, 8), alignUp(base + size, 8) - alignDown(base, 8), 0),
    given(base, size) {
      const start = alignUp(base, 8);
      fill(start, alignDown(base + size, 8) - start, SHADOW.PAGE);
    },
    keeps: (capacity) => quarantine.add(capacity) <= QUARANTINE_BYTES,
    forbidden(address, size) {
      if (!covers(address, size)) return undefined;
      const start = address - DIRECT_MAP;
      for (let at = start; at < start + size;) {
        const shadow = bytes[at >> 3] ?? 0;
        const next = (at & ~7) + 8;
        const allowed = shadow === 0 ? next : shadow < 8 ? (at & ~7) + shadow : at;
        if (allowed < Math.min(next, start + size)) return { at: Math.max(at, allowed) + DIRECT_MAP, shadow };
        at = next;
      }
      return undefined;
    },
  };
};
