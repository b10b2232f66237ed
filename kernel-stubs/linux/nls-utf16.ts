/** include/linux/nls.h: UTF-16, as fs/nls/nls_base.c does it. */
import { stub } from "../../src/stub/declare.ts";

const BIG_ENDIAN = 2;
const LIMIT = 0x1_0000;

/** A code point in UTF-8; undefined for half of a pair. */
const utf8 = (point: number): Uint8Array | undefined =>
  point >= 0xd800 && point < 0xe000 ? undefined : new TextEncoder().encode(String.fromCodePoint(point));

/** The code points of UTF-16 up to a zero; halves without their others are left out. */
function* codePoints(units: readonly number[]): Generator<number> {
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index] ?? 0;
    if (unit === 0) return;
    if (unit < 0xd800 || unit >= 0xe000) yield unit;
    else if (unit < 0xdc00) {
      const low = units[index + 1];
      if (low === undefined) return;
      if (low < 0xdc00 || low >= 0xe000) continue;
      index += 1;
      yield 0x1_0000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
    }
  }
}

export const utf16sToUtf8s = stub(
  "int utf16s_to_utf8s(const wchar_t *pwcs, int inlen, enum utf16_endian endian, u8 *s, int maxout)",
  (k, { pwcs, inlen, endian, s, maxout }) => {
    const units: number[] = [];
    while (units.length < Math.min(inlen, LIMIT)) {
      const unit = k.memory.u16(pwcs + units.length * 2);
      if (unit === 0) break;
      units.push(endian === BIG_ENDIAN ? ((unit & 0xff) << 8) | (unit >> 8) : unit);
    }
    let done = 0;
    for (const point of codePoints(units)) {
      const bytes = utf8(point);
      if (bytes === undefined) continue;
      if (done + bytes.length > maxout) break;
      k.memory.write(s + done, bytes);
      done += bytes.length;
    }
    return done;
  },
);
