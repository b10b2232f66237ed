import type { ByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { createLineReader } from "../io.ts";
import { type Options, parseOptions, usageFailure } from "../options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { eachInput } from "./inputs.ts";

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

/** A bracket expression as JavaScript writes it, and where it ends. */
const bracket = (source: string, start: number): { text: string; end: number } => {
  let at = start + 1;
  let text = "[";
  if (source[at] === "^") {
    text += "^";
    at += 1;
  }
  const first = at;
  for (; at < source.length; at += 1) {
    const char = source[at] ?? "";
    const named = /^\[:(\w+):\]/.exec(source.slice(at));
    if (named !== null) {
      text += CLASSES[named[1] ?? ""] ?? "";
      at += named[0].length - 1;
    } else if (char === "]" && at > first) return { text: `${text}]`, end: at + 1 };
    else text += char === "-" ? "-" : char.replace(/[\\\][^]/, "\\$&");
  }
  throw new ProgramFailure(`bad regex '${source}': Unmatched [, [^, [:, [., or [=`, 2);
};

/** A POSIX regular expression, basic or extended, in JavaScript's notation. */
export const translateRegex = (source: string, kind: "basic" | "extended"): string => {
  let out = "";
  const special = "(){}|+?";
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? "";
    if (char === "[") {
      const { text, end } = bracket(source, at);
      out += text;
      at = end - 1;
    } else if (char === "\\") {
      at += 1;
      const next = source[at] ?? "";
      if (special.includes(next) && next !== "") out += kind === "basic" ? next : `\\${next}`;
      else if (next === "<" || next === ">") out += "\\b";
      else out += /[wWsSbB1-9]/.test(next) ? `\\${next}` : next.replace(/[^A-Za-z0-9]/, "\\$&");
    } else if (special.includes(char)) out += kind === "basic" ? `\\${char}` : char;
    else if (char === "*" && (out === "" || out.endsWith("("))) out += "\\*";
    else if (kind === "basic" && char === "^" && at > 0 && !out.endsWith("(") && !out.endsWith("|"))
      out += "\\^";
    else if (kind === "basic" && char === "$" && !/^(?:$|\\\)|\\\|)/.test(source.slice(at + 1))) out += "\\$";
    else out += char === "/" ? "\\/" : char;
  }
  return out;
};

const compile = (pattern: string, options: Options, extended: boolean): RegExp => {
  let source = options.has("F")
    ? pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    : translateRegex(pattern, extended ? "extended" : "basic");
  if (options.has("w")) source = `(?<!\\w)(?:${source})(?!\\w)`;
  if (options.has("x")) source = `^(?:${source})$`;
  try {
    return new RegExp(source, options.has("i") ? "gi" : "g");
  } catch {
    throw new ProgramFailure(`bad regex '${pattern}'`, 2);
  }
};

interface Search {
  readonly call: ProgramCall;
  readonly options: Options;
  readonly patterns: readonly RegExp[];
  readonly prefix: (file: ByteString) => string;
  matches: number;
}

const isMatch = ({ patterns, options }: Search, line: ByteString): boolean => {
  const found = patterns.some((pattern) => {
    pattern.lastIndex = 0;
    return pattern.test(line);
  });
  return found !== options.has("v");
};

const matchedParts = ({ patterns }: Search, line: ByteString): string[] =>
  patterns.flatMap((pattern) => {
    pattern.lastIndex = 0;
    return [...line.matchAll(pattern)].map(([text]) => text).filter((text) => text !== "");
  });

/** Lines of context around matches. */
interface Context {
  readonly before: number;
  readonly after: number;
  readonly kept: [number, string][];
  owed: number;
  last: number;
}

function* printLine(
  search: Search,
  file: ByteString,
  line: string,
  number: number,
  mark: ":" | "-",
): Routine<void> {
  const { call, options, prefix } = search;
  const head = prefix(file) === "" ? "" : file + mark;
  const place = options.has("n") ? `${number}${mark}` : "";
  if (options.has("o") && mark === ":") {
    for (const part of matchedParts(search, line)) yield* call.out.print(`${head}${place}${part}\n`);
  } else yield* call.out.print(`${head}${place}${line}\n`);
}

function* withContext(
  search: Search,
  context: Context,
  file: ByteString,
  line: string,
  number: number,
): Routine<void> {
  const { call } = search;
  const gap = context.last > 0 && number - context.kept.length > context.last + 1;
  if (gap && context.before + context.after > 0) yield* call.out.print("--\n");
  for (const [at, text] of context.kept.splice(0)) yield* printLine(search, file, text, at, "-");
  yield* printLine(search, file, line, number, ":");
  context.owed = context.after;
  context.last = number;
}

function* searchFile(search: Search, fd: number, file: ByteString): Routine<void> {
  const { call, options } = search;
  const around = options.value("C");
  const context: Context = {
    before: Number(options.value("B") ?? around ?? 0),
    after: Number(options.value("A") ?? around ?? 0),
    kept: [],
    owed: 0,
    last: 0,
  };
  const silent = ["c", "q", "l", "L"].some((letter) => options.has(letter));
  const limit = Number(options.value("m") ?? Infinity);
  const lines = createLineReader(call.sys, fd);
  let found = 0;
  let number = 0;
  for (let raw = yield* lines.next(); raw !== undefined && found < limit; raw = yield* lines.next()) {
    const line = raw.replace(/\n$/, "");
    number += 1;
    if (isMatch(search, line)) {
      found += 1;
      if (!silent) yield* withContext(search, context, file, line, number);
      if (options.has("q") || options.has("l")) break;
    } else if (context.owed > 0 && !silent) {
      context.owed -= 1;
      context.last = number;
      yield* printLine(search, file, line, number, "-");
    } else if (context.before > 0) {
      context.kept.push([number, line]);
      if (context.kept.length > context.before) context.kept.shift();
    }
  }
  search.matches += found;
  if (options.has("c")) yield* call.out.print(`${search.prefix(file)}${found}\n`);
  if (options.has("l") && found > 0) yield* call.out.print(`${file}\n`);
  if (options.has("L") && found === 0) yield* call.out.print(`${file}\n`);
}

function* filesBelow(call: ProgramCall, path: ByteString, depth: number): Routine<ByteString[]> {
  const found: ByteString[] = [];
  for (const { name } of depth > 40 ? [] : yield* call.sys.readdir(path)) {
    const child = `${path}/${name}`;
    const { mode } = yield* call.sys.lstat(child);
    if ((mode & 0o170000) === 0o040000) found.push(...(yield* filesBelow(call, child, depth + 1)));
    else if ((mode & 0o170000) === 0o100000) found.push(child);
  }
  return found.sort();
}

const USAGE = "[-HhnlLoqvsriwFExc] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... } [FILE]...";

export const grep: Program = function* (call) {
  const name = call.argv[0] ?? "grep";
  const options = parseOptions(call.argv, { letters: "HhnlLoqvsrRiwxFEcm:A:B:C:e:", usage: USAGE });
  const given = options.values("e");
  const rest = [...options.rest];
  if (given.length === 0 && rest.length === 0) throw usageFailure(name, USAGE);
  const patterns = given.length > 0 ? given : [rest.shift() ?? ""];
  const recursive = options.has("r") || options.has("R");
  let files: ByteString[] = rest;
  if (recursive) {
    files = [];
    for (const path of rest.length === 0 ? ["."] : rest) {
      const { mode } = yield* call.sys.stat(path);
      files.push(...((mode & 0o170000) === 0o040000 ? yield* filesBelow(call, path, 0) : [path]));
    }
  }
  const several = (files.length > 1 || recursive || options.has("H")) && !options.has("h");
  const extended = options.has("E") || name === "egrep";
  const search: Search = {
    call,
    options,
    patterns: patterns.flatMap((text) => text.split("\n")).map((text) => compile(text, options, extended)),
    prefix: (file) => (several ? `${file}:` : ""),
    matches: 0,
  };
  const status = yield* eachInput(call, files, "FILE", (fd, file) => searchFile(search, fd, file));
  if (status !== 0 && !(options.has("q") && search.matches > 0)) return 2;
  return search.matches > 0 ? 0 : 1;
};
