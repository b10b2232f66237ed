import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, SEEK_CUR, type UserSystem } from "../../../kernel/user.ts";
import { complain } from "../launch.ts";
import { usageFailure } from "../options.ts";
import { type Program, ProgramFailure } from "../program.ts";

const SUFFIX: Readonly<Record<string, number>> = {
  "": 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  kB: 1000,
  M: 1 << 20,
  MB: 1e6,
  G: 2 ** 30,
};

const number = (text: string): number => {
  const match = /^(\d+|0x[0-9a-fA-F]+)(\w*)$/.exec(text);
  const factor = match === null ? undefined : SUFFIX[match[2] ?? ""];
  if (match === null || factor === undefined) throw new ProgramFailure(`invalid number '${text}'`);
  return Number(match[1]) * factor;
};

const USAGE = "[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc|noerror|sync|fsync]";
const KNOWN = new Set([
  "if",
  "of",
  "bs",
  "ibs",
  "obs",
  "count",
  "skip",
  "seek",
  "conv",
  "iflag",
  "oflag",
  "status",
]);
/** An endless source into an endless sink must end some time. */
const MAX_BYTES = 2 ** 32;

const operands = (args: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const arg of args) {
    const at = arg.indexOf("=");
    const key = arg.slice(0, at);
    if (at < 0 || !KNOWN.has(key)) throw usageFailure("dd", USAGE);
    found.set(key, arg.slice(at + 1));
  }
  return found;
};

function* openFile(sys: UserSystem, path: string, flags: number): Routine<number> {
  try {
    return yield* sys.open(path, flags, 0o666);
  } catch (error) {
    if (error instanceof Errno) throw new ProgramFailure(`can't open '${path}': ${strerror(error.errno)}`);
    throw error;
  }
}

interface Counts {
  inFull: number;
  inPart: number;
  outFull: number;
  outPart: number;
  failure: string | undefined;
}

/** Moves one block; false at the end or on a failure. */
function* block(
  sys: UserSystem,
  files: { readonly from: number; readonly to: number; readonly input: string; readonly output: string },
  size: number,
  counts: Counts,
): Routine<boolean> {
  let bytes: Uint8Array;
  try {
    bytes = yield* sys.read(files.from, size);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    counts.failure = `${files.input}: ${strerror(error.errno)}`;
    return false;
  }
  if (bytes.length === 0) return false;
  if (bytes.length === size) counts.inFull += 1;
  else counts.inPart += 1;
  try {
    // full_write(): what a driver does not take at once is offered again.
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(yield* sys.write(files.to, rest));
    if (bytes.length === size) counts.outFull += 1;
    else counts.outPart += 1;
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    counts.failure = `error writing '${files.output}': ${strerror(error.errno)}`;
    return false;
  }
}

/** Puts an open file where the standard one was. */
function* move(sys: UserSystem, fd: number, to: number): Routine<void> {
  if (fd === to) return;
  yield* sys.dup2(fd, to);
  yield* sys.close(fd);
}

/** Seeks, or reads what is to be skipped where that is not possible. */
function* skipBlocks(sys: UserSystem, input: string, bytes: number, size: number): Routine<void> {
  try {
    yield* sys.lseek(0, bytes, SEEK_CUR);
    return;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  try {
    for (let left = bytes; left > 0; left -= size) yield* sys.read(0, size);
  } catch (error) {
    if (error instanceof Errno) throw new ProgramFailure(`${input}: ${strerror(error.errno)}`);
    throw error;
  }
}

export const dd: Program = function* ({ sys, args }) {
  const given = operands(args);
  const size = number(given.get("bs") ?? given.get("ibs") ?? "512");
  if (size < 1 || size > 1 << 26) throw new ProgramFailure(`number ${size} is not in 1..67108864 range`);
  const limit = given.has("count") ? number(given.get("count") ?? "") : Math.ceil(MAX_BYTES / size);
  const [input, output] = [given.get("if"), given.get("of")];
  const conversions = (given.get("conv") ?? "").split(",");
  const seek = number(given.get("seek") ?? "0") * size;
  const skip = number(given.get("skip") ?? "0") * size;
  const truncate = seek === 0 && !conversions.includes("notrunc") ? O_TRUNC : 0;
  const [from, to] = [0, 1];
  if (input !== undefined) yield* move(sys, yield* openFile(sys, input, O_RDONLY), from);
  if (output !== undefined) yield* move(sys, yield* openFile(sys, output, O_WRONLY | O_CREAT | truncate), to);
  if (skip > 0) yield* skipBlocks(sys, input ?? "standard input", skip, size);
  if (seek > 0) yield* sys.lseek(to, seek, SEEK_CUR);
  const counts: Counts = { inFull: 0, inPart: 0, outFull: 0, outPart: 0, failure: undefined };
  const files = { from, to, input: input ?? "standard input", output: output ?? "standard output" };
  for (let done = 0; done < limit; done += 1) if (!(yield* block(sys, files, size, counts))) break;
  if (conversions.includes("fsync")) yield* sys.fsync(to);
  if (input !== undefined) yield* sys.close(from);
  if (output !== undefined) yield* sys.close(to);
  if (counts.failure !== undefined) yield* complain(sys, `dd: ${counts.failure}`);
  if (given.get("status") !== "none") {
    yield* complain(sys, `${counts.inFull}+${counts.inPart} records in`);
    yield* complain(sys, `${counts.outFull}+${counts.outPart} records out`);
  }
  return counts.failure === undefined ? 0 : 1;
};
