import type { ByteString } from "../../../base/bytes.ts";
import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { O_RDONLY } from "../../../kernel/user.ts";
import { complain } from "../launch.ts";
import { type ProgramCall, basename } from "../program.ts";

/** How a program says that it cannot open a file. */
export type Wording = "can't open 'FILE'" | "FILE";

/**
 * Opens each file in turn ("-" and no file at all: standard input) and visits it; what cannot be
 * opened or read is said and skipped. Returns the exit status.
 */
export function* eachInput(
  call: ProgramCall,
  files: readonly ByteString[],
  wording: Wording,
  visit: (fd: number, file: ByteString) => Routine<void>,
): Routine<number> {
  const { sys } = call;
  const name = basename(call.argv[0] ?? "");
  let status = 0;
  for (const file of files.length === 0 ? ["-"] : files) {
    let fd = 0;
    try {
      if (file !== "-") fd = yield* sys.open(file, O_RDONLY);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* call.out.flush();
      yield* complain(sys, `${name}: ${wording.replace("FILE", () => file)}: ${strerror(error.errno)}`);
      status = 1;
      continue;
    }
    try {
      yield* visit(fd, file);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* call.out.flush();
      yield* complain(sys, `${name}: read error: ${strerror(error.errno)}`);
      status = 1;
    }
    if (fd !== 0) yield* sys.close(fd);
  }
  return status;
}

/** Says that an operation on a file failed, in the program's name. */
export function* complainAbout(call: ProgramCall, what: ByteString, error: unknown): Routine<void> {
  if (!(error instanceof Errno)) throw error;
  yield* call.out.flush();
  yield* complain(call.sys, `${basename(call.argv[0] ?? "")}: ${what}: ${strerror(error.errno)}`);
}
