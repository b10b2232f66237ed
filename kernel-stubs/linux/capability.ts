/** include/linux/capability.h, as kernel/capability.c does it. */
import { CAPABILITIES } from "../../src/base/capabilities.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

/** ns_capable_common(): dies of a number that is no capability. */
const callerIsCapable = (k: Kernel, cap: number): boolean => {
  if (cap < 0 || cap >= CAPABILITIES.length) {
    k.printk(2, `capable() called with invalid cap=${cap >>> 0}`);
    bugAt(k, "ns_capable:7");
  }
  return k.processes.capable(cap);
};
export const capable = stub("bool capable(int cap)", (k, { cap }) => callerIsCapable(k, cap));
export const nsCapable = stub("bool ns_capable(struct user_namespace *ns, int cap)", (k, { cap }) =>
  callerIsCapable(k, cap),
);
export const hasCapability = stub("bool has_capability(struct task_struct *t, int cap)", (k, { t, cap }) => {
  const pid = k.struct("task_struct", t).pid;
  const process = k.processes.find(pid);
  return process === undefined || (process.capabilities & (1n << BigInt(cap & 63))) !== 0n;
});
export const fileNsCapable = stub(
  "bool file_ns_capable(const struct file *file, struct user_namespace *ns, int cap)",
  { level: { partial: "looks at the caller, not at who opened the file" } },
  (k, { cap }) => cap >= 0 && cap < CAPABILITIES.length && k.processes.capable(cap),
);
