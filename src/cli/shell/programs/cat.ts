import { bytesToByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { COPY_CHUNK, createLineReader, writeAll } from "../io.ts";
import { parseOptions } from "../options.ts";
import type { Program, ProgramCall } from "../program.ts";
import { Errno } from "../../../base/errors.ts";
import { ProgramFailure } from "../program.ts";
import { strerror } from "../../../base/strerror.ts";
import { eachInput } from "./inputs.ts";

/** What sendfile() is asked for at once (copyfd.c). */
const SENDFILE_SIZE = 16 * 1024 * 1024;

/** Lets the kernel copy; false when it cannot. */
function* sendWhole({ sys }: ProgramCall, fd: number): Routine<boolean> {
  try {
    while ((yield* sys.sendfile(1, fd, SENDFILE_SIZE)) > 0);
    return true;
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

/** Copies until the end of file: in the kernel where it can be, else one write for each read. */
function* copy(call: ProgramCall, fd: number): Routine<void> {
  const { sys } = call;
  if (yield* sendWhole(call, fd)) return;
  for (;;) {
    const bytes = yield* sys.read(fd, COPY_CHUNK);
    if (bytes.length === 0) return;
    try {
      yield* writeAll(sys, 1, bytes);
    } catch (error) {
      if (error instanceof Errno) throw new ProgramFailure(`write error: ${strerror(error.errno)}`);
      throw error;
    }
  }
}

const visible = (line: string): string =>
  [...line]
    .map((char) => {
      const code = char.charCodeAt(0);
      if (char === "\n" || char === "\t") return char;
      const low = code & 127;
      const shown =
        low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low);
      return code > 127 ? `M-${shown}` : shown;
    })
    .join("");

export const cat: Program = function* (call) {
  const options = parseOptions(call.argv, { letters: "nbvteAu", usage: "[-nbvteA] [FILE]..." });
  const marks = ["v", "t", "e", "A"].some((letter) => options.has(letter));
  if (!marks && !options.has("n") && !options.has("b")) {
    return yield* eachInput(call, options.rest, "can't open 'FILE'", (fd) => copy(call, fd));
  }
  let number = 0;
  return yield* eachInput(call, options.rest, "can't open 'FILE'", function* (fd) {
    const lines = createLineReader(call.sys, fd);
    for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
      const numbered = options.has("n") || (options.has("b") && line !== "\n");
      if (numbered) number += 1;
      let text = marks ? visible(line) : line;
      if (numbered && !line.endsWith("\n")) text += "\n";
      if (options.has("t") || options.has("A")) text = text.replaceAll("\t", "^I");
      if (options.has("e") || options.has("A")) text = text.replace(/\n$/, "$\n");
      yield* call.out.print((numbered ? `${String(number).padStart(6)}\t` : "") + text);
    }
  });
};

/** tee: standard input to standard output and files. */
export const tee: Program = function* (call) {
  const { sys } = call;
  const options = parseOptions(call.argv, { letters: "ai", usage: "[-ai] [FILE]..." });
  const flags = options.has("a") ? 0o2101 : 0o1101;
  const fds: number[] = [1];
  for (const file of options.rest) fds.push(yield* sys.open(file, flags, 0o666));
  for (;;) {
    const bytes = yield* sys.read(0, 4096);
    if (bytes.length === 0) return 0;
    for (const fd of fds) yield* writeAll(sys, fd, bytes);
  }
};

/** hexdump, in its two usual forms. */
export const hexdump: Program = function* (call) {
  const options = parseOptions(call.argv, {
    letters: "bcCdoxvn:s:e:f:",
    usage: "[-Cv] [-n LENGTH] [-s OFFSET] [FILE]...",
  });
  const limit = Number(options.value("n") ?? Infinity);
  const skip = Number(options.value("s") ?? 0);
  const parts: Uint8Array[] = [];
  let size = 0;
  const status = yield* eachInput(call, options.rest, "FILE", function* (fd) {
    while (size < Math.min(limit + skip, 1 << 24)) {
      const bytes = yield* call.sys.read(fd, 4096);
      if (bytes.length === 0) return;
      parts.push(bytes);
      size += bytes.length;
    }
  });
  const bytes = Buffer.concat(parts).subarray(skip, skip + limit);
  const width = options.has("C") ? 8 : 7;
  let previous: string | undefined;
  let squeezed = false;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const body = options.has("C") ? canonical(row) : words(row);
    const same = row.length === 16 && body === previous && !options.has("v");
    if (!same) yield* call.out.print(`${(at + skip).toString(16).padStart(width, "0")}${body}\n`);
    else if (!squeezed) yield* call.out.print("*\n");
    squeezed = same;
    previous = body;
  }
  if (bytes.length > 0) yield* call.out.print(`${(bytes.length + skip).toString(16).padStart(width, "0")}\n`);
  return status;
};

const hex = (byte: number | undefined): string =>
  byte === undefined ? "  " : byte.toString(16).padStart(2, "0");

const canonical = (row: Uint8Array): string => {
  const cells = Array.from({ length: 16 }, (_, index) => hex(row[index]));
  const text = bytesToByteString(row).replace(/[^ -~]/g, ".");
  return `  ${cells.slice(0, 8).join(" ")}  ${cells.slice(8).join(" ")}  |${text}|`;
};

const words = (row: Uint8Array): string =>
  Array.from({ length: 8 }, (_, index) => {
    const low = row[index * 2];
    return low === undefined ? "     " : ` ${hex(row[index * 2 + 1] ?? 0)}${hex(low)}`;
  }).join("");
