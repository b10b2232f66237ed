import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Journal, JournalMap } from "../journal.ts";

/** Where mmap begins in a process; each process has its own stretch of it. */
const USER_AREA: Address = 0x7f00_0000_0000;
const STRIDE = 0x1000_0000;

/** User-space buffers for system calls that host programs make: guest memory in the user half. */
export interface UserMemory {
  /** At least `size` bytes for the process; the same ones at every call. */
  buffer(pid: number, size: number): Address;
  read(address: Address, length: number): Uint8Array;
  write(address: Address, bytes: Uint8Array): void;
}

export const createUserMemory = (machine: Machine, journal: Journal): UserMemory => {
  /** Mapped bytes by process. */
  const mapped: JournalMap<number, number> = journal.map();
  return {
    buffer(pid, size) {
      const base = USER_AREA + (pid % 4096) * STRIDE;
      const wanted = alignUp(Math.max(size, 1), PAGE_SIZE);
      const have = mapped.get(pid) ?? 0;
      if (wanted > STRIDE / 2) throw new Errno(ENOMEM);
      for (let at = have; at < wanted; at += PAGE_SIZE) {
        const frame = machine.frames.allocate(1);
        if (frame === undefined) throw new Errno(ENOMEM);
        machine.map(base + at, frame, 1, { write: true, execute: false, user: true });
      }
      if (wanted > have) mapped.set(pid, wanted);
      return base;
    },
    read: (address, length) => machine.userMemory.bytes(address, length),
    write: (address, bytes) => machine.userMemory.write(address, bytes),
  };
};
