/** include/linux/jump_label.h, as kernel/jump_label.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { disableKey, enableKey, flipKey, keyCount, setKeyCount } from "../../src/kernel/static-keys.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnOnceAt } from "../reports.ts";

const INT_MAX = 0x7fff_ffff;

export const staticKeyCount = stub("int static_key_count(struct static_key *key)", (k, { key }) => {
  const count = keyCount(k, key);
  return count >= 0 ? count : 1;
});

/** Adds a user to a key that has some. */
const addUser = (k: Kernel, key: Address): boolean => {
  const count = keyCount(k, key);
  if (count <= 0 || count === INT_MAX) return false;
  setKeyCount(k, key, count + 1);
  return true;
};

export const staticKeyFastIncNotDisabled = stub(
  "bool static_key_fast_inc_not_disabled(struct static_key *key)",
  (k, { key }) => addUser(k, key),
);

export const staticKeySlowInc = stub(
  "bool static_key_slow_inc(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => {
    if (addUser(k, key)) return true;
    if (keyCount(k, key) !== 0) {
      warnOnceAt(k, "static_key_slow_inc_cpuslocked:177");
      return false;
    }
    flipKey(k, key, 1);
    return true;
  },
);

/** A user less while others remain, or what is no user is complained about. */
const dropUser = (k: Kernel, key: Address): boolean => {
  const count = keyCount(k, key);
  if (count < 0) warnOnceAt(k, "static_key_dec_not_one:273");
  if (count === 0) warnOnceAt(k, "static_key_dec_not_one:279");
  if (count === 0) return true;
  if (count <= 1) return false;
  setKeyCount(k, key, count - 1);
  return true;
};

export const staticKeySlowDec = stub(
  "void static_key_slow_dec(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => {
    if (dropUser(k, key)) return;
    if (keyCount(k, key) < 0) warnOnceAt(k, "__static_key_slow_dec_cpuslocked:303");
    else flipKey(k, key, 0);
  },
);

const enable = (k: Kernel, key: Address): void => {
  if (!enableKey(k, key)) warnOnceAt(k, "static_key_enable_cpuslocked:200");
};

const disable = (k: Kernel, key: Address): void => {
  if (!disableKey(k, key)) warnOnceAt(k, "static_key_disable_cpuslocked:231");
};

export const staticKeyEnable = stub(
  "void static_key_enable(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => enable(k, key),
);

export const staticKeyEnableCpuslocked = stub(
  "void static_key_enable_cpuslocked(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => enable(k, key),
);

export const staticKeyDisable = stub(
  "void static_key_disable(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => disable(k, key),
);

export const staticKeyDisableCpuslocked = stub(
  "void static_key_disable_cpuslocked(struct static_key *key)",
  { sleeps: true },
  (k, { key }) => disable(k, key),
);
