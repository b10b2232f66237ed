/** The console's key maps (drivers/tty/vt/defkeymap.map) and the keyboard's scancodes, as the kernel has them built in. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** `count` numbers of 16 bits of one of the kernel's tables. */
const shorts = (k: Kernel, at: Address, count: number): number[] => {
  const numbers = Array.from({ length: count }, () => 0);
  for (const { address, bytes } of k.profile.contents(at, at + count * 2))
    if (address === at)
      for (let index = 0; index < Math.min(bytes.length, count * 2); index += 1)
        numbers[index >> 1] = (numbers[index >> 1] ?? 0) | ((bytes[index] ?? 0) << (8 * (index & 1)));
  return numbers;
};

const tableAt = (k: Kernel, name: string): Address => k.profile.kernelSymbol(name)?.address ?? 0;

/** By the combination of modifiers, where it has one: keysyms by keycode. */
export type KeyMaps = ReadonlyMap<number, readonly number[]>;

const KEYS = 256;
const COMBINATIONS = 256;

export const readKeyMaps = (k: Kernel): KeyMaps => {
  const maps = new Map<number, readonly number[]>();
  // Pointers: the low 32 bits say where, the high ones that there is one.
  const pointers = shorts(k, tableAt(k, "key_maps"), COMBINATIONS * 4);
  for (let index = 0; index < COMBINATIONS; index += 1) {
    const low = (pointers[index * 4] ?? 0) + (pointers[index * 4 + 1] ?? 0) * 0x10000;
    if (low !== 0) maps.set(index, shorts(k, low - 2 ** 32, KEYS));
  }
  return maps;
};

/** atkbd_set_keycode_table() of a keyboard whose codes are translated: keycodes by scancode. */
export const readScancodes = (k: Kernel): readonly number[] => {
  const set2 = shorts(k, tableAt(k, "atkbd_set2_keycode"), 512);
  const translated = shorts(k, tableAt(k, "atkbd_unxlate_table"), 128);
  return [0, 0x80].flatMap((extended) => translated.map((code) => set2[code | extended] ?? 0));
};
