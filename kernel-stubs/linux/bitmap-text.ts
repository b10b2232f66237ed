/** include/linux/bitmap.h: bitmaps from and to text, as lib/bitmap.c does it. */
import type { UserPtr } from "../../src/abi/prototype-types.ts";
import { userAddress } from "../../src/abi/user-pointer.ts";
import { PAGE_SIZE, type Address } from "../../src/base/address.ts";
import { ENOMEM, EINVAL, EOVERFLOW } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { hexText, listText, parseChunks, parseList } from "../../src/kernel/data/bitmap-text.ts";
import { fill, findNext, store, wordsAt } from "../../src/kernel/data/bits.ts";
import { duplicateText, putText } from "../../src/kernel/data/text.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";
import { duplicateUser } from "./string-user.ts";

const parseListInto = (k: Kernel, text: string, map: Address, bits: number): number => {
  store(k.memory, map, bits, () => 0);
  for (const { start, length } of parseList(text, bits)) fill(k.memory, map, start, length, "set");
  return 0;
};

const parseHexInto = (k: Kernel, text: string, map: Address, bits: number): number => {
  const [line = ""] = text.split("\n", 1);
  const chunks = Math.ceil(bits / 32);
  let read = 0;
  for (const chunk of parseChunks(line)) {
    if (read >= chunks) throw new Errno(EOVERFLOW);
    k.memory.setU32(map + read * 4, chunk);
    read += 1;
  }
  if (read * 32 < bits) fill(k.memory, map, read * 32, bits - read * 32, "clear");
  else if (findNext(wordsAt(k.memory, map), read * 32, bits) !== read * 32) throw new Errno(EOVERFLOW);
  return 0;
};

/** Reads a user's text, through a copy that is freed again. */
const fromUser = (
  k: Kernel,
  {
    ubuf,
    ulen,
    maskp,
    nmaskbits,
  }: { ubuf: UserPtr<"char">; ulen: number; maskp: Address; nmaskbits: number },
  parse: typeof parseListInto,
): number => {
  const copy = duplicateUser(k, userAddress(ubuf), ulen, ulen + 1);
  try {
    k.memory.setU8(copy + ulen, 0);
    return parse(k, k.memory.cstring(copy), maskp, nmaskbits);
  } finally {
    k.heap.kfree(copy);
  }
};

export const bitmapParse = stub(
  "int bitmap_parse(const char *start, unsigned int buflen, unsigned long *maskp, int nmaskbits)",
  { fails: ["EINVAL", "EOVERFLOW"] },
  (k, { start, buflen, maskp, nmaskbits }) =>
    parseHexInto(k, k.memory.cstring(start, buflen), maskp, nmaskbits),
);
export const bitmapParselist = stub(
  "int bitmap_parselist(const char *buf, unsigned long *maskp, int nmaskbits)",
  { fails: ["EINVAL", "ERANGE", "EOVERFLOW"] },
  (k, { buf, maskp, nmaskbits }) => parseListInto(k, k.memory.cstring(buf), maskp, nmaskbits),
);

const FROM_USER = { fails: ["ENOMEM", "EFAULT", "EINVAL", "EOVERFLOW"], sleeps: true } as const;

export const bitmapParseUser = stub(
  "int bitmap_parse_user(const char __user *ubuf, unsigned int ulen, unsigned long *maskp, int nmaskbits)",
  FROM_USER,
  (k, args) => fromUser(k, args, parseHexInto),
);
export const bitmapParselistUser = stub(
  "int bitmap_parselist_user(const char __user *ubuf, unsigned int ulen, unsigned long *maskp, int nmaskbits)",
  FROM_USER,
  (k, args) => fromUser(k, args, parseListInto),
);

/** The line that sysfs shows. */
const line = (k: Kernel, map: Address, bits: number, form: "hex" | "list"): string =>
  `${(form === "list" ? listText : hexText)(wordsAt(k.memory, map), Math.max(bits, 0))}\n`;

export const bitmapPrintToPagebuf = stub(
  "int bitmap_print_to_pagebuf(bool list, char *buf, const unsigned long *maskp, int nmaskbits)",
  (k, { list, buf, maskp, nmaskbits }) => {
    const room = PAGE_SIZE - (buf & (PAGE_SIZE - 1));
    const text = line(k, maskp, nmaskbits, list ? "list" : "hex").slice(0, room - 1);
    return putText(k.memory, buf, text);
  },
);

interface Part {
  readonly buf: Address;
  readonly off: number;
  readonly count: number;
}

/** Up to `count` bytes of the line from `off` on, its NUL the last. */
const copyPart = (k: Kernel, { buf, off, count }: Part, text: string): number => {
  const copy = duplicateText(k, text, GFP_KERNEL);
  if (copy === 0) throw new Errno(ENOMEM);
  try {
    if (off < 0) throw new Errno(EINVAL);
    const length = Math.max(Math.min(count, text.length + 1 - off), 0);
    k.memory.write(buf, k.memory.bytes(copy + off, length));
    return length;
  } finally {
    k.heap.kfree(copy);
  }
};

const PRINTS = { fails: ["ENOMEM", "EINVAL"], sleeps: true } as const;

export const bitmapPrintBitmaskToBuf = stub(
  "int bitmap_print_bitmask_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off, size_t count)",
  PRINTS,
  (k, { maskp, nmaskbits, ...part }) => copyPart(k, part, line(k, maskp, nmaskbits, "hex")),
);
export const bitmapPrintListToBuf = stub(
  "int bitmap_print_list_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off, size_t count)",
  PRINTS,
  (k, { maskp, nmaskbits, ...part }) => copyPart(k, part, line(k, maskp, nmaskbits, "list")),
);
