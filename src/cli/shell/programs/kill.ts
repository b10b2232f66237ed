import { strerror } from "../../../base/strerror.ts";
import { Errno } from "../../../base/errors.ts";
import { complain } from "../launch.ts";
import { type Program, ProgramFailure } from "../program.ts";
import { SIGNALS, signalNumber } from "../../../base/signals.ts";

export const kill: Program = function* ({ sys, args, out }) {
  const words = [...args];
  let signal = 15;
  const [first = ""] = words;
  if (first === "-l") {
    for (const [name, number] of Object.entries(SIGNALS)) {
      yield* out.print(`${String(number).padStart(2)}) ${name}\n`);
    }
    return 0;
  }
  if (first.startsWith("-") && first !== "--" && first.length > 1) {
    words.shift();
    const name = first === "-s" ? (words.shift() ?? "") : first.slice(1);
    const number = signalNumber(name);
    if (number === undefined) throw new ProgramFailure(`bad signal name '${name}'`);
    signal = number;
  }
  if (words[0] === "--") words.shift();
  if (words.length === 0) throw new ProgramFailure("you need to specify whom to kill");
  let status = 0;
  for (const word of words) {
    if (!/^-?\d+$/.test(word)) throw new ProgramFailure(`invalid number '${word}'`);
    try {
      yield* sys.kill(Number(word), signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* complain(sys, `sh: can't kill pid ${word}: ${strerror(error.errno)}`);
      status = 1;
    }
  }
  return status;
};
