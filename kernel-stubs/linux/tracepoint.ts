/** include/linux/tracepoint.h, as kernel/tracepoint.c does it. */
import { addProbe, DEFAULT_PRIO, removeProbe } from "../../src/kernel/tracing/tracepoints.ts";
import { stub } from "../../src/stub/declare.ts";

const LEVEL = {
  partial: "tracepoints of the kernel itself are passed only when fired from outside",
} as const;

export const tracepointProbeRegister = stub(
  "int tracepoint_probe_register(struct tracepoint *tp, void *probe, void *data)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true, acquires: { "tracepoint probe": "probe" }, level: LEVEL },
  function* (k, { tp, probe, data }) {
    yield* addProbe(k, tp, { func: probe, data, prio: DEFAULT_PRIO });
    return 0;
  },
);

export const tracepointProbeRegisterPrio = stub(
  "int tracepoint_probe_register_prio(struct tracepoint *tp, void *probe, void *data, int prio)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true, acquires: { "tracepoint probe": "probe" }, level: LEVEL },
  function* (k, { tp, probe, data, prio }) {
    yield* addProbe(k, tp, { func: probe, data, prio });
    return 0;
  },
);

export const tracepointProbeUnregister = stub(
  "int tracepoint_probe_unregister(struct tracepoint *tp, void *probe, void *data)",
  { fails: ["ENOENT"], sleeps: true, releases: { "tracepoint probe": "probe" } },
  function* (k, { tp, probe, data }) {
    yield* removeProbe(k, tp, { func: probe, data });
    return 0;
  },
);

export const forEachKernelTracepoint = stub(
  "void for_each_kernel_tracepoint(void (*fct)(struct tracepoint *, void *), void *priv)",
  function* (k, { fct, priv }) {
    for (const tracepoint of k.tracing.tracepoints()) yield* k.call(fct, tracepoint, priv);
  },
);
