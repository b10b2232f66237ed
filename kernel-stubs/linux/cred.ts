/** include/linux/cred.h, as kernel/cred.c does it: everybody is root of the first user namespace. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const EXTENT = 4;

/** struct uid_gid_map with the one extent that maps every id to itself. */
const identityMap = (k: Kernel, map: Address): void => {
  k.memory.setU32(map, 1);
  // The extents follow the count on an 8-byte boundary: first, lower_first, count.
  const at = map + 8;
  k.memory.setU32(at, 0);
  k.memory.setU32(at + EXTENT, 0);
  k.memory.setU32(at + 2 * EXTENT, 0xffff_ffff);
};

export const initUserNs = variable("struct user_namespace init_user_ns", (k, { address }) => {
  for (const map of ["uid_map", "gid_map", "projid_map"] as const)
    identityMap(k, address + k.offsetOf("user_namespace", map));
});

const KEYRINGS = ["session_keyring", "process_keyring", "thread_keyring", "request_key_auth"] as const;
const keyringsOf = (k: Kernel, cred: Address): Address[] =>
  KEYRINGS.map((field) => k.struct("cred", cred)[field]).filter((key) => key !== 0);

const newCred = (k: Kernel, from: Address): Address => {
  const made = k.heap.kmalloc(k.sizeOf("cred"), GFP_KERNEL);
  if (made === 0) return 0;
  if (from !== 0) k.memory.write(made, k.memory.bytes(from, k.sizeOf("cred")));
  k.struct("cred", made).usage.counter = 1n;
  for (const key of keyringsOf(k, made)) k.struct("key", key).usage.refs.counter += 1;
  return made;
};
/** put_cred_rcu(): its keyrings lose a reference each. */
const freeCred = function* (k: Kernel, cred: Address): Routine<void> {
  for (const key of keyringsOf(k, cred)) yield* k.keys.put(key);
  k.heap.kfree(cred);
};
const currentCred = (k: Kernel): Address => k.struct("task_struct", k.current.taskStruct).cred;

export const prepareCreds = stub(
  "struct cred *prepare_creds(void)",
  { fails: ["NULL"], sleeps: true, acquires: { cred: "return" } },
  (k) => newCred(k, currentCred(k)),
);
export const prepareKernelCred = stub(
  "struct cred *prepare_kernel_cred(struct task_struct *daemon)",
  { fails: ["NULL"], sleeps: true, acquires: { cred: "return" } },
  (k, { daemon }) => newCred(k, daemon === 0 ? 0 : k.struct("task_struct", daemon).cred),
);
export const commitCreds = stub(
  "int commit_creds(struct cred *new)",
  {
    releases: { cred: "new" },
    level: { partial: "the sandbox's own checks still see the process as it was" },
  },
  (k, args) => {
    const task = k.struct("task_struct", k.current.taskStruct);
    task.cred = args.new;
    task.real_cred = args.new;
    return 0;
  },
);
export const overrideCreds = stub("const struct cred *override_creds(const struct cred *new)", (k, args) => {
  const task = k.struct("task_struct", k.current.taskStruct);
  const old = task.cred;
  k.struct("cred", args.new).usage.counter += 1n;
  task.cred = args.new;
  return old;
});
const put = (k: Kernel, cred: Address): void => {
  const { usage } = k.struct("cred", cred);
  usage.counter -= 1n;
};
export const revertCreds = stub("void revert_creds(const struct cred *old)", (k, { old }) => {
  const task = k.struct("task_struct", k.current.taskStruct);
  const current = task.cred;
  task.cred = old;
  put(k, current);
});
export const abortCreds = stub(
  "void abort_creds(struct cred *new)",
  { releases: { cred: "new" } },
  function* (k, args) {
    yield* freeCred(k, args.new);
  },
);
export const putCred = stub(
  "void __put_cred(struct cred *cred)",
  { releases: { cred: "cred" } },
  function* (k, { cred }) {
    yield* freeCred(k, cred);
  },
);
export const getTaskCred = stub(
  "const struct cred *get_task_cred(struct task_struct *task)",
  { acquires: { cred: "return" } },
  (k, { task }) => {
    const { real_cred } = k.struct("task_struct", task);
    k.struct("cred", real_cred).usage.counter += 1n;
    return real_cred;
  },
);
