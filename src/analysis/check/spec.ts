import { KoboxError } from "../../base/errors.ts";
import { displayText } from "../../base/bytes.ts";
import type { Failure } from "../../stub/declare.ts";
import { parsePrototype } from "../../abi/prototype.ts";
import type { Sandbox } from "../../sandbox.ts";
import { guessedFailures } from "../../stub/unknown.ts";

/** Make the nth call of a function fail, counted from the beginning of init: `kmalloc_trace#3=NULL`. */
export interface FailSpec {
  readonly symbol: string;
  /** From 1. */
  readonly nth: number;
  readonly failure: Failure;
}

/** Names that sources use for several functions. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  kmalloc: [
    "__kmalloc",
    "kmalloc_trace",
    "kmalloc_large",
    "__kmalloc_node",
    "kmalloc_node_trace",
    "kmalloc_large_node",
  ],
  class_create: ["__class_create"],
  register_chrdev: ["__register_chrdev"],
  copy_from_user: ["_copy_from_user"],
  copy_to_user: ["_copy_to_user"],
  kthread_create: ["kthread_create_on_node"],
  kthread_run: ["kthread_create_on_node"],
  alloc_percpu: ["__alloc_percpu"],
  get_user: [1, 2, 4, 8].flatMap((size) => [`__get_user_${size}`, `__get_user_nocheck_${size}`]),
  put_user: [1, 2, 4, 8].flatMap((size) => [`__put_user_${size}`, `__put_user_nocheck_${size}`]),
};

/** The functions a spec's name stands for: itself, or those behind a macro of the kernel's headers. */
export const functionsOf = (symbol: string): readonly string[] => FAMILIES[symbol] ?? [symbol];

/** Errors: KoboxError "usage". */
export const parseSpec = (text: string): FailSpec => {
  const match = /^(\w+)(?:#(\d+))?=(\w+)$/.exec(text);
  const nth = Number(match?.[2] ?? 1);
  if (match === null || nth < 1) {
    throw new KoboxError("usage", `--fail: cannot read ${displayText(text)}`, {
      hint: "write SYMBOL#NTH=FAILURE, such as kmalloc_trace#3=NULL or misc_register#1=EBUSY",
    });
  }
  return { symbol: match[1] ?? "", nth, failure: (match[3] ?? "") as Failure };
};

export const formatSpec = ({ symbol, nth, failure }: FailSpec): string => `${symbol}#${nth}=${failure}`;

/** How a function fails; undefined where there is none of that name. */
const failuresOf = ({ registry, kernel }: Sandbox, name: string): readonly Failure[] | undefined => {
  const declared = registry.find(name);
  if (declared !== undefined) return "fails" in declared ? declared.fails : [];
  const prototype = kernel.profile.prototype(name);
  return prototype === undefined ? undefined : guessedFailures(name, parsePrototype(prototype));
};

/** Refuses a failure that no function behind the name has. Errors: KoboxError "usage". */
export const validateSpec = (sandbox: Sandbox, { symbol, failure }: FailSpec): void => {
  const known = functionsOf(symbol).flatMap((name) => {
    const failures = failuresOf(sandbox, name);
    return failures === undefined ? [] : [failures];
  });
  if (known.length === 0) {
    throw new KoboxError("usage", `--fail: ${symbol} is no function that kobox knows`, {
      hint: "kobox symbols FILE.ko lists what a module calls",
    });
  }
  const failures = [...new Set(known.flat())];
  if (failures.includes(failure)) return;
  throw new KoboxError("usage", `--fail: ${symbol} does not fail with ${failure}`, {
    hint: failures.length === 0 ? "it never fails" : `it fails with ${failures.join(", ")}`,
  });
};
