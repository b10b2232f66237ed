/** include/linux/syscore_ops.h, as drivers/base/syscore.c does it. */
import { addTail, unlink } from "../../src/kernel/data/guest-list.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const level = { partial: "the machine is never suspended" } as const;

const list = (k: Kernel): Address => k.statics.list("syscore_ops");
const nodeOf = (k: Kernel, ops: Address): Address => ops + k.offsetOf("syscore_ops", "node");

export const registerSyscoreOps = stub(
  "void register_syscore_ops(struct syscore_ops *ops)",
  { sleeps: true, acquires: { syscore_ops: "ops" }, level },
  (k, { ops }) => addTail(k.memory, nodeOf(k, ops), list(k)),
);
export const unregisterSyscoreOps = stub(
  "void unregister_syscore_ops(struct syscore_ops *ops)",
  { sleeps: true, releases: { syscore_ops: "ops" }, level },
  (k, { ops }) => unlink(k.memory, nodeOf(k, ops)),
);
