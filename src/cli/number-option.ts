import { KoboxError } from "../base/errors.ts";

/** A command-line number within limits. KoboxError "usage". */
export const numberOption = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new KoboxError("usage", `--${name}: ${text} is not a whole number from ${least} to ${most}`);
};
