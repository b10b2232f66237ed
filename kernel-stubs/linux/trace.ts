/** include/linux/trace.h: instances (kernel/trace/trace.c). */
import { EINVAL, ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

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
