/**
 * Shell patterns: `*`, `?`, `[a-z]`, `[!x]`, `[[:alpha:]]`; a backslash quotes. Matching goes
 * through the text once for each `*`, so no pattern is exponential.
 */
type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "set"; readonly has: (char: string) => boolean };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /\p{Cc}/u,
  digit: /\d/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

interface SetItem {
  readonly low: string;
  readonly high: string;
  readonly named: RegExp | undefined;
}

const readSetItem = (pattern: string, at: number): { item: SetItem; end: number } => {
  const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at));
  const known = named === null ? undefined : CLASSES[named[1] ?? ""];
  if (named !== null && known !== undefined) {
    return { item: { low: "", high: "", named: known }, end: at + named[0].length };
  }
  let end = at;
  const char = (): string => {
    if (pattern[end] === "\\" && end + 1 < pattern.length) end += 1;
    return pattern[end++] ?? "";
  };
  const low = char();
  if (pattern[end] !== "-" || pattern[end + 1] === "]" || end + 1 >= pattern.length) {
    return { item: { low, high: low, named: undefined }, end };
  }
  end += 1;
  return { item: { low, high: char(), named: undefined }, end };
};

/** The set that starts at `[`, or undefined when it never ends and stands for itself. */
const readSet = (pattern: string, start: number): { token: Token; end: number } | undefined => {
  let at = start + 1;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at += 1;
  const items: SetItem[] = [];
  while (at < pattern.length) {
    if (pattern[at] === "]" && items.length > 0) {
      const has = (char: string): boolean =>
        items.some(({ low, high, named }) => named?.test(char) ?? (char >= low && char <= high)) !== negated;
      return { token: { kind: "set", has }, end: at + 1 };
    }
    const { item, end } = readSetItem(pattern, at);
    items.push(item);
    at = end;
  }
  return undefined;
};

const tokenize = (pattern: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] ?? "";
    const set = char === "[" ? readSet(pattern, at) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      at = set.end;
      continue;
    }
    if (char === "\\" && at + 1 < pattern.length) {
      at += 1;
      tokens.push({ kind: "char", char: pattern[at] ?? "" });
    } else if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "any" });
    else tokens.push({ kind: "char", char });
    at += 1;
  }
  return tokens;
};

const fits = (token: Token | undefined, char: string): boolean => {
  if (token === undefined || token.kind === "star") return false;
  if (token.kind === "any") return true;
  return token.kind === "char" ? token.char === char : token.has(char);
};

export type Matcher = (text: string) => boolean;

export const compilePattern = (pattern: string): Matcher => {
  const tokens = tokenize(pattern);
  return (text) => {
    let t = 0;
    let p = 0;
    let star = -1;
    let mark = 0;
    while (t < text.length) {
      if (tokens[p]?.kind === "star") {
        star = p;
        mark = t;
        p += 1;
      } else if (fits(tokens[p], text[t] ?? "")) {
        t += 1;
        p += 1;
      } else if (star >= 0) {
        p = star + 1;
        mark += 1;
        t = mark;
      } else return false;
    }
    while (tokens[p]?.kind === "star") p += 1;
    return p === tokens.length;
  };
};

/** The same text as a pattern that matches only it. */
export const quotePattern = (text: string): string => text.replace(/[\\*?[\]!^-]/g, "\\$&");

export const hasWildcard = (pattern: string): boolean => /(?<!\\)(?:\\\\)*[*?[]/.test(pattern);

/** `${value%pattern}` and the other three. */
export const trim = (value: string, operator: "%" | "%%" | "#" | "##", pattern: string): string => {
  const matches = compilePattern(pattern);
  const lengths = Array.from({ length: value.length + 1 }, (_, index) => index);
  if (operator === "##" || operator === "%%") lengths.reverse();
  for (const length of lengths) {
    if (operator.startsWith("#") && matches(value.slice(0, length))) return value.slice(length);
    if (operator.startsWith("%") && matches(value.slice(value.length - length))) {
      return value.slice(0, value.length - length);
    }
  }
  return value;
};
