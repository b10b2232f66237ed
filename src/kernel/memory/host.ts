import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Frames } from "../../machine/frames.ts";
import type { Machine } from "../../machine/machine.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { Protection } from "../../machine/paging.ts";
import type { Ram } from "../../machine/ram.ts";

/** Told where objects of slabs begin and end, by whoever shadows memory. */
export interface HeapWatch {
  /** `size` bytes were asked for; the object's place takes `capacity`. Also when an object grows in its place. */
  allocated(object: Address, size: number, capacity: number): void;
  freed(object: Address, capacity: number): void;
  /** Pages for objects, none of which is allocated yet. */
  slab(base: Address, size: number): void;
  /** Pages that hold objects no more. */
  released(base: Address, size: number): void;
  /** Pages, or a piece of per-CPU memory, by their place in the direct map: somebody has them, or had. */
  taken(base: Address, size: number): void;
  given(base: Address, size: number): void;
  /** Whether the freed object, which was kmalloc's, may not be handed out again. */
  keeps(capacity: number): boolean;
}

/** What the allocators need of the machine. */
export interface MemoryHost {
  readonly memory: GuestMemory;
  readonly frames: Frames;
  readonly ram: Ram;
  /** Who shadows memory, if anybody does. */
  readonly shadow: { watch: HeapWatch | undefined };
  map(address: Address, frame: number, count: number, protection: Protection): void;
  unmap(address: Address, count: number): void;
  translate(address: Address): number | undefined;
}

export const memoryHost = (machine: Machine): MemoryHost => ({
  memory: machine.memory,
  frames: machine.frames,
  ram: machine.physical,
  shadow: { watch: undefined },
  map: (address, frame, count, protection) => machine.map(address, frame, count, protection),
  unmap: (address, count) => machine.unmap(address, count),
  translate: (address) => machine.translate(address),
});

/** Kernel frames between a place and the module, innermost first, by the stub called; "*" is any other. */
export type Callers = Readonly<Record<string, readonly string[]>>;

/** A place in the kernel image that complains, as an oops shows it. */
export interface Site {
  /** "mm/slub.c:419" */
  readonly source: string;
  /** "__kmem_cache_free+0x284/0x2a0" */
  readonly at: string;
  /** The oops' "Code:" bytes. */
  readonly code: string;
  readonly callers: Callers;
}

/** How the allocators say what the kernel says when something is wrong. */
export interface Complaints {
  /** WARN(): the block with registers and trace, `text` as its message at `level` (4 if left out); goes on. */
  warn(site: Site, text?: ByteString, level?: number): void;
  /** BUG(): an oops at that place; never comes back. */
  bug(site: Site): never;
  /** printk: `level` 0..7, text with its newline. */
  log(level: number, text: ByteString): void;
  /** dump_stack(), with these kernel frames (those below dump_stack_lvl) above the module's, by the stub called. */
  dumpStack(callers: Callers): void;
  /** Sets a taint flag ("B": bad page or slab). */
  taint(flag: string): void;
  /** print_tainted(): "Tainted: G           OE     " or "Not tainted". */
  tainted(): ByteString;
  /** Name of the stub that runs, "" if none does. */
  stub(): string;
  /** comm of the current task. */
  comm(): ByteString;
  /** %p of an address, hashed. */
  hashed(address: Address): ByteString;
  /** %pS of the guest's return address out of the running stub. */
  caller(): ByteString;
}

/** Byte offset of a field ("page", "_refcount") in this kernel's build; dots go into members. */
export type OffsetOf = (struct: string, field: string) => number;

/** Frames that guests cannot use up: page tables must never fail. */
const RESERVE = 64;

/** True when `count` more frames may go to the guest. */
export const mayTake = (host: MemoryHost, count: number): boolean => host.frames.free() >= count + RESERVE;

export const KERNEL_DATA: Protection = { write: true, execute: false };
