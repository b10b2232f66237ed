/** include/linux/string_helpers.h, as lib/string_helpers.c does it. */
import { byteStringToBytes, bytesToByteString } from "../../src/base/bytes.ts";
import type { Address } from "../../src/base/address.ts";
import { duplicateText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { ESCAPE, escapeText } from "../../src/kernel/printf/escape.ts";
import { unescapeText } from "../../src/kernel/unescape.ts";
import { sizeText } from "../../src/kernel/size-text.ts";
import { stub } from "../../src/stub/declare.ts";

export const stringEscapeMem = stub(
  `int string_escape_mem(const char *src, size_t isz, char *dst, size_t osz, unsigned int flags,
      const char *only)`,
  (k, { src, isz, dst, osz, flags, only }) => {
    const text = bytesToByteString(k.memory.bytes(src, isz));
    const escaped = escapeText(text, flags, only === 0 ? "" : k.memory.cstring(only));
    k.memory.write(dst, byteStringToBytes(escaped.slice(0, osz)));
    return escaped.length;
  },
);

export const stringUnescape = stub(
  "int string_unescape(char *src, char *dst, size_t size, unsigned int flags)",
  (k, { src, dst, size, flags }) => {
    const text = unescapeText(k.memory.cstring(src), size === 0 ? Infinity : size, flags);
    k.memory.write(dst, byteStringToBytes(`${text}\0`));
    return text.length;
  },
);

export const stringGetSize = stub(
  `void string_get_size(u64 size, u64 blk_size, const enum string_size_units units, char *buf, int len)`,
  (k, { size, blk_size, units, buf, len }) => {
    if (len > 0) k.memory.setCstring(buf, sizeText(size, blk_size, units).slice(0, len - 1));
  },
);

const QUOTABLE = '\f\n\r\t\v\x07\x1b\\"';

export const kstrdupQuotable = stub(
  "char *kstrdup_quotable(const char *src, gfp_t gfp)",
  { fails: ["NULL"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { slab: "return" } },
  (k, { src, gfp }) => {
    if (src === 0) return 0;
    return duplicateText(k, escapeText(k.memory.cstring(src), ESCAPE.HEX, QUOTABLE), gfp);
  },
);

const POINTER = 8;
const GFP_ZERO = 0x100;

export const kasprintfStrarray = stub(
  "char **kasprintf_strarray(gfp_t gfp, const char *prefix, size_t n)",
  { fails: ["NULL"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { strarray: "return" } },
  (k, { gfp, prefix, n }) => {
    const array = k.heap.kmalloc((n + 1) * POINTER, gfp | GFP_ZERO);
    if (array === 0) return 0;
    const text = k.memory.cstring(prefix);
    for (let i = 0; i < n; i++) {
      const name = duplicateText(k, `${text}-${i}`, gfp);
      if (name === 0) {
        freeStrarray(k, array, i);
        return 0;
      }
      k.memory.setPointer(array + i * POINTER, name);
    }
    return array;
  },
);

const freeStrarray = (k: Kernel, array: Address, n: number): void => {
  for (let i = 0; i < n; i++) k.heap.kfree(k.memory.pointer(array + i * POINTER));
  k.heap.kfree(array);
};

export const kfreeStrarray = stub(
  "void kfree_strarray(char **array, size_t n)",
  { releases: { strarray: "array" } },
  (k, { array, n }) => {
    if (array !== 0) freeStrarray(k, array, n);
  },
);
