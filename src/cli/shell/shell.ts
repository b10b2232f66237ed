import type { ByteString } from "../../base/bytes.ts";
import type { Routine } from "../../kernel/routine.ts";
import type { ProcessIdentity, UserSystem } from "../../kernel/user.ts";
import type { ProgramTable, ShellHost } from "./program.ts";
import { runText } from "./run/script.ts";
import { createState, type Shell } from "./run/state.ts";

export interface ShellOptions {
  /** `$0`, which begins error messages. */
  readonly name: ByteString;
  readonly positional?: readonly ByteString[];
  readonly environment?: ReadonlyMap<string, ByteString>;
  readonly programs: ProgramTable;
  readonly host?: ShellHost;
  /** What /proc shows of the process. */
  readonly identity?: ProcessIdentity;
}

export const createShell = (sys: UserSystem, options: ShellOptions): Shell => ({
  sys,
  programs: options.programs,
  host: options.host ?? {},
  identity: options.identity ?? { comm: "sh", argv: [options.name, ...(options.positional ?? [])] },
  saved: new Set(),
  state: createState(sys, options),
});

/** Runs a script in the process `sys`; its exit status. The guest may end the process meanwhile. */
export const runScript = (sys: UserSystem, text: ByteString, options: ShellOptions): Routine<number> =>
  runText(createShell(sys, options), text);
