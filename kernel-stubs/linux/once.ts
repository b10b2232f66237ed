/** include/linux/once.h, as lib/once.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { keyCount, setKeyCount, updateBranches } from "../../src/kernel/static-keys.ts";
import { stub } from "../../src/stub/declare.ts";

/** EFLAGS.IF, and the bit that is always set. */
const FLAGS_IF = 0x200n;
const FLAGS_FIXED = 0x2n;

/** The kernel does it later, from a work item; nobody can tell, since `done` already says so. */
const disableBranch = (k: Kernel, key: Address): void => {
  if (keyCount(k, key) !== 1) return;
  setKeyCount(k, key, 0);
  updateBranches(k, key);
};

/** True once, and then with the lock held that __do_once_done() drops. */
export const doOnceStart = stub(
  "bool __do_once_start(bool *done, unsigned long *flags)",
  (k, { done, flags }) => {
    k.memory.setU64(flags, FLAGS_FIXED | (k.cpu.irqsDisabled() ? 0n : FLAGS_IF));
    if (k.memory.u8(done) !== 0) return false;
    k.cpu.setIrqs("off");
    k.cpu.addPreemptCount(1);
    return true;
  },
);

export const doOnceDone = stub(
  "void __do_once_done(bool *done, struct static_key_true *once_key, unsigned long *flags, struct module *mod)",
  (k, { done, once_key, flags }) => {
    k.memory.setU8(done, 1);
    k.cpu.addPreemptCount(-1);
    if ((k.memory.u64(flags) & FLAGS_IF) !== 0n) k.cpu.setIrqs("on");
    disableBranch(k, once_key);
  },
);

/** What is done between start and done may sleep; one process at a time runs it here. */
export const doOnceSleepableStart = stub(
  "bool __do_once_sleepable_start(bool *done)",
  { sleeps: true, level: { partial: "a second task does not wait for the first one to finish" } },
  (k, { done }) => k.memory.u8(done) === 0,
);

export const doOnceSleepableDone = stub(
  "void __do_once_sleepable_done(bool *done, struct static_key_true *once_key, struct module *mod)",
  (k, { done, once_key }) => {
    k.memory.setU8(done, 1);
    disableBranch(k, once_key);
  },
);
