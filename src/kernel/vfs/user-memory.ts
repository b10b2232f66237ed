import { type Address, PAGE_SIZE, alignUp } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Journal, JournalMap } from "../journal.ts";

/** User space of all processes: each has its own stretch, whose upper half is for mmap. */
const USER_AREA: Address = 0x7f00_0000_0000;
export const USER_STRIDE = 0x1000_0000;
const STRETCHES = 4096;
export const userArea = (pid: number): Address => USER_AREA + (pid % STRETCHES) * USER_STRIDE;

/** User-space buffers for system calls that host programs make: guest memory in the user half. */
export interface UserMemory {
  /** At least `size` bytes for the process; the same ones at every call. */
  buffer(pid: number, size: number): Address;
  read(address: Address, length: number): Uint8Array;
  write(address: Address, bytes: Uint8Array): void;
  /** The process is over. */
  release(pid: number): void;
}

export const createUserMemory = (machine: Machine, journal: Journal): UserMemory => {
  /** Frames of each process's buffer, in order. */
  const mapped: JournalMap<number, readonly number[]> = journal.map();
  return {
    buffer(pid, size) {
      const base = userArea(pid);
      const wanted = alignUp(Math.max(size, 1), PAGE_SIZE) / PAGE_SIZE;
      const have = mapped.get(pid) ?? [];
      if (wanted <= have.length) return base;
      if (wanted > USER_STRIDE / 2 / PAGE_SIZE) throw new Errno(ENOMEM);
      const frames = have.slice();
      while (frames.length < wanted) {
        const frame = machine.frames.allocate(1);
        if (frame === undefined) break;
        machine.map(base + frames.length * PAGE_SIZE, frame, 1, { write: true, execute: false, user: true });
        frames.push(frame);
      }
      mapped.set(pid, frames);
      if (frames.length < wanted) throw new Errno(ENOMEM);
      return base;
    },
    read: (address, length) => machine.userMemory.bytes(address, length),
    write: (address, bytes) => machine.userMemory.write(address, bytes),
    release(pid) {
      const frames = mapped.get(pid);
      if (frames === undefined) return;
      machine.unmap(userArea(pid), frames.length);
      for (const frame of frames) machine.frames.release(frame, 1);
      mapped.delete(pid);
    },
  };
};
