/** Splitting texts: include/linux/string.h, as lib/argv_split.c does it. */
import { byteStringToBytes } from "../../src/base/bytes.ts";
import { byteAt, isspace } from "../../src/kernel/ctype.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
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
