/** include/linux/stop_machine.h, as kernel/stop_machine.c does it. */
import { asInt } from "../../src/abi/calls.ts";
import { stub } from "../../src/stub/declare.ts";
import { onThisCpu } from "./smp.ts";

export const stopMachine = stub(
  "int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)",
  { sleeps: true },
  function* (k, { fn, data }) {
    return asInt(yield* onThisCpu(k, fn, data));
  },
);
