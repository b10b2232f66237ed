/** include/linux/sysctl.h: a bitmap as a list of ranges (kernel/sysctl.c). */
import { type ByteString, bytesToByteString } from "../../src/base/bytes.ts";
import { EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { fill, findNext, wordCount, wordsAt } from "../../src/kernel/data/bits.ts";
import { simpleUnsigned } from "../../src/kernel/number.ts";
import { stub } from "../../src/stub/declare.ts";

type Range = readonly [first: number, last: number];

const MOST_TEXT = 4095;
/** TMPBUFLEN - 1: a number takes less. */
const LONGEST = 21;
/** Bits of the largest piece of memory that the kernel's copy can have. */
const MOST_BITS = 1 << 25;

interface Parsed {
  readonly ranges: readonly Range[];
  /** How much of the text was taken. */
  readonly end: number;
}
interface Word {
  readonly value: bigint;
  readonly end: number;
}

/** proc_get_long(): a number that ends with the text or before one of `behind`; a negative one is too large. */
const numberAt = (text: ByteString, at: number, behind: string): Word => {
  const part = text.slice(at, at + LONGEST);
  const start = part.startsWith("-") && part.length > 1 ? 1 : 0;
  if (!/[0-9]/.test(part[start] ?? "")) throw new Errno(EINVAL);
  const { value, end } = simpleUnsigned(part, start, 0);
  const next = text[at + end];
  if (end === LONGEST || (next !== undefined && !behind.includes(next))) throw new Errno(EINVAL);
  return { value: start === 1 ? -1n : value, end: at + end };
};

const skip = (text: ByteString, at: number): number => {
  let end = at;
  while (text[end] === "\n") end += 1;
  return end;
};

/** "1-5,9": below `bits`. `more`: the text was cut, and a number at its end may go on. */
const parse = (text: ByteString, bits: number, more: boolean): Parsed => {
  const ranges: Range[] = [];
  const below = (value: bigint): number => {
    if (value < 0n || value >= BigInt(bits)) throw new Errno(EINVAL);
    return Number(value);
  };
  let at = skip(text, 0);
  while (at < text.length) {
    const begin = at;
    const first = numberAt(text, at, "-,\n");
    if (more && text.length - first.end <= 1) return { ranges, end: begin };
    const from = below(first.value);
    let last: Word = first;
    if (text[first.end] === "-") {
      last = numberAt(text, first.end + 1, ",\n\0");
      if (more && last.end === text.length) return { ranges, end: begin };
    }
    const to = below(last.value);
    if (from > to) throw new Errno(EINVAL);
    ranges.push([from, to]);
    at = skip(text, Math.min(last.end + 1, text.length));
  }
  return { ranges, end: text.length };
};

export const procDoLargeBitmap = stub(
  "int proc_do_large_bitmap(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)",
  { fails: ["EINVAL", "ENOMEM"] },
  (k, { table, write, buffer, lenp, ppos }) => {
    const { data, maxlen: bits } = k.struct("ctl_table", table);
    const bitmap = k.memory.pointer(data);
    const [size, position] = [Number(k.memory.u64(lenp)), k.memory.u64(ppos)];
    const finish = (done: number): number => {
      k.memory.setU64(lenp, BigInt(done));
      k.memory.setU64(ppos, position + BigInt(done));
      return 0;
    };
    if (bitmap === 0 || bits <= 0 || size === 0 || (position !== 0n && write === 0)) {
      k.memory.setU64(lenp, 0n);
      return 0;
    }
    if (write === 0) {
      const line = `${listOf(wordsAt(k.memory, bitmap), bits, size)}\n`.slice(0, size);
      k.memory.write(buffer, Buffer.from(line, "latin1"));
      return finish(line.length);
    }
    if (bits > MOST_BITS) throw new Errno(ENOMEM);
    const text = bytesToByteString(k.memory.bytes(buffer, Math.min(size, MOST_TEXT)));
    const { ranges, end } = parse(text, bits, size > MOST_TEXT);
    if (position === 0n) k.memory.fill(bitmap, 0, wordCount(bits) * 4);
    for (const [first, last] of ranges) fill(k.memory, bitmap, first, last - first + 1, "set");
    return finish(end);
  },
);

/** The ranges as text, no more of them than there is room for. */
const listOf = (words: (index: number) => number, bits: number, room: number): ByteString => {
  let text = "";
  for (let from = findNext(words, bits, 0); from < bits && text.length < room;) {
    const behind = findNext((index) => ~words(index), bits, from + 1);
    text += `${text === "" ? "" : ","}${from}${behind - 1 === from ? "" : `-${behind - 1}`}`;
    from = findNext(words, bits, behind);
  }
  return text;
};
