import type { ByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import { writeText } from "../io.ts";
import { runProgram } from "../launch.ts";
import type { Program } from "../program.ts";
import { environment, type Shell, ShellError } from "../run/state.ts";

/** A command the shell runs in its own process; `argv[0]` is its name. */
export type Builtin = (shell: Shell, argv: readonly ByteString[]) => Routine<number>;

/** A program that the shell runs itself; its errors are the shell's. */
export const asBuiltin =
  (program: Program): Builtin =>
  (shell, argv) =>
    runProgram(program, {
      sys: shell.sys,
      argv,
      environment: environment(shell.state),
      host: shell.host,
      programs: shell.programs,
      name: shell.state.name,
    });

export function* print(shell: Shell, text: ByteString): Routine<void> {
  yield* writeText(shell.sys, 1, text);
}

/** A number argument of a builtin, worded as ash words a wrong one. */
export const numberArgument = (builtin: string, text: string): number => {
  if (!/^\d+$/.test(text)) throw new ShellError(`${builtin}: line 0: Illegal number: ${text}`);
  return Number(text);
};

/** Single-quoted so that the shell reads it back (`export -p`, `set`). */
export const quoted = (text: ByteString): ByteString => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A builtin that never waits, written as a function. */
export const instantly = (act: (shell: Shell, args: readonly ByteString[]) => number): Builtin =>
  function* (shell, argv) {
    return act(shell, argv.slice(1));
  };
