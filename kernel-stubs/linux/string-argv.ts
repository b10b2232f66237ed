/** Splitting texts: include/linux/string.h and kernel.h, as lib/argv_split.c and lib/cmdline.c do it. */
import type { Address } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { byteAt, isspace } from "../../src/kernel/ctype.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const POINTER = 8;
/** KMALLOC_MAX_SIZE - 1 */
const LONGEST = 4 * 1024 * 1024 - 1;

/** Starts of words, and the text with a NUL for each space. */
const splitWords = (text: string): { starts: number[]; split: string } => {
  const starts: number[] = [];
  let split = "";
  for (let at = 0; at < text.length; at++) {
    const space = isspace(byteAt(text, at));
    if (!space && (at === 0 || isspace(byteAt(text, at - 1)))) starts.push(at);
    split += space ? "\0" : (text[at] ?? "");
  }
  return { starts, split };
};

export const argvSplit = stub(
  "char **argv_split(gfp_t gfp, const char *str, int *argcp)",
  { fails: ["NULL"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { argv: "return" } },
  (k, { gfp, str, argcp }) => {
    const { starts, split } = splitWords(k.memory.cstring(str, LONGEST));
    const copy = k.heap.kmalloc(split.length + 1, gfp);
    if (copy === 0) return 0;
    const array = k.heap.kmalloc((starts.length + 2) * POINTER, gfp);
    if (array === 0) {
      k.heap.kfree(copy);
      return 0;
    }
    k.memory.write(copy, byteStringToBytes(`${split}\0`));
    // The copy's address lies in front of what the caller sees.
    const words = [copy, ...starts.map((start) => copy + start), 0];
    words.forEach((word, index) => k.memory.setPointer(array + index * POINTER, word));
    if (argcp !== 0) k.memory.setU32(argcp, starts.length);
    return array + POINTER;
  },
);

export const argvFree = stub("void argv_free(char **argv)", { releases: { argv: "argv" } }, (k, { argv }) => {
  const array = argv - POINTER;
  k.heap.kfree(k.memory.pointer(array));
  k.heap.kfree(array);
});

const QUOTE = 0x22;

/** Where the argument ends, and its first '=' (0 for none), quotes keeping spaces in. */
const scanArgument = (text: string, quoted: number): { end: number; equals: number } => {
  let inQuote = quoted;
  let equals = 0;
  let end = 0;
  for (; end < text.length; end++) {
    const char = byteAt(text, end);
    if (isspace(char) && inQuote === 0) break;
    if (equals === 0 && char === 0x3d) equals = end;
    if (char === QUOTE) inQuote = 1 - inQuote;
  }
  return { end, equals };
};

/** One "name=value" of a command line; writes NULs into it and answers where the next begins. */
const nextArgument = (k: Kernel, start: Address, param: Address, val: Address): Address => {
  const { memory } = k;
  const quoted = memory.u8(start) === QUOTE ? 1 : 0;
  const args = start + quoted;
  const text = memory.cstring(args);
  const { end, equals } = scanArgument(text, quoted);
  const lastIsQuote = end > 0 && byteAt(text, end - 1) === QUOTE;
  memory.setPointer(param, args);
  if (equals === 0) memory.setPointer(val, 0);
  else {
    memory.setU8(args + equals, 0);
    const opens = byteAt(text, equals + 1) === QUOTE;
    memory.setPointer(val, args + equals + (opens ? 2 : 1));
    if (opens && lastIsQuote) memory.setU8(args + end - 1, 0);
  }
  if (quoted === 1 && lastIsQuote) memory.setU8(args + end - 1, 0);
  if (end < text.length) memory.setU8(args + end, 0);
  let next = end < text.length ? end + 1 : end;
  while (isspace(byteAt(text, next))) next++;
  return args + next;
};

export const nextArg = stub(
  "char *next_arg(char *args, char **param, char **val)",
  (k, { args, param, val }) => nextArgument(k, args, param, val),
);
