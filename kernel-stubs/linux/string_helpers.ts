/** include/linux/string_helpers.h, as lib/string_helpers.c does it. */
import { byteStringToBytes, bytesToByteString } from "../../src/base/bytes.ts";
import { escapeText } from "../../src/kernel/printf/escape.ts";
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
