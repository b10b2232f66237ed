import type { Engine } from "unicorn-engine";
import type { Address } from "../base/address.ts";
import type { GuestMemory } from "./memory.ts";

export interface Protection {
  readonly write: boolean;
  readonly execute: boolean;
  readonly user?: boolean;
}

/** An x86-64 computer: RAM, page tables, one CPU. Knows no Linux. */
export interface Machine {
  readonly engine: Engine;
  readonly memory: GuestMemory;
  readonly frames: Frames;
  /** Maps `count` pages at `address` to consecutive frames starting at `frame`. */
  map(address: Address, frame: number, count: number, protection: Protection): void;
  /** Removes the mapping; the frames stay allocated. Later access faults. */
  unmap(address: Address, count: number): void;
  protect(address: Address, count: number, protection: Protection): void;
  /** Physical address behind `address`, or undefined where nothing is mapped. */
  translate(address: Address): number | undefined;
  /** Tells the engine that code at [address, address+length) was changed by host code. */
  codeChanged(address: Address, length: number): void;
}

/** Page frames of guest RAM (frame number = physical address / 4096). State lives in guest RAM. */
export interface Frames {
  readonly total: number;
  free(): number;
  /** `count` consecutive frames, the first a multiple of `align`; undefined when there are none. Zeroed. */
  allocate(count: number, align?: number): number | undefined;
  release(frame: number, count: number): void;
}
