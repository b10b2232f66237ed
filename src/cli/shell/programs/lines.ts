import { type ByteString, bytesToByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { createLineReader, readRest } from "../io.ts";
import { type Options, parseOptions, usageFailure } from "../options.ts";
import { type Program, type ProgramCall, ProgramFailure } from "../program.ts";
import { eachInput } from "./inputs.ts";

const STDIO = 4096;

const count = (text: string): number => {
  const match = /^([-+]?\d+)([bkm]?)$/.exec(text);
  if (match === null) throw new ProgramFailure(`invalid number '${text}'`);
  return Number(match[1]) * ({ b: 512, k: 1024, m: 1 << 20 }[match[2] ?? ""] ?? 1);
};

/** `head -3` is `head -n 3`. */
const modern = (argv: readonly ByteString[]): readonly ByteString[] =>
  argv.flatMap((arg, index) => (index === 1 && /^-\d/.test(arg) ? ["-n", arg.slice(1)] : [arg]));

function* headBytes(call: ProgramCall, fd: number, wanted: number): Routine<void> {
  for (let left = wanted; left > 0;) {
    const bytes = yield* call.sys.read(fd, STDIO);
    if (bytes.length === 0) return;
    yield* call.out.print(bytesToByteString(bytes.subarray(0, left)));
    left -= bytes.length;
  }
}

function* headLines(call: ProgramCall, fd: number, wanted: number): Routine<void> {
  const lines = createLineReader(call.sys, fd);
  for (let left = wanted; left > 0; left -= 1) {
    const line = yield* lines.next();
    if (line === undefined) return;
    yield* call.out.print(line);
  }
}

/** Prints "==> FILE <==" before each of several files. */
const headings = (call: ProgramCall, options: Options): ((file: ByteString) => Routine<void>) => {
  let first = true;
  return function* (file) {
    const wanted = options.has("v") || (options.rest.length > 1 && !options.has("q"));
    const title = file === "-" ? "standard input" : file;
    if (wanted) yield* call.out.print(`${first ? "" : "\n"}==> ${title} <==\n`);
    first = false;
  };
};

export const head: Program = function* (call) {
  const options = parseOptions(modern(call.argv), {
    letters: "n:c:qv",
    usage: "[-n N] [-c N] [-qv] [FILE]...",
  });
  const [bytes, lines] = [options.value("c"), options.value("n")];
  const heading = headings(call, options);
  return yield* eachInput(call, options.rest, "FILE", function* (fd, file) {
    yield* heading(file);
    if (bytes !== undefined) yield* headBytes(call, fd, count(bytes));
    else yield* headLines(call, fd, count(lines ?? "10"));
  });
};

const tailOf = (text: ByteString, wanted: string, unit: "lines" | "bytes"): ByteString => {
  const number = Math.abs(count(wanted));
  if (unit === "bytes")
    return wanted.startsWith("+") ? text.slice(number - 1) : text.slice(Math.max(0, text.length - number));
  const lines = text.split(/(?<=\n)/);
  return (
    wanted.startsWith("+")
      ? lines.slice(Math.max(0, number - 1))
      : lines.slice(Math.max(0, lines.length - number))
  ).join("");
};

export const tail: Program = function* (call) {
  const options = parseOptions(modern(call.argv), {
    letters: "n:c:qvf",
    usage: "[-n N] [-c N] [-qv] [FILE]...",
  });
  const [bytes, lines] = [options.value("c"), options.value("n")];
  const heading = headings(call, options);
  let opened = 0;
  const status = yield* eachInput(call, options.rest, "can't open 'FILE'", function* (fd, file) {
    opened += 1;
    const text = bytesToByteString(yield* readRest(call.sys, fd, STDIO));
    yield* heading(file);
    yield* call.out.print(
      bytes === undefined ? tailOf(text, lines ?? "10", "lines") : tailOf(text, bytes, "bytes"),
    );
  });
  if (opened === 0) throw new ProgramFailure("no files");
  return status;
};

interface Sizes {
  lines: number;
  words: number;
  bytes: number;
}

const measure = (text: ByteString): Sizes => ({
  lines: text.split("\n").length - 1,
  words: text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "").length,
  bytes: text.length,
});

export const wc: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "clwLm", usage: "[-lwc] [FILE]..." });
  const chosen = (["l", "w", "c"] as const).filter((letter) => options.has(letter));
  const columns = chosen.length === 0 ? (["l", "w", "c"] as const) : chosen;
  const sum: Sizes = { lines: 0, words: 0, bytes: 0 };
  const row = (sizes: Sizes, name: string): string => {
    const values = columns.map((letter) => ({ l: sizes.lines, w: sizes.words, c: sizes.bytes })[letter]);
    const cells =
      values.length === 1 ? String(values[0]) : values.map((value) => String(value).padStart(9)).join(" ");
    return `${cells}${name === "-" ? "" : ` ${name}`}\n`;
  };
  const status = yield* eachInput(call, options.rest, "FILE", function* (fd, file) {
    const sizes = measure(bytesToByteString(yield* readRest(call.sys, fd, STDIO)));
    sum.lines += sizes.lines;
    sum.words += sizes.words;
    sum.bytes += sizes.bytes;
    yield* call.out.print(row(sizes, file));
  });
  if (options.rest.length > 1) yield* call.out.print(row(sum, "total"));
  return status;
};

/** Lines of all inputs, without their newline. */
export function* allLines(
  call: ProgramCall,
  files: readonly ByteString[],
): Routine<{ lines: ByteString[]; status: number }> {
  const lines: ByteString[] = [];
  const status = yield* eachInput(call, files, "can't open 'FILE'", function* (fd) {
    const text = bytesToByteString(yield* readRest(call.sys, fd, STDIO));
    if (text !== "") lines.push(...text.replace(/\n$/, "").split("\n"));
  });
  return { lines, status };
}

const key = (line: ByteString, options: Options): ByteString => {
  const place = /^(\d+)/.exec(options.value("k") ?? "")?.[1];
  if (place === undefined) return line;
  const separator = options.value("t");
  const fields = separator === undefined ? line.split(/(?<=\S)(?=\s)/) : line.split(separator);
  return fields.slice(Number(place) - 1).join(separator ?? "");
};

export const sort: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "nrugMcszbdfiohVk:t:",
    usage: "[-nru] [-k N] [-t CHAR] [FILE]...",
  });
  const { lines, status } = yield* allLines(call, options.rest);
  const number = (text: string): number => Number(/^\s*(-?\d+(?:\.\d+)?)/.exec(text)?.[1] ?? 0);
  const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const compare = (left: string, right: string): number => {
    const [a, b] = [key(left, options), key(right, options)];
    if (options.has("n")) return number(a) - number(b);
    return options.has("f") ? plain(a.toUpperCase(), b.toUpperCase()) : plain(a, b);
  };
  const sign = options.has("r") ? -1 : 1;
  lines.sort((a, b) => sign * (compare(a, b) || (options.has("u") ? 0 : plain(a, b))));
  const kept = options.has("u")
    ? lines.filter((line, at) => at === 0 || compare(lines[at - 1] ?? "", line) !== 0)
    : lines;
  yield* call.out.print(kept.map((line) => `${line}\n`).join(""));
  return status;
};

export const uniq: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "cdu", usage: "[-cdu] [FILE]" });
  const { lines, status } = yield* allLines(call, options.rest);
  for (let at = 0; at < lines.length;) {
    let end = at + 1;
    while (end < lines.length && lines[end] === lines[at]) end += 1;
    const repeated = end - at > 1;
    const shown = (!options.has("d") || repeated) && (!options.has("u") || !repeated);
    const prefix = options.has("c") ? `${String(end - at).padStart(7)} ` : "";
    if (shown) yield* call.out.print(`${prefix}${lines[at] ?? ""}\n`);
    at = end;
  }
  return status;
};

/** Whether position `n` (from 1) is in a list like "1-3,5,7-". */
const inList = (list: string): ((n: number) => boolean) => {
  const ranges = list.split(",").map((item) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(item);
    if (match === null || item === "" || item === "-") throw new ProgramFailure(`invalid range ${item}-`);
    const [, from = "", dash, to = ""] = match;
    return [Number(from || 1), dash === "" ? Number(from) : Number(to || Infinity)] as const;
  });
  return (n) => ranges.some(([from, to]) => n >= from && n <= to);
};

export const cut: Program = function* (call) {
  const usage = "{-b|c LIST | -f LIST [-d SEP] [-s]} [FILE]...";
  const options = parseOptions(call.argv, { letters: "b:c:f:d:sn", usage });
  const fields = options.value("f");
  const list = fields ?? options.value("c") ?? options.value("b");
  if (list === undefined) throw usageFailure("cut", usage, "expected a list of bytes, characters, or fields");
  const chosen = inList(list);
  const separator = options.value("d") ?? "\t";
  return yield* eachInput(call, options.rest, "can't open 'FILE'", function* (fd) {
    const reader = createLineReader(call.sys, fd);
    for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) {
      const text = line.replace(/\n$/, "");
      const pieces = fields === undefined ? [...text] : text.split(separator);
      if (fields !== undefined && pieces.length === 1) {
        if (!options.has("s")) yield* call.out.print(`${text}\n`);
        continue;
      }
      const kept = pieces.filter((_, index) => chosen(index + 1));
      yield* call.out.print(`${kept.join(fields === undefined ? "" : separator)}\n`);
    }
  });
};
