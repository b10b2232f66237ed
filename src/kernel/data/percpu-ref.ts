import type { Kernel } from "../kernel.ts";

/** struct percpu_ref_data, which is private to lib/percpu-refcount.c but for its first fields. */
export const dataFields = { COUNT: 0, RELEASE: 8, CONFIRM: 16, BITS: 24, REF: 48, SIZE: 56 } as const;

/** Low bits of percpu_count_ptr. */
export const ATOMIC = 1n;
export const DEAD = 2n;
export const FLAGS = 3n;
/** PERCPU_COUNT_BIAS: keeps the number from 0 while CPUs have counts of their own. */
export const BIAS = 1n << 63n;

/** percpu_ref_switch_to_atomic_rcu(): a grace period later nobody uses the CPU's own count any more. */
export const handlePercpuRefs = (k: Kernel): void => {
  k.interrupts.handle("percpu-ref", {
    context: "softirq",
    name: "percpu_ref_switch_to_atomic_rcu+0x12b/0x140",
    *act(ref) {
      if (k.rcu.busy()) return k.rcu.later("percpu-ref", ref);
      const { data, percpu_count_ptr } = k.struct("percpu_ref", ref);
      const counter = k.percpu.address(Number(BigInt.asIntN(64, percpu_count_ptr & ~FLAGS)));
      const at = data + dataFields.COUNT;
      k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) + k.memory.u64(counter) - BIAS));
      k.memory.setU64(counter, 0n);
      const confirm = k.memory.pointer(data + dataFields.CONFIRM);
      k.memory.setPointer(data + dataFields.CONFIRM, 0);
      if (confirm !== 0) yield* k.call(confirm, ref);
      k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) - 1n));
      if (k.memory.u64(at) === 0n) yield* k.call(k.memory.pointer(data + dataFields.RELEASE), ref);
    },
  });
};
