import { bytesToByteString } from "../../src/base/bytes.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import type { UserSystem } from "../../src/kernel/user.ts";
import { type ShellHost } from "../../src/cli/shell/program.ts";
import { busyboxPrograms } from "../../src/cli/shell/programs/index.ts";
import { runScript } from "../../src/cli/shell/shell.ts";
import { makeInode } from "./fake-user/files.ts";
import { runUntilEnd, startProcess, type World } from "./fake-user/world.ts";

export { createWorld, device, putFile, type World } from "./fake-user/world.ts";

export interface ScriptResult {
  readonly out: string;
  /** As a shell reports it: 128 + signal when it was killed. */
  readonly status: number;
}

/** Runs a host program in the fake kernel with both its outputs in one file. */
export const runRoutine = (world: World, program: (sys: UserSystem) => Routine<number>): ScriptResult => {
  const out = makeInode(0o100600);
  const terminal = {
    inode: out,
    pipe: undefined,
    end: "write" as const,
    flags: 0o2001,
    position: 0,
    references: 2,
  };
  const empty = { ...terminal, inode: makeInode(0o100600), flags: 0, references: 1 };
  const process = startProcess(world, undefined, { comm: "sh", argv: ["sh"] }, function* (sys) {
    process.descriptors.set(0, empty);
    process.descriptors.set(1, terminal);
    process.descriptors.set(2, terminal);
    return yield* program(sys);
  });
  const { code, signal } = runUntilEnd(world, process);
  return { out: bytesToByteString(out.data), status: signal === 0 ? code : 128 + signal };
};

/** `sh -c TEXT` in the fake kernel, standard input empty. */
export const runShell = (world: World, text: string, host: ShellHost = {}): ScriptResult =>
  runRoutine(world, (sys) => runScript(sys, text, { name: "sh", programs: busyboxPrograms, host }));
