/** include/linux/percpu_counter.h, as lib/percpu_counter.c does it, with one CPU. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** max(32, 2 * CPUs) */
const BATCH = 32;
const S32 = 4;

export const percpuCounterBatch = variable("int percpu_counter_batch", (k, { address }) =>
  k.memory.setU32(address, BATCH),
);

interface Counter {
  count: bigint;
  /** What the CPU has not handed in yet. */
  local: number;
}

const open = (k: Kernel, fbc: Address): Counter => {
  const count = fbc + k.offsetOf("percpu_counter", "count");
  const cpu = k.percpu.address(k.memory.pointer(fbc + k.offsetOf("percpu_counter", "counters")));
  return {
    get count() {
      return k.memory.i64(count);
    },
    set count(value) {
      k.memory.setU64(count, BigInt.asUintN(64, value));
    },
    get local() {
      return k.memory.i32(cpu);
    },
    set local(value) {
      k.memory.setU32(cpu, value >>> 0);
    },
  };
};

export const percpuCounterInit = stub(
  "int __percpu_counter_init(struct percpu_counter *fbc, s64 amount, gfp_t gfp, struct lock_class_key *key)",
  { fails: ["ENOMEM"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { percpu_counter: "fbc" } },
  (k, { fbc, amount, gfp }) => {
    const list = fbc + k.offsetOf("percpu_counter", "list");
    k.memory.setU32(fbc, 0);
    k.memory.setU64(fbc + k.offsetOf("percpu_counter", "count"), BigInt.asUintN(64, amount));
    const counters = k.percpu.alloc(S32, S32, gfp);
    k.memory.setPointer(fbc + k.offsetOf("percpu_counter", "counters"), counters);
    if (counters === 0) throw new Errno(ENOMEM);
    k.memory.setPointer(list, list);
    k.memory.setPointer(list + 8, list);
    return 0;
  },
);

export const percpuCounterDestroy = stub(
  "void percpu_counter_destroy(struct percpu_counter *fbc)",
  { releases: { percpu_counter: "fbc" } },
  (k, { fbc }) => {
    const field = fbc + k.offsetOf("percpu_counter", "counters");
    k.percpu.free(k.memory.pointer(field));
    k.memory.setPointer(field, 0);
  },
);

export const percpuCounterAddBatch = stub(
  "void percpu_counter_add_batch(struct percpu_counter *fbc, s64 amount, s32 batch)",
  (k, { fbc, amount, batch }) => {
    const counter = open(k, fbc);
    const sum = BigInt(counter.local) + amount;
    if (sum >= BigInt(batch) || sum <= -BigInt(batch)) {
      counter.count += sum;
      counter.local = 0;
    } else {
      counter.local = Number(sum);
    }
  },
);

export const percpuCounterSum = stub("s64 __percpu_counter_sum(struct percpu_counter *fbc)", (k, { fbc }) => {
  const counter = open(k, fbc);
  return counter.count + BigInt(counter.local);
});

export const percpuCounterSet = stub(
  "void percpu_counter_set(struct percpu_counter *fbc, s64 amount)",
  (k, { fbc, amount }) => {
    const counter = open(k, fbc);
    counter.local = 0;
    counter.count = amount;
  },
);

export const percpuCounterSync = stub(
  "void percpu_counter_sync(struct percpu_counter *fbc)",
  (k, { fbc }) => {
    const counter = open(k, fbc);
    counter.count += BigInt(counter.local);
    counter.local = 0;
  },
);

export const percpuCounterCompare = stub(
  "int __percpu_counter_compare(struct percpu_counter *fbc, s64 rhs, s32 batch)",
  (k, { fbc, rhs, batch }) => {
    const counter = open(k, fbc);
    const rough = counter.count - rhs;
    // Far enough apart: the CPU's share cannot change the answer.
    const close = (rough < 0n ? -rough : rough) <= BigInt(batch);
    const difference = close ? rough + BigInt(counter.local) : rough;
    return difference > 0n ? 1 : difference < 0n ? -1 : 0;
  },
);
