import { strerror } from "../../base/strerror.ts";
import { Errno } from "../../base/errors.ts";
import { bytesToByteString } from "../../base/bytes.ts";
import { readRest, readText } from "./io.ts";
import { type Program, ProgramFailure } from "./program.ts";
import { createShell } from "./shell.ts";
import { runText } from "./run/script.ts";

/** sh -c COMMAND [NAME [ARG]...], sh FILE [ARG]..., or commands from standard input. */
export const sh: Program = function* (call) {
  const { sys, environment, programs, host, argv } = call;
  const [first, ...rest] = call.args;
  const base = { environment, programs, host, identity: { comm: "sh", argv } };
  if (first === "-c") {
    const [command = "", name = "sh", ...positional] = rest;
    return yield* runText(createShell(sys, { ...base, name, positional }), command);
  }
  if (first === undefined) {
    const text = bytesToByteString(yield* readRest(sys, 0));
    return yield* runText(createShell(sys, { ...base, name: "sh" }), text);
  }
  let text: string;
  try {
    text = yield* readText(sys, first);
  } catch (error) {
    if (error instanceof Errno)
      throw new ProgramFailure(`can't open '${first}': ${strerror(error.errno)}`, 2);
    throw error;
  }
  return yield* runText(createShell(sys, { ...base, name: first, positional: rest }), text);
};
