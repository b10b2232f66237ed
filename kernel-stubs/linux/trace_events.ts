/** include/linux/trace_events.h, as kernel/trace does it: events are made into lines when they are committed. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { setEvents } from "../../src/kernel/tracing/set-events.ts";
import { stub } from "../../src/stub/declare.ts";

const HANDLED = 1;
/** enum trace_reg: perf's kinds of registration come after these. */
const REG_UNREGISTER = 1;

export const traceEventRawInit = stub("int trace_event_raw_init(struct trace_event_call *call)", () => 0);

export const traceEventReg = stub(
  "int trace_event_reg(struct trace_event_call *call, enum trace_reg type, void *data)",
  { sleeps: true, level: { partial: "perf's events never come" } },
  function* (k, { call, type }) {
    const event = k.tracing.events.all().find((one) => one.call === call);
    if (event !== undefined && type <= REG_UNREGISTER) yield* k.tracing.events.enable(event, type === 0);
    return 0;
  },
);

export const traceTriggerSoftDisabled = stub(
  "bool __trace_trigger_soft_disabled(struct trace_event_file *file)",
  () => false,
);

export const traceEventBufferReserve = stub(
  "void *trace_event_buffer_reserve(struct trace_event_buffer *fbuffer, struct trace_event_file *trace_file, unsigned long len)",
  { fails: ["NULL"] },
  (k, { fbuffer, trace_file, len }) => {
    const entry = k.tracing.events.reserve(trace_file, Number(len));
    const view = k.struct("trace_event_buffer", fbuffer);
    view.trace_file = trace_file;
    view.entry = entry as typeof view.entry;
    return entry;
  },
);

export const traceEventBufferCommit = stub(
  "void trace_event_buffer_commit(struct trace_event_buffer *fbuffer)",
  function* (k, { fbuffer }) {
    const { trace_file: file, entry } = k.struct("trace_event_buffer", fbuffer);
    yield* k.tracing.events.commit(file, entry);
  },
);

/** trace_seq_init() */
const startSequence = (k: Kernel, at: Address): void => {
  const { seq } = k.struct("trace_seq", at);
  seq.buffer = at as typeof seq.buffer;
  seq.size = k.offsetOf("trace_seq", "seq");
  seq.len = 0;
};

export const traceRawOutputPrep = stub(
  "int trace_raw_output_prep(struct trace_iterator *iter, struct trace_event *event)",
  (k, { iter, event }) => {
    startSequence(k, iter + k.offsetOf("trace_iterator", "tmp_seq"));
    const call: Address = event - k.offsetOf("trace_event_call", "event");
    k.tracing.events.print(`${k.tracing.events.nameOf(call)}: `);
    return HANDLED;
  },
);

export const traceEventPrintf = stub(
  "void trace_event_printf(struct trace_iterator *iter, const char *fmt, ...)",
  (k, { fmt }, call) => k.tracing.events.print(formatGuest(k, fmt, call).text),
);

export const traceHandleReturn = stub(
  "enum print_line_t trace_handle_return(struct trace_seq *s)",
  () => HANDLED,
);

/** As writing to set_event: what is called `event`, of `system`; either may be left out. */
export const traceSetClrEvent = stub(
  "int trace_set_clr_event(const char *system, const char *event, int set)",
  { fails: ["EINVAL"], sleeps: true },
  function* (k, { system, event, set }) {
    yield* setEvents(k, { system, event, on: set !== 0 });
    return 0;
  },
);

export const traceArraySetClrEvent = stub(
  "int trace_array_set_clr_event(struct trace_array *tr, const char *system, const char *event, bool enable)",
  { fails: ["ENOENT", "EINVAL"], sleeps: true, level: { partial: "events go to the main buffer only" } },
  function* (k, args) {
    yield* setEvents(k, { system: args.system, event: args.event, on: args.enable });
    return 0;
  },
);
