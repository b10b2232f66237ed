import type { Address } from "../../src/base/address.ts";
import { GuestFault } from "../../src/base/errors.ts";
import { stringAt, viewOf } from "../../src/loader/elf.ts";
import { imageBytes, regionAt } from "../../src/loader/image.ts";
import type { ModuleImage } from "../../src/loader/image.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";

/** What table lookups read of guest memory, answered from a module's image. */
export const imageMemory = (
  image: ModuleImage,
): Pick<GuestMemory, "bytes" | "cstring" | "i32" | "u32" | "u16"> => {
  const bytes = (address: Address, length: number): Uint8Array => {
    const found = imageBytes(image, address, length);
    if (found === undefined) throw new GuestFault(address, { write: false, present: false });
    return found;
  };
  return {
    bytes: (address, length) => (length === 0 ? new Uint8Array(0) : bytes(address, length).slice()),
    cstring(address, limit = 4096) {
      const region = regionAt(image, address, 1);
      return region === undefined ? "" : stringAt(region.bytes, address - region.base, limit);
    },
    i32: (address) => viewOf(bytes(address, 4)).getInt32(0, true),
    u32: (address) => viewOf(bytes(address, 4)).getUint32(0, true),
    u16: (address) => viewOf(bytes(address, 2)).getUint16(0, true),
  };
};
