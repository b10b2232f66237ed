/** Text in guest memory, with the NUL at its end. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";

/** kstrdup(): a copy in memory that the caller frees; 0 when there is none. */
export const duplicateText = (k: Kernel, text: ByteString, gfp: number): Address => {
  const at = k.heap.kmalloc(text.length + 1, gfp);
  if (at !== 0) k.memory.setCstring(at, text);
  return at;
};

/** A text of the kernel's own, which stays for good. */
export const staticText = (k: Kernel, text: ByteString): Address => {
  const at = k.statics.allocate(text.length + 1);
  k.memory.setCstring(at, text);
  return at;
};

/** Constants of the kernel's own. */
export interface Texts {
  /** The text in guest memory, made once. */
  of(value: ByteString): Address;
}

export const createTexts = (k: Kernel): Texts => {
  const texts: JournalMap<ByteString, Address> = k.journal.map();
  return {
    of(value) {
      const known = texts.get(value);
      if (known !== undefined) return known;
      const at = staticText(k, value);
      texts.set(value, at);
      return at;
    },
  };
};

/** sprintf(): fills a buffer that has room; the length without the NUL. */
export const putText = (memory: GuestMemory, buffer: Address, text: ByteString): number => {
  memory.setCstring(buffer, text);
  return text.length;
};
