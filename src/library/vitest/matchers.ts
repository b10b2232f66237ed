import { errnoName } from "../../base/errno.ts";
import { strerror } from "../../base/strerror.ts";
import type { Finding } from "../../kernel/events.ts";
import { HangError, KilledError, SystemCallError } from "../errors.ts";
import type { InsmodResult, Kernel } from "../kernel.ts";
import type { Module } from "../module.ts";
import type { Verdict } from "./log-matchers.ts";

export { toHaveLogged, toHaveLoggedExactly } from "./log-matchers.ts";

/** Nothing that a module acquired is left: memory, registrations, threads, open files, modules. */
export const toHaveReleasedEverything = (kernel: Kernel): Verdict => {
  const left = kernel.leftovers();
  const pass = left.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? "expected something to be left behind, but everything has been released"
        : [
            `expected everything to be released, but ${left.length === 1 ? "this is" : `these ${left.length} are`} left:`,
            ...left.map(({ kind, message, stack }) =>
              [`  ${kind}: ${message}`, ...stack.map((place) => `      ${place}`)].join("\n"),
            ),
          ].join("\n"),
  };
};

export interface FindingOptions {
  /** Kinds that do not count, e.g. "guessed-call". Notes never count. */
  readonly except?: readonly string[];
}

const findingText = ({ kind, message, where }: Finding): string =>
  `  ${kind}: ${message}${where === undefined ? "" : `\n      at ${where}`}`;

/** No bug was found in the guest. */
export const toHaveNoFindings = (kernel: Kernel, { except = [] }: FindingOptions = {}): Verdict => {
  const found = kernel
    .findings()
    .filter(({ severity, kind }) => severity !== "note" && !except.includes(kind));
  const pass = found.length === 0;
  return {
    pass,
    message: () =>
      pass
        ? "expected findings, but there are none"
        : [
            `expected no findings, but there ${found.length === 1 ? "is" : "are"} ${found.length}:`,
            ...found.map(findingText),
          ].join("\n"),
  };
};

/** The module is in and live. */
export const toBeLoaded = (module: Module): Verdict => {
  const pass = module.state === "live";
  return {
    pass,
    message: () => `expected ${module.name} ${pass ? "not " : ""}to be loaded; its state is ${module.state}`,
  };
};

const caught = (received: unknown): { readonly error: unknown } | undefined => {
  if (typeof received !== "function") return { error: received };
  try {
    received();
    return undefined;
  } catch (error) {
    return { error };
  }
};

const isResult = (received: unknown): received is InsmodResult =>
  typeof received === "object" &&
  received !== null &&
  !(received instanceof Error) &&
  ("module" in received || "error" in received);

const resultError = (received: unknown): unknown => (isResult(received) ? received.error : received);

const outcome = (error: unknown): string => {
  if (error === undefined) return "it succeeded";
  if (error instanceof SystemCallError || error instanceof KilledError || error instanceof HangError)
    return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
};

/**
 * A function, an error or the result of `tryInsmod` failed with that errno ("ENOMEM" or 12), with a
 * signal ("SIGKILL" is written as `{ signal: 9 }`), or never returned ("hang").
 */
export const toFailWith = (
  received: unknown,
  wanted: string | number | { readonly signal: number },
): Verdict => {
  const thrown = caught(received);
  const error = thrown === undefined ? undefined : resultError(thrown.error);
  const pass = failsWith(error, wanted);
  return {
    pass,
    message: () => `expected it ${pass ? "not " : ""}to fail with ${wantedText(wanted)}; ${outcome(error)}`,
  };
};

const failsWith = (error: unknown, wanted: string | number | { readonly signal: number }): boolean => {
  if (typeof wanted === "object") return error instanceof KilledError && error.signal === wanted.signal;
  if (wanted === "hang") return error instanceof HangError;
  return error instanceof SystemCallError && (error.code === wanted || error.errno === wanted);
};

const wantedText = (wanted: string | number | { readonly signal: number }): string => {
  if (typeof wanted === "object") return `signal ${wanted.signal}`;
  if (typeof wanted === "string") return wanted;
  return `${errnoName(wanted) ?? wanted} (${strerror(wanted)})`;
};
