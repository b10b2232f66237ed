/** include/linux/kernel.h: trace_printk, as kernel/trace/trace_printk.c and trace.c do it. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

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
