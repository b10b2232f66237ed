import { readFileSync, statSync } from "node:fs";
import { loadAddon } from "./addon.ts";

/** V8 holds no longer string. */
const LONGEST = (1 << 29) - 25;

/**
 * A file's bytes as latin1 text, without a copy: the file is mapped into memory. It must not be changed in
 * place, nor cut, as long as the text is used; replacing it by another is no harm. Empty for what is no plain
 * file, and for what is too long to be a string. Throws what node:fs throws.
 */
export const mapText = (path: string): string => {
  const mapped = loadAddon().mapText(path);
  if (mapped !== undefined) return mapped;
  const about = statSync(path);
  return about.isFile() && about.size <= LONGEST ? readFileSync(path, "latin1") : "";
};
