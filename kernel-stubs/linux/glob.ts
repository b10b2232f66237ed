/** include/linux/glob.h, as lib/glob.c matches: `*`, `?`, `[a-z]`, `[!a-z]` and `\`; nothing else is special. */
import { byteAt } from "../../src/kernel/ctype.ts";
import { stub } from "../../src/stub/declare.ts";

const [STAR, ANY, OPEN, CLOSE, NOT, DASH, ESCAPE] = Array.from("*?[]!-\\", (letter) => letter.charCodeAt(0));

/** Reads a class whose `[` stands before `at`. Undefined where no bracket closes it: then `[` is a letter. */
const matchClass = (
  pattern: string,
  at: number,
  byte: number,
): { readonly matches: boolean; readonly end: number } | undefined => {
  const inverted = byteAt(pattern, at) === NOT;
  let next = inverted ? at + 1 : at;
  let inside = false;
  // The first member may be a bracket.
  do {
    const first = byteAt(pattern, next++);
    let last = first;
    if (byteAt(pattern, next) === DASH && byteAt(pattern, next + 1) !== CLOSE) {
      last = byteAt(pattern, next + 1);
      next += 2;
    }
    if (first === 0 || last === 0) return undefined;
    inside ||= first <= byte && byte <= last;
  } while (byteAt(pattern, next) !== CLOSE);
  return { matches: inside !== inverted, end: next + 1 };
};

/** Matches one character of the text; where the pattern goes on, or undefined. */
const matchOne = (pattern: string, at: number, byte: number): number | undefined => {
  const wanted = byteAt(pattern, at);
  if (wanted === ANY) return byte === 0 ? undefined : at + 1;
  if (wanted === OPEN && byte !== 0) {
    const found = matchClass(pattern, at + 1, byte);
    if (found !== undefined) return found.matches ? found.end : undefined;
  }
  if (wanted === ESCAPE) return byteAt(pattern, at + 1) === byte ? at + 2 : undefined;
  return wanted === byte ? at + 1 : undefined;
};

/** No NUL is in either text; one is thought behind each, and the one must match the other. */
export const globMatches = (pattern: string, text: string): boolean => {
  let [p, t] = [0, 0];
  let retry: { readonly p: number; t: number } | undefined;
  for (;;) {
    if (byteAt(pattern, p) === STAR) {
      if (p + 1 >= pattern.length) return true;
      retry = { p: p + 1, t };
      p += 1;
      continue;
    }
    const byte = byteAt(text, t);
    const next = matchOne(pattern, p, byte);
    if (next !== undefined) {
      if (byte === 0) return true;
      [p, t] = [next, t + 1];
      continue;
    }
    if (byte === 0 || retry === undefined) return false;
    retry.t += 1;
    [p, t] = [retry.p, retry.t];
  }
};

export const globMatch = stub("bool glob_match(const char *pat, const char *str)", (k, { pat, str }) =>
  globMatches(k.memory.cstring(pat), k.memory.cstring(str)),
);

export const globMatchLen = stub(
  "bool glob_match_len(const char *pat, const char *str, size_t len)",
  (k, { pat, str, len }) => globMatches(k.memory.cstring(pat), k.memory.cstring(str, len)),
);
