import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import type { LoadedTable } from "./loaded-table.ts";
import { relativeTarget } from "./text-patching.ts";

const LOCK_PREFIX = 0xf0;
const DS_PREFIX = 0x3e;

/**
 * alternatives_smp_unlock() of arch/x86/kernel/alternative.c: on one CPU, lock prefixes in .text
 * become prefixes without effect. Other text, as .init.text, keeps them.
 */
export const removeLocks = (image: ModuleImage, locks: LoadedTable, text: LoadedTable): void => {
  for (let at = 0; at + 4 <= locks.view.byteLength; at += 4) {
    if (locks.view.getInt32(at, true) === 0) continue;
    const address = relativeTarget(locks.view, locks.address, at);
    if (address < text.address || address >= text.address + text.bytes.length) continue;
    const code = imageBytes(image, address, 1);
    if (code?.[0] === LOCK_PREFIX) code[0] = DS_PREFIX;
  }
};
