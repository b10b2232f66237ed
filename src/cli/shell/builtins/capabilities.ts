import { ALL_CAPABILITIES, CAPABILITIES, capabilityMask } from "../../../base/capabilities.ts";
import { readText } from "../io.ts";
import { complain } from "../launch.ts";
import { type Builtin, print } from "./builtin.ts";

/** A mask, "all", "none", or names; "-NAME": all but that one. Undefined: there is none such. */
const parse = (words: readonly string[]): bigint | undefined => {
  let mask = words.every((word) => word.startsWith("-")) ? ALL_CAPABILITIES : 0n;
  for (const word of words.flatMap((each) => each.split(","))) {
    const name = word.replace(/^-/, "").toUpperCase();
    if (word === "all") mask = ALL_CAPABILITIES;
    else if (/^(0x[0-9a-fA-F]+|\d+)$/.test(word)) mask |= BigInt(word) & ALL_CAPABILITIES;
    else if (word !== "none") {
      const known = CAPABILITIES.find((each) => each === name || each === `CAP_${name}`);
      if (known === undefined) return undefined;
      const bit = capabilityMask([known]);
      mask = word.startsWith("-") ? mask & ~bit : mask | bit;
    }
  }
  return mask;
};

/** setcaps all | none | MASK | [-]NAME...: what the shell and its children may do from now on. */
const setcaps: Builtin = function* (shell, [, ...words]) {
  const mask = words.length === 0 ? undefined : parse(words);
  if (mask === undefined) {
    yield* complain(shell.sys, "Usage: setcaps all | none | MASK | [-]NAME...");
    return 2;
  }
  yield* shell.sys.setCapabilities(mask);
  return 0;
};

/** getcaps: the names, or "all" or "none". */
const getcaps: Builtin = function* (shell) {
  const text =
    /^CapEff:\s*(\w+)/m.exec(yield* readText(shell.sys, `/proc/${shell.sys.pid}/status`))?.[1] ?? "0";
  const mask = BigInt(`0x${text}`);
  const names = CAPABILITIES.filter((name) => (mask & capabilityMask([name])) !== 0n);
  const said = mask === ALL_CAPABILITIES ? "all" : names.length === 0 ? "none" : names.join(",");
  yield* print(shell, `${said}\n`);
  return 0;
};

export const capabilities: readonly (readonly [string, Builtin])[] = [
  ["setcaps", setcaps],
  ["getcaps", getcaps],
];
