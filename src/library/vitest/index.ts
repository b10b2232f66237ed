/** Matchers for vitest: `import "kobox/vitest"` in a test or a setup file. */
import { expect } from "vitest";
import type { LoggedOptions } from "./log-matchers.ts";
import * as matchers from "./matchers.ts";

interface KoboxMatchers<R> {
  /** The kernel has logged a message that contains the text, or matches. */
  toHaveLogged(pattern: string | RegExp, options?: LoggedOptions): R;
  /** The kernel log is exactly that, message by message; "<6>text" where the level matters. */
  toHaveLoggedExactly(lines: readonly string[]): R;
  /** Nothing that a module acquired is left. */
  toHaveReleasedEverything(): R;
  /** No bug was found in the guest; `except` names kinds that do not count. */
  toHaveNoFindings(options?: matchers.FindingOptions): R;
  /** The module is in and live. */
  toBeLoaded(): R;
  /** The function, error or result of `tryInsmod` failed with that errno, signal, or never returned. */
  toFailWith(wanted: string | number | { readonly signal: number }): R;
}

declare module "vitest" {
  // The name and parameter of vitest's own interface.
  // eslint-disable-next-line typescript/no-explicit-any
  interface Matchers<T = any> extends KoboxMatchers<T> {}
}

expect.extend({ ...matchers } as unknown as Parameters<typeof expect.extend>[0]);
