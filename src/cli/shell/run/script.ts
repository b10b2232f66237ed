import type { ByteString } from "../../../base/bytes.ts";
import type { Routine } from "../../../kernel/routine.ts";
import type { Node } from "../syntax/ast.ts";
import { parseNextLine } from "../syntax/parse.ts";
import { openSource, type Source } from "../syntax/source.ts";
import { shellProcess } from "./child.ts";
import { evaluate, type Place } from "./evaluate.ts";
import { ControlFlow, type Shell } from "./state.ts";

/** What is left to parse holds nothing but blanks. */
const atEnd = (source: Source): boolean => source.text.slice(source.at).trim() === "";

function* runTrap(shell: Shell): Routine<void> {
  const { state } = shell;
  const action = state.traps.get("EXIT");
  if (action === undefined) return;
  state.traps.delete("EXIT");
  const { status } = state;
  yield* runLines(shell, action, "middle");
  state.status = status;
}

/** Runs text line by line, as it is parsed; the status of its last command. */
export function* runLines(shell: Shell, text: ByteString, place: Place): Routine<number> {
  const source = openSource(text);
  let status = 0;
  for (;;) {
    const node: Node | undefined = parseNextLine(source);
    if (node === undefined) return status;
    status = yield* evaluate(shell, node, place === "last" && atEnd(source) ? "last" : "middle");
  }
}

/** A whole shell process: the text, then its EXIT trap. Never throws what is the script's fault. */
export function* runText(shell: Shell, text: ByteString): Routine<number> {
  return yield* shellProcess(shell, function* () {
    let status: number;
    try {
      status = yield* runLines(shell, text, "last");
    } catch (error) {
      if (!(error instanceof ControlFlow) || error.kind !== "exit") throw error;
      status = error.value;
    }
    shell.state.status = status;
    yield* runTrap(shell);
    return status;
  });
}
