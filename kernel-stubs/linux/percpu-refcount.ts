/** include/linux/percpu-refcount.h, as lib/percpu-refcount.c does it, with one CPU. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { ATOMIC, BIAS, DEAD, FLAGS, dataFields } from "../../src/kernel/data/percpu-ref.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const INIT_ATOMIC = 1;
const INIT_DEAD = 2;
const ALLOW_REINIT = 4;

const view = (k: Kernel, ref: Address) => k.struct("percpu_ref", ref);
const counterAt = (k: Kernel, ref: Address): Address =>
  k.percpu.address(Number(BigInt.asIntN(64, view(k, ref).percpu_count_ptr & ~FLAGS)));

export const percpuRefInit = stub(
  "int percpu_ref_init(struct percpu_ref *ref, percpu_ref_func_t *release, unsigned int flags, gfp_t gfp)",
  { fails: ["ENOMEM"], acquires: { percpu_ref: "ref" } },
  (k, { ref, release, flags, gfp }) => {
    const count = k.percpu.alloc(8, 8, gfp);
    const data = count === 0 ? 0 : k.heap.kmalloc(dataFields.SIZE, gfp);
    if (count === 0 || data === 0) throw new Errno(ENOMEM);
    const atomic = (flags & (INIT_ATOMIC | INIT_DEAD)) !== 0;
    const dead = (flags & INIT_DEAD) !== 0;
    view(k, ref).percpu_count_ptr =
      BigInt.asUintN(64, BigInt(count)) | (atomic ? ATOMIC : 0n) | (dead ? DEAD : 0n);
    view(k, ref).data = data as never;
    const allow = (flags & (INIT_ATOMIC | INIT_DEAD | ALLOW_REINIT)) !== 0;
    k.memory.setU64(data + dataFields.COUNT, dead ? 0n : atomic ? 1n : BIAS + 1n);
    k.memory.setPointer(data + dataFields.RELEASE, release);
    k.memory.setU8(data + dataFields.BITS, (atomic ? 1 : 0) | (allow ? 2 : 0));
    k.memory.setPointer(data + dataFields.REF, ref);
    return 0;
  },
);
export const percpuRefExit = stub(
  "void percpu_ref_exit(struct percpu_ref *ref)",
  { releases: { percpu_ref: "ref" } },
  (k, { ref }) => {
    const { percpu_count_ptr, data } = view(k, ref);
    const count = Number(BigInt.asIntN(64, percpu_count_ptr & ~FLAGS));
    if (count !== 0) k.percpu.free(count);
    view(k, ref).percpu_count_ptr = ATOMIC | DEAD;
    view(k, ref).data = 0 as never;
    k.heap.kfree(data);
  },
);

/** From now on the count is one number; what the CPU has is added after a grace period. */
const toAtomic = (k: Kernel, ref: Address, confirm: Address): void => {
  const { data, percpu_count_ptr } = view(k, ref);
  k.memory.setPointer(data + dataFields.CONFIRM, confirm);
  if ((percpu_count_ptr & ATOMIC) !== 0n) {
    // Nothing to add up: only the confirmation is due.
    k.memory.setU64(
      data + dataFields.COUNT,
      BigInt.asUintN(64, k.memory.u64(data + dataFields.COUNT) + BIAS),
    );
    k.memory.setU64(counterAt(k, ref), 0n);
  }
  view(k, ref).percpu_count_ptr = percpu_count_ptr | ATOMIC;
  // The switch holds a reference of its own.
  const at = data + dataFields.COUNT;
  k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) + 1n));
  k.rcu.later("percpu-ref", ref);
};
const toPercpu = (k: Kernel, ref: Address): void => {
  const { data, percpu_count_ptr } = view(k, ref);
  if ((percpu_count_ptr & ATOMIC) === 0n) return;
  const at = data + dataFields.COUNT;
  k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) + BIAS));
  k.memory.setU64(counterAt(k, ref), 0n);
  view(k, ref).percpu_count_ptr = percpu_count_ptr & ~ATOMIC;
};
const switching = (k: Kernel, ref: Address): boolean =>
  k.memory.pointer(view(k, ref).data + dataFields.CONFIRM) !== 0 || k.timeline.expects("percpu-ref", ref);

export const percpuRefKillAndConfirm = stub(
  "void percpu_ref_kill_and_confirm(struct percpu_ref *ref, percpu_ref_func_t *confirm_kill)",
  function* (k, { ref, confirm_kill }) {
    const { data, percpu_count_ptr } = view(k, ref);
    view(k, ref).percpu_count_ptr = percpu_count_ptr | DEAD;
    toAtomic(k, ref, confirm_kill);
    const at = data + dataFields.COUNT;
    k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) - 1n));
    if (k.memory.u64(at) === 0n) yield* k.call(k.memory.pointer(data + dataFields.RELEASE), ref);
  },
);
export const percpuRefSwitchToAtomic = stub(
  "void percpu_ref_switch_to_atomic(struct percpu_ref *ref, percpu_ref_func_t *confirm_switch)",
  (k, { ref, confirm_switch }) => toAtomic(k, ref, confirm_switch),
);
export const percpuRefSwitchToAtomicSync = stub(
  "void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref)",
  { sleeps: true },
  (k, { ref }) => {
    if (k.current.restart === undefined) toAtomic(k, ref, 0);
    if (!switching(k, ref)) return undefined;
    k.journal.touch(k.current).restart = "switching";
    return block("a percpu_ref to switch", { deadline: k.clock.now() + 1_000_000 });
  },
);
export const percpuRefSwitchToPercpu = stub(
  "void percpu_ref_switch_to_percpu(struct percpu_ref *ref)",
  (k, { ref }) => toPercpu(k, ref),
);
export const percpuRefIsZero = stub("bool percpu_ref_is_zero(struct percpu_ref *ref)", (k, { ref }) => {
  const { percpu_count_ptr, data } = view(k, ref);
  if ((percpu_count_ptr & FLAGS) === 0n) return false;
  return data === 0 || k.memory.u64(data + dataFields.COUNT) === 0n;
});
const revive = (k: Kernel, ref: Address): void => {
  const { data, percpu_count_ptr } = view(k, ref);
  view(k, ref).percpu_count_ptr = percpu_count_ptr & ~DEAD;
  const at = data + dataFields.COUNT;
  k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) + 1n));
  if ((k.memory.u8(data + dataFields.BITS) & 1) === 0) toPercpu(k, ref);
};
export const percpuRefReinit = stub("void percpu_ref_reinit(struct percpu_ref *ref)", (k, { ref }) =>
  revive(k, ref),
);
export const percpuRefResurrect = stub("void percpu_ref_resurrect(struct percpu_ref *ref)", (k, { ref }) =>
  revive(k, ref),
);
