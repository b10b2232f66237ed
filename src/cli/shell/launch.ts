import type { ByteString } from "../../base/bytes.ts";
import { strerror } from "../../base/strerror.ts";
import { Errno } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import type { UserSystem } from "../../kernel/user.ts";
import { createOutput, writeText } from "./io.ts";
import {
  basename,
  type Program,
  type ProgramCall,
  ProgramFailure,
  type ProgramTable,
  type ShellHost,
  SignalDeath,
  UsageFailure,
} from "./program.ts";

export interface Launch {
  readonly sys: UserSystem;
  readonly argv: readonly ByteString[];
  readonly environment: ReadonlyMap<string, ByteString>;
  readonly host: ShellHost;
  readonly programs: ProgramTable;
  /** What its error messages begin with, where it is not its own name (a shell's builtin). */
  readonly name?: ByteString;
}

/** Error messages that cannot be written are lost, as in C. */
export function* complain(sys: UserSystem, text: ByteString): Routine<void> {
  try {
    yield* writeText(sys, 2, `${text}\n`);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/** Status of a failed program, after it has said why; undefined when `error` is none of its own. */
function* failure(sys: UserSystem, name: ByteString, error: unknown): Routine<number | undefined> {
  if (error instanceof ProgramFailure) {
    if (error.message !== "") yield* complain(sys, `${name}: ${error.message}`);
    return error.status;
  }
  if (error instanceof UsageFailure) {
    yield* complain(sys, error.message);
    return error.status;
  }
  if (error instanceof Errno) {
    yield* complain(sys, `${name}: ${strerror(error.errno)}`);
    return 1;
  }
  return undefined;
}

function* flushed(call: ProgramCall, name: ByteString, status: number): Routine<number> {
  try {
    yield* call.out.flush();
    return status;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* complain(call.sys, `${name}: write error: ${strerror(error.errno)}`);
    return 1;
  }
}

/** Runs a program in the process `sys` to its exit status. */
export function* runProgram(program: Program, launch: Launch): Routine<number> {
  const { sys } = launch;
  const name = basename(launch.argv[0] ?? "");
  const argv = [name, ...launch.argv.slice(1)];
  const said = launch.name ?? name;
  const call: ProgramCall = { ...launch, argv, args: argv.slice(1), out: createOutput(sys, 1) };
  try {
    return yield* flushed(call, said, yield* program(call));
  } catch (error) {
    if (error instanceof SignalDeath) {
      yield* sys.kill(sys.pid, error.signal);
      return 128 + error.signal;
    }
    yield* flushed(call, said, 0);
    const status = yield* failure(sys, said, error);
    if (status === undefined) throw error;
    return status;
  }
}
