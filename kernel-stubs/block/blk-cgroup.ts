/** block/blk-cgroup.h: policies of the I/O controller (block/blk-cgroup.c). */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM, ENOSPC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { toAddress } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

/** BLKCG_MAX_POLS */
const MOST_POLICIES = 6;
const POLICY = "blkcg_policy";

const fn = (k: Kernel, policy: Address, name: string): Address =>
  k.memory.pointer(policy + k.offsetOf(POLICY, name));
/** The one group there is, that of all tasks (blkcg_root). */
const rootGroup = (k: Kernel): Address => {
  const known = k.fileSystems.named.get("blkcg_root");
  if (known !== undefined) return known;
  const made = k.statics.allocate(k.sizeOf("blkcg"));
  k.fileSystems.named.set("blkcg_root", made);
  return made;
};
const slotKey = (index: number): string => `blkcg policy ${index}`;
const dataAt = (k: Kernel, index: number): Address => rootGroup(k) + k.offsetOf("blkcg", "cpd") + index * 8;

/** Throttling, latency and the other policies that Debian's kernel has built in take the first ones. */
const BUILT_IN = 3;
const LEVEL = { partial: "no group but the root, and no files for it" } as const;

export const blkcgPolicyRegister = stub(
  "int blkcg_policy_register(struct blkcg_policy *pol)",
  { fails: ["ENOSPC", "EINVAL", "ENOMEM"], sleeps: true, acquires: { blkcg_policy: "pol" }, level: LEVEL },
  function* (k, { pol }) {
    const { named } = k.fileSystems;
    let index = BUILT_IN;
    while (index < MOST_POLICIES && named.has(slotKey(index))) index += 1;
    if (index >= MOST_POLICIES) {
      k.printk(4, "blkcg_policy_register: BLKCG_MAX_POLS too small");
      throw new Errno(ENOSPC);
    }
    const [alloc, free] = [fn(k, pol, "cpd_alloc_fn"), fn(k, pol, "cpd_free_fn")];
    const paired = (fn(k, pol, "pd_alloc_fn") === 0) === (fn(k, pol, "pd_free_fn") === 0);
    if ((alloc === 0) !== (free === 0) || !paired) throw new Errno(ENOSPC);
    k.memory.setU32(pol + k.offsetOf(POLICY, "plid"), index);
    if (alloc !== 0) {
      const data = toAddress(yield* k.call(alloc, GFP_KERNEL));
      if (data === 0) throw new Errno(ENOMEM);
      k.memory.setPointer(dataAt(k, index), data);
      k.memory.setPointer(data + k.offsetOf("blkcg_policy_data", "blkcg"), rootGroup(k));
      k.memory.setU32(data + k.offsetOf("blkcg_policy_data", "plid"), index);
      const init = fn(k, pol, "cpd_init_fn");
      if (init !== 0) yield* k.call(init, data);
    }
    named.set(slotKey(index), pol);
    return 0;
  },
);
export const blkcgPolicyUnregister = stub(
  "void blkcg_policy_unregister(struct blkcg_policy *pol)",
  { sleeps: true, releases: { blkcg_policy: "pol" } },
  function* (k, { pol }) {
    const index = k.memory.i32(pol + k.offsetOf(POLICY, "plid"));
    if (k.fileSystems.named.get(slotKey(index)) !== pol) return;
    k.fileSystems.named.delete(slotKey(index));
    const data = k.memory.pointer(dataAt(k, index));
    const free = fn(k, pol, "cpd_free_fn");
    if (free === 0 || data === 0) return;
    k.memory.setPointer(dataAt(k, index), 0);
    yield* k.call(free, data);
  },
);
