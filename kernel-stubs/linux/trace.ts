/** include/linux/kernel.h and trace.h: trace_printk and instances (kernel/trace/trace_printk.c, trace.c). */
import { EINVAL, ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";
import { setEvents } from "../../src/kernel/tracing/set-events.ts";

const write = (k: Kernel, ip: bigint, text: string): number => {
  k.tracing.buffer.add(text, Number(BigInt.asIntN(64, ip)));
  return text.length;
};

export const traceBprintk = stub(
  "int __trace_bprintk(unsigned long ip, const char *fmt, ...)",
  (k, { ip, fmt }, call) => write(k, ip, formatGuest(k, fmt, call).text),
);

export const tracePrintk = stub(
  "int __trace_printk(unsigned long ip, const char *fmt, ...)",
  (k, { ip, fmt }, call) => write(k, ip, formatGuest(k, fmt, call).text),
);

export const ftraceVbprintk = stub(
  "int __ftrace_vbprintk(unsigned long ip, const char *fmt, va_list ap)",
  (k, { ip, fmt, ap }) => write(k, ip, formatGuest(k, fmt, { list: ap }).text),
);

export const ftraceVprintk = stub(
  "int __ftrace_vprintk(unsigned long ip, const char *fmt, va_list ap)",
  (k, { ip, fmt, ap }) => write(k, ip, formatGuest(k, fmt, { list: ap }).text),
);

export const traceBputs = stub("int __trace_bputs(unsigned long ip, const char *str)", (k, { ip, str }) =>
  write(k, ip, k.memory.cstring(str)),
);

export const tracePuts = stub(
  "int __trace_puts(unsigned long ip, const char *str, int size)",
  (k, { ip, str, size }) => write(k, ip, k.memory.cstring(str).slice(0, size)),
);

export const traceArrayGetByName = stub(
  "struct trace_array *trace_array_get_by_name(const char *name)",
  { fails: ["NULL"], sleeps: true, acquires: { "trace instance": "return" } },
  (k, { name }) => k.tracing.instances.get(k.memory.cstring(name)),
);

export const traceArrayPut = stub(
  "void trace_array_put(struct trace_array *this_tr)",
  { releases: { "trace instance": "this_tr" } },
  (k, { this_tr }) => k.tracing.instances.put(this_tr),
);

export const traceArrayDestroy = stub(
  "int trace_array_destroy(struct trace_array *this_tr)",
  { fails: ["EINVAL", "ENODEV", "EBUSY"], sleeps: true },
  (k, { this_tr }) => {
    if (this_tr === 0) throw new Errno(EINVAL);
    k.tracing.instances.destroy(this_tr);
    return 0;
  },
);

export const traceArrayInitPrintk = stub(
  "int trace_array_init_printk(struct trace_array *tr)",
  { fails: ["ENOENT", "EINVAL", "ENOMEM"], sleeps: true },
  (k, { tr }) => {
    if (tr === 0) throw new Errno(ENOENT);
    k.tracing.allocateBuffers();
    return 0;
  },
);

export const traceArrayPrintk = stub(
  "int trace_array_printk(struct trace_array *tr, unsigned long ip, const char *fmt, ...)",
  { fails: ["ENOENT"] },
  (k, { tr, ip, fmt }, call) => {
    const buffer = k.tracing.instances.buffer(tr);
    if (buffer === undefined) throw new Errno(ENOENT);
    if (!k.tracing.hasBuffers) return 0;
    const { text } = formatGuest(k, fmt, call);
    buffer.add(text, Number(BigInt.asIntN(64, ip)));
    return text.length;
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
