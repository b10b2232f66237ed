/** Exit codes of every command. */
export const EXIT = {
  CLEAN: 0,
  /** The module failed, or something was found. */
  FOUND: 1,
  /** Usage, or input that cannot be read. */
  USAGE: 2,
  /** A bug in kobox. */
  BUG: 3,
} as const;
