import { type Address, PAGE_SIZE, alignDown } from "../base/address.ts";
import { outOfMemory } from "../base/errors.ts";
import type { Machine } from "../machine/machine.ts";
import type { Journal } from "./journal.ts";

/** `hlt`: kernel text is full of it, so that whoever gets there stops and host code takes over. */
const HLT = 0xf4;
/** `ret`, behind each trap: a stub returns by running it. */
const RET = 0xc3;

/** arch/x86/include/asm/pgtable_64_types.h */
const KERNEL_TEXT_START = -0x8000_0000;
const KERNEL_IMAGE_END = -0x4000_0000;

/** The running kernel's own text and data, at their true addresses, brought in page by page. */
export interface KernelImage {
  contains(address: Address): boolean;
  /** Puts `hlt; ret` at a kernel function's address. */
  placeTrap(address: Address): void;
  /** Puts machine code at a kernel function's address. */
  placeCode(address: Address, code: Uint8Array): void;
  /** Makes a kernel variable's bytes accessible, as the kernel image has them. */
  placeData(address: Address, size: number): void;
  /** Brings in the text page at `address`; false where no kernel text can be. */
  fault(address: Address): boolean;
  /** Brings in the data page at `address`; false where the profile knows of no data. */
  dataFault(address: Address): boolean;
}

/** What is known of the image's data in [from, to). */
type Contents = (
  from: Address,
  to: Address,
) => Iterable<{ readonly address: Address; readonly bytes: Uint8Array }>;

export const createKernelImage = (machine: Machine, journal: Journal, contents: Contents): KernelImage => {
  const pages = journal.map<Address, "text" | "data">();
  const { memory } = machine;

  const bring = (address: Address, kind: "text" | "data"): void => {
    const page = alignDown(address, PAGE_SIZE);
    const there = pages.get(page);
    if (there === kind) return;
    if (there === undefined) {
      const frame = machine.frames.allocate(1);
      if (frame === undefined) throw outOfMemory("the kernel image");
      machine.map(page, frame, 1, { write: true, execute: false });
      if (kind === "text") memory.fill(page, HLT, PAGE_SIZE);
      else fill(page);
    }
    // A page that holds both (a register-convention helper beside data) stays writable and executable.
    const mixed = there !== undefined;
    machine.protect(page, 1, { write: mixed || kind === "data", execute: mixed || kind === "text" });
    pages.set(page, kind);
  };
  /** The part of each known piece that lies in the page. */
  const fill = (page: Address): void => {
    for (const { address, bytes } of contents(page, page + PAGE_SIZE)) {
      const from = Math.max(address, page);
      memory.write(from, bytes.subarray(from - address, page + PAGE_SIZE - address));
    }
  };
  const writeText = (address: Address, code: Uint8Array): void => {
    const first = alignDown(address, PAGE_SIZE);
    const count = Math.floor((address + code.length - 1 - first) / PAGE_SIZE) + 1;
    for (let page = 0; page < count; page += 1) bring(first + page * PAGE_SIZE, "text");
    machine.protect(first, count, { write: true, execute: true });
    memory.write(address, code);
    machine.protect(first, count, { write: false, execute: true });
    machine.codeChanged(address, code.length);
  };

  return {
    dataFault(address) {
      const page = alignDown(address, PAGE_SIZE);
      if (address < KERNEL_TEXT_START || address >= KERNEL_IMAGE_END || pages.has(page)) return false;
      if ([...contents(page, page + PAGE_SIZE)].length === 0) return false;
      bring(page, "data");
      return true;
    },
    contains: (address) => address >= KERNEL_TEXT_START && address < KERNEL_IMAGE_END,
    placeTrap: (address) => writeText(address, Uint8Array.of(HLT, RET)),
    placeCode: writeText,
    placeData(address, size) {
      const end = address + Math.max(size, 1);
      for (let page = alignDown(address, PAGE_SIZE); page < end; page += PAGE_SIZE) bring(page, "data");
    },
    fault(address) {
      const page = alignDown(address, PAGE_SIZE);
      if (address < KERNEL_TEXT_START || address >= KERNEL_IMAGE_END || pages.has(page)) return false;
      bring(page, "text");
      return true;
    },
  };
};
