/** include/linux/cred.h, capability.h, uidgid.h: everybody is root of the first user namespace. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { CAPABILITIES } from "../../src/base/capabilities.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

const OVERFLOW = 65534;
const INVALID = 0xffff_ffff;
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

export const fromKuid = stub("uid_t from_kuid(struct user_namespace *targ, kuid_t kuid)", (_k, { kuid }) =>
  Number(kuid),
);
export const fromKgid = stub("gid_t from_kgid(struct user_namespace *targ, kgid_t kgid)", (_k, { kgid }) =>
  Number(kgid),
);
const munged = (id: number): number => (id === INVALID ? OVERFLOW : id);
export const fromKuidMunged = stub(
  "uid_t from_kuid_munged(struct user_namespace *targ, kuid_t kuid)",
  (_k, { kuid }) => munged(Number(kuid)),
);
export const fromKgidMunged = stub(
  "gid_t from_kgid_munged(struct user_namespace *targ, kgid_t kgid)",
  (_k, { kgid }) => munged(Number(kgid)),
);

/** ns_capable_common(): dies of a number that is no capability. */
const callerIsCapable = (k: Kernel, cap: number): boolean => {
  if (cap < 0 || cap >= CAPABILITIES.length) {
    k.printk(2, `capable() called with invalid cap=${cap >>> 0}\n`);
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

const newCred = (k: Kernel, from: Address): Address => {
  const made = k.heap.kmalloc(k.sizeOf("cred"), GFP_KERNEL);
  if (made === 0) return 0;
  if (from !== 0) k.memory.write(made, k.memory.bytes(from, k.sizeOf("cred")));
  k.struct("cred", made).usage.counter = 1n;
  return made;
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
  (k, args) => k.heap.kfree(args.new),
);
export const putCred = stub(
  "void __put_cred(struct cred *cred)",
  { releases: { cred: "cred" } },
  (k, { cred }) => k.heap.kfree(cred),
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
export const makeKuid = stub("kuid_t make_kuid(struct user_namespace *ns, uid_t uid)", (_k, { uid }) => uid);
export const makeKgid = stub("kgid_t make_kgid(struct user_namespace *ns, gid_t gid)", (_k, { gid }) => gid);
