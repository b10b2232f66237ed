import { COUNTER, type Engine, createEngine } from "unicorn-engine";
import { type Address, PAGE_SIZE } from "../base/address.ts";
import { GuestFault } from "../base/errors.ts";
import { type Frames, createFrames } from "./frames.ts";
import { createGuestMemory } from "./guest-memory.ts";
import type { GuestMemory } from "./memory.ts";
import { PTE, type Protection, createPageTables } from "./paging.ts";
import { type Ram, createRam } from "./ram.ts";

export type { Frames } from "./frames.ts";
export type { Protection } from "./paging.ts";

/** An x86-64 computer: RAM, page tables, one CPU. Knows no Linux. */
export interface Machine {
  readonly engine: Engine;
  /** The kernel half. */
  readonly memory: GuestMemory;
  /** The user half. */
  readonly userMemory: GuestMemory;
  readonly frames: Frames;
  /** Physical memory, all of it, as bytes. Writers must mark frames: use `memory` unless there is no mapping. */
  readonly ram: Uint8Array;
  /** The same with other views, and the marks. */
  readonly physical: Ram;
  /** Maps `count` pages at `address` to consecutive frames starting at `frame`. */
  map(address: Address, frame: number, count: number, protection: Protection): void;
  /** Removes the mapping; the frames stay allocated. Later access faults. */
  unmap(address: Address, count: number): void;
  protect(address: Address, count: number, protection: Protection): void;
  /** Physical address of the top table (CR3). */
  readonly pageTableRoot: number;
  /** Table entries for an address, top level first, down to the first that is not present. */
  walk(address: Address): bigint[];
  /** Physical address behind `address`, or undefined where nothing is mapped. */
  translate(address: Address): number | undefined;
  /** Who is asked, once, before host code's access to an absent page of the kernel half faults: true when it is there now. */
  readonly pager: { bring: (address: Address) => boolean };
  /** Host code begins something new: it may look at memory as often as it needs. */
  beginHostWork(): void;
  /** Writes whatever the protection; the pages must be mapped. */
  poke(address: Address, bytes: Uint8Array): void;
  /** While it is still mapped: tells the engine that code at [address, address+length) was changed by host code. */
  codeChanged(address: Address, length: number): void;
  /** From here on `restore` comes back. */
  snapshot(): void;
  restore(): void;
  close(): void;
}

/** Frame 0 is never used, so that a physical address of 0 stays a mistake. */
const FIRST_FRAME = 1;

export interface MachineOptions {
  readonly ramSize: number;
  /** Every access of the guest is compared with `engine.checks.shadow`; much slower. */
  readonly checks?: boolean;
}

export const createMachine = (options: MachineOptions): Machine => {
  const engine = createEngine({ ramSize: options.ramSize, checks: options.checks === true });
  const ram = createRam(engine.ram, engine.hostDirty);
  const frames = createFrames(ram, FIRST_FRAME);
  const tables = createPageTables(ram, frames);
  engine.setControl({ cr3: BigInt(tables.root) });

  const eachPage = (address: Address, count: number, visit: (entry: number, at: Address) => void): void => {
    for (let page = 0; page < count; page += 1) {
      const at = address + page * PAGE_SIZE;
      visit(tables.find(at), at);
    }
  };
  const pager: Machine["pager"] = { bring: () => false };
  const present = (entry: number): boolean => entry >= 0 && ((ram.words[entry] ?? 0) & PTE.PRESENT) !== 0;

  return {
    engine,
    pager,
    memory: createGuestMemory(ram, tables, "kernel", (address) => pager.bring(address)),
    userMemory: createGuestMemory(ram, tables, "user", () => false),
    frames,
    ram: ram.bytes,
    physical: ram,
    pageTableRoot: tables.root,
    walk: (address) => tables.walk(address),
    map(address, frame, count, protection) {
      for (let page = 0; page < count; page += 1)
        tables.set(address + page * PAGE_SIZE, frame + page, protection);
    },
    unmap(address, count) {
      eachPage(address, count, (entry) => {
        if (!present(entry)) return;
        const low = ram.words[entry] ?? 0;
        if ((low & PTE.DIRTY) !== 0) ram.touch(low >>> 12);
        ram.words[entry] = 0;
        ram.words[entry + 1] = 0;
        ram.touch(entry >>> 10);
      });
      engine.flushTlb();
    },
    protect(address, count, protection) {
      eachPage(address, count, (entry, at) => {
        if (present(entry)) tables.set(at, (ram.words[entry] ?? 0) >>> 12, protection);
      });
      engine.flushTlb();
    },
    translate(address) {
      const entry = tables.find(address);
      if (!present(entry)) return undefined;
      return (((ram.words[entry] ?? 0) & 0xfffff000) >>> 0) + (address & 0xfff);
    },
    poke(address, bytes) {
      for (let offset = 0; offset < bytes.length;) {
        const at = address + offset;
        const entry = tables.find(at);
        if (!present(entry)) throw new GuestFault(at, { write: true, present: false });
        const frame = (ram.words[entry] ?? 0) >>> 12;
        const size = Math.min(bytes.length - offset, PAGE_SIZE - (at & 0xfff));
        ram.bytes.set(bytes.subarray(offset, offset + size), frame * PAGE_SIZE + (at & 0xfff));
        ram.touch(frame);
        offset += size;
      }
    },
    beginHostWork() {
      ram.work.lookups = 0;
    },
    codeChanged(address, length) {
      engine.invalidateCode(address, length);
    },
    snapshot() {
      engine.snapshotTake();
      ram.takeMarked();
      tables.settle();
    },
    restore() {
      const { first, end } = ram.takeMarked();
      engine.counters[COUNTER.FRAME_FIRST] = first;
      engine.counters[COUNTER.FRAME_LIMIT] = end;
      engine.snapshotRestore();
      tables.goBack();
    },
    close: () => engine.close(),
  };
};
