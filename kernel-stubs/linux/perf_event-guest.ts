/** include/linux/perf_event.h: what a hypervisor tells perf (kernel/events/core.c), and what perf tells it. */
import { stub } from "../../src/stub/declare.ts";

const level = { partial: "nothing is ever counted" } as const;

export const perfRegisterGuestInfoCallbacks = stub(
  "void perf_register_guest_info_callbacks(struct perf_guest_info_callbacks *cbs)",
  { acquires: { "perf guest callbacks": "cbs" }, level },
  () => {},
);
export const perfUnregisterGuestInfoCallbacks = stub(
  "void perf_unregister_guest_info_callbacks(struct perf_guest_info_callbacks *cbs)",
  { sleeps: true, releases: { "perf guest callbacks": "cbs" }, level },
  () => {},
);
/** The machine has no counters. */
export const perfGetX86PmuCapability = stub(
  "void perf_get_x86_pmu_capability(struct x86_pmu_capability *cap)",
  (k, { cap }) => k.memory.fill(cap, 0, k.sizeOf("x86_pmu_capability")),
);
