import type { Address } from "../base/address.ts";
import { displayText } from "../base/bytes.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { GFP_KERNEL } from "../kernel/memory/gfp.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { StructTypes } from "../profile/struct-types.ts";
import { toBytes } from "./file.ts";

/** The guest's kernel memory. Accesses to what is not mapped throw GuestFault. */
export interface Memory extends GuestMemory {
  /** A structure with its fields as properties that read and write guest memory. */
  struct<Name extends keyof StructTypes>(name: Name, address: Address): StructTypes[Name];
  sizeOf(struct: string): number;
  /** Bytes from the structure's start to a field; dots go into members. */
  offsetOf(struct: string, field: string): number;
  /** Up to the NUL, as UTF-8. */
  text(address: Address, limit?: number): string;
  /** kmalloc'd memory with these contents (text gets its NUL), or so many zero bytes; yours to free. */
  allocate(contents: string | Uint8Array | number): Address;
  free(address: Address): void;
}

export const createMemory = (k: Kernel): Memory => ({
  ...k.memory,
  struct: k.struct,
  sizeOf: k.sizeOf,
  offsetOf: k.offsetOf,
  text: (address, limit) => displayText(k.memory.cstring(address, limit)),
  allocate(contents) {
    const bytes = typeof contents === "string" ? toBytes(`${contents}\0`) : contents;
    const size = typeof bytes === "number" ? bytes : bytes.length;
    const address = k.heap.kmalloc(size, GFP_KERNEL);
    if (typeof bytes !== "number") k.memory.write(address, bytes);
    return address;
  },
  free: (address) => k.heap.kfree(address),
});
