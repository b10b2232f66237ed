/** include/linux/smp.h, as kernel/smp.c does it, with one CPU. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { ENXIO } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const hasCpu0 = (k: Kernel, mask: Address): boolean => mask === 0 || (k.memory.u64(mask) & 1n) !== 0n;

/** Calls with interrupts off, as an interrupt from another CPU would. */
export function* onThisCpu(k: Kernel, fn: Address, ...args: Address[]): Routine<bigint> {
  const were = k.cpu.irqsDisabled();
  k.cpu.setIrqs("off");
  const answer = yield* k.call(fn, ...args);
  if (!were) k.cpu.setIrqs("on");
  return answer;
}

export const smpCallFunctionSingle = stub(
  "int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)",
  { fails: ["ENXIO"] },
  function* (k, { cpu, func, info }) {
    if (cpu !== 0) return -ENXIO;
    yield* onThisCpu(k, func, info);
    return 0;
  },
);
export const smpCallFunctionSingleAsync = stub(
  "int smp_call_function_single_async(int cpu, struct __call_single_data *csd)",
  { fails: ["ENXIO", "EBUSY"] },
  function* (k, { cpu, csd }) {
    if (cpu !== 0) return -ENXIO;
    const { func, info } = k.struct("__call_single_data", csd);
    yield* onThisCpu(k, func, info);
    return 0;
  },
);
export const smpCallFunctionAny = stub(
  "int smp_call_function_any(const struct cpumask *mask, smp_call_func_t func, void *info, int wait)",
  { fails: ["ENXIO"] },
  function* (k, { mask, func, info }) {
    if (!hasCpu0(k, mask)) return -ENXIO;
    yield* onThisCpu(k, func, info);
    return 0;
  },
);
/** These call on the other CPUs, of which there are none. */
export const smpCallFunction = stub(
  "void smp_call_function(smp_call_func_t func, void *info, int wait)",
  () => {},
);
export const smpCallFunctionMany = stub(
  `void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)`,
  () => {},
);
export const onEachCpuCondMask = stub(
  `void on_each_cpu_cond_mask(smp_cond_func_t cond_func, smp_call_func_t func, void *info, bool wait,
      const struct cpumask *mask)`,
  function* (k, { cond_func, func, info, mask }) {
    if (!hasCpu0(k, mask)) return;
    if (cond_func !== 0 && ((yield* k.call(cond_func, 0, info)) & 0xffn) === 0n) return;
    yield* onThisCpu(k, func, info);
  },
);
export const smpCallOnCpu = stub(
  "int smp_call_on_cpu(unsigned int cpu, int (*func)(void *), void *par, bool phys)",
  { sleeps: true, fails: ["ENXIO"] },
  function* (k, { cpu, func, par }) {
    return cpu === 0 ? asInt(yield* k.call(func, par)) : -ENXIO;
  },
);
export const wakeUpAllIdleCpus = stub("void wake_up_all_idle_cpus(void)", () => {});
