/** Static keys: flipping one patches the branches of every module that tests it (kernel/jump_label.c). */
import type { Address } from "../base/address.ts";
import { jumpLabelPatch, jumpLabelType, type StaticKeyState } from "../loader/jump-labels.ts";
import type { Kernel } from "./kernel.ts";
import { MODULE_STATE, type Module } from "./modules/module.ts";

/** -1 while the first user's branches are being patched. */
export const keyCount = (k: Kernel, key: Address): number => k.memory.i32(key);

export const setKeyCount = (k: Kernel, key: Address, count: number): void =>
  k.memory.setU32(key, count >>> 0);

const patchModule = (k: Kernel, module: Module, key: Address): void => {
  const enabled = keyCount(k, key) !== 0;
  const coming = k.modules.list.state(module) === MODULE_STATE.COMING;
  for (const entry of module.jumpEntries) {
    if (entry.key !== key || (entry.init && !coming)) continue;
    const { address, bytes } = jumpLabelPatch(entry, jumpLabelType(entry, enabled));
    k.machine.poke(address, bytes);
    k.machine.codeChanged(address, bytes.length);
  }
};

/** jump_label_update(): makes all branches on the key agree with its count. */
export const updateBranches = (k: Kernel, key: Address): void => {
  for (const module of k.modules.list.all()) patchModule(k, module, key);
};

const KEY_TYPE = 8;
const JUMP_TYPE_TRUE = 1;

/** A key as it is and as it was declared: what a module that tests it must be patched for. */
export const staticKeyState = (k: Kernel, key: Address): StaticKeyState => ({
  enabled: keyCount(k, key) !== 0,
  initially: (k.memory.u8(key + KEY_TYPE) & JUMP_TYPE_TRUE) !== 0,
});

/** Sets the count, and makes the branches agree with it. */
export const flipKey = (k: Kernel, key: Address, count: number): void => {
  setKeyCount(k, key, count);
  updateBranches(k, key);
};

/** static_key_enable(): for keys with no user or one. False, and nothing is done, when it has more. */
export const enableKey = (k: Kernel, key: Address): boolean => {
  const count = keyCount(k, key);
  if (count === 0) flipKey(k, key, 1);
  return count <= 1;
};

/** static_key_disable(): the same the other way. */
export const disableKey = (k: Kernel, key: Address): boolean => {
  const count = keyCount(k, key);
  if (count === 1) flipKey(k, key, 0);
  return count === 0 || count === 1;
};
