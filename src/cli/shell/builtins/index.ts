import { echo } from "../programs/echo.ts";
import { kill } from "../programs/kill.ts";
import { printf } from "../programs/printf.ts";
import { test } from "../programs/test.ts";
import { asBuiltin, type Builtin } from "./builtin.ts";
import { capabilities } from "./capabilities.ts";
import { flow } from "./flow.ts";
import { processes } from "./process.ts";
import { variables } from "./variables.ts";

export type { Builtin } from "./builtin.ts";

/** Commands of the shell itself, by name. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...flow,
  ...variables,
  ...processes,
  ...capabilities,
  ["echo", asBuiltin(echo)],
  ["kill", asBuiltin(kill)],
  ["printf", asBuiltin(printf)],
  ["test", asBuiltin(test)],
  ["[", asBuiltin(test)],
]);

/** POSIX's special builtins: an error in one ends the script, assignments before one stay. */
const SPECIAL = new Set(
  ": . break continue eval exec exit export readonly return set shift times trap unset".split(" "),
);

export const isSpecialBuiltin = (name: string): boolean => SPECIAL.has(name);
