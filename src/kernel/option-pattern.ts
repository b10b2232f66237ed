import type { ByteString } from "../base/bytes.ts";
import { byteAt, isdigit } from "./ctype.ts";
import { simpleSigned, simpleUnsigned } from "./number.ts";

/** A part of an option's text that a conversion of the pattern stands for. */
export interface OptionPart {
  readonly from: number;
  /** Undefined when the conversion is unknown and nothing was stored. */
  readonly to: number | undefined;
}

export interface OptionMatch {
  readonly matched: boolean;
  /** Stored even when the match failed later. */
  readonly parts: readonly OptionPart[];
}

/** MAX_OPT_ARGS */
const PARTS_MAX = 3;

const BASES: Readonly<Record<string, number>> = { d: 0, u: 0, o: 8, x: 16 };

/** Where a conversion's text ends; undefined for an unknown conversion and for an empty string. */
const endOf = (text: ByteString, at: number, letter: string, length: number): number | undefined => {
  if (letter === "s") {
    const rest = text.length - at;
    if (rest === 0) return undefined;
    return at + (length < 0 || length > rest ? rest : length);
  }
  const base = BASES[letter];
  if (base === undefined) return undefined;
  return letter === "d" ? simpleSigned(text, at, base).end : simpleUnsigned(text, at, base).end;
};

/** Matches a mount option with a pattern such as "uid=%u" (`match_one` in lib/parser.c). */
export const matchOption = (text: ByteString, pattern: ByteString): OptionMatch => {
  const parts: OptionPart[] = [];
  let at = 0;
  let next = 0;
  for (;;) {
    const percent = pattern.indexOf("%", next);
    if (percent < 0) return { matched: pattern.slice(next) === text.slice(at), parts };
    const literal = pattern.slice(next, percent);
    if (!text.startsWith(literal, at)) return { matched: false, parts };
    at += literal.length;
    next = percent + 1;
    let length = -1;
    if (isdigit(byteAt(pattern, next))) {
      const number = simpleUnsigned(pattern, next, 10);
      length = Number(BigInt.asIntN(32, number.value));
      next = number.end;
    } else if (pattern[next] === "%") {
      if (text[at++] !== "%") return { matched: false, parts };
      next++;
      continue;
    }
    if (parts.length >= PARTS_MAX) return { matched: false, parts };
    const letter = pattern[next++] ?? "";
    const to = endOf(text, at, letter, length);
    parts.push({ from: at, to });
    // A number has digits; text may be cut to nothing.
    if (to === undefined || (to === at && letter !== "s")) return { matched: false, parts };
    at = to;
  }
};

/** Shell patterns with * and ? only (`match_wildcard`). */
export const matchWildcard = (pattern: ByteString, text: ByteString): boolean => {
  let [p, s, star, from] = [0, 0, -1, 0];
  while (s < text.length) {
    if (pattern[p] === "*") {
      star = ++p;
      from = s;
      if (p >= pattern.length) return true;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[s])) {
      p++;
      s++;
    } else if (star < 0) return false;
    else {
      p = star;
      s = ++from;
    }
  }
  // One trailing star matches nothing.
  return p + (pattern[p] === "*" ? 1 : 0) >= pattern.length;
};
