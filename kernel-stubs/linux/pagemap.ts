/** include/linux/pagemap.h, as mm/filemap.c and mm/gup.c do it. */
import { userAddress } from "../../src/abi/user-pointer.ts";
import { type Address, PAGE_SIZE } from "../../src/base/address.ts";
import { accessOk } from "../../src/kernel/data/user-copy.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";
import { stub } from "../../src/stub/declare.ts";

const PG_LOCKED = 0;

export const unlockPage = stub("void unlock_page(struct page *page)", (k, { page }) => {
  k.memory.setU32(page, (k.memory.u32(page) & ~(1 << PG_LOCKED)) >>> 0);
});

/** Bytes from the first page that cannot be touched on. */
const untouchable = (memory: GuestMemory, start: Address, size: number, access: "read" | "write"): number => {
  if (size === 0) return 0;
  if (!accessOk(start, size)) return size;
  for (let at = start; at < start + size; at = Math.floor(at / PAGE_SIZE) * PAGE_SIZE + PAGE_SIZE) {
    if (!memory.accessible(at, 1, access)) return size - (at - start);
  }
  return 0;
};

export const faultInReadable = stub(
  "size_t fault_in_readable(const char __user *uaddr, size_t size)",
  { sleeps: true },
  (k, { uaddr, size }) => untouchable(k.userMemory, userAddress(uaddr), size, "read"),
);

export const faultInWriteable = stub(
  "size_t fault_in_writeable(char __user *uaddr, size_t size)",
  { sleeps: true },
  (k, { uaddr, size }) => untouchable(k.userMemory, userAddress(uaddr), size, "write"),
);

export const faultInSafeWriteable = stub(
  "size_t fault_in_safe_writeable(const char __user *uaddr, size_t size)",
  { sleeps: true },
  (k, { uaddr, size }) => untouchable(k.userMemory, userAddress(uaddr), size, "write"),
);
