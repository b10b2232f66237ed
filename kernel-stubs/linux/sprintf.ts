/** Formatting into memory (include/linux/kernel.h, later include/linux/sprintf.h; lib/vsprintf.c). */
import { vaListArgs, variadicArgs } from "../../src/abi/varargs.ts";
import { INT_MAX, formatInto, writtenLength } from "../../src/kernel/printf/guest-format.ts";
import { scanText } from "../../src/kernel/scanf.ts";
import { stub } from "../../src/stub/declare.ts";

export const sprintf = stub("int sprintf(char *buf, const char *fmt, ...)", (k, { buf, fmt }, call) =>
  formatInto(k, buf, INT_MAX, fmt, call),
);

export const snprintf = stub(
  "int snprintf(char *buf, size_t size, const char *fmt, ...)",
  (k, { buf, size, fmt }, call) => formatInto(k, buf, size, fmt, call),
);

export const scnprintf = stub(
  "int scnprintf(char *buf, size_t size, const char *fmt, ...)",
  (k, { buf, size, fmt }, call) =>
    size === 0 ? 0 : writtenLength(formatInto(k, buf, size, fmt, call), size),
);

export const vsprintf = stub(
  "int vsprintf(char *buf, const char *fmt, va_list args)",
  (k, { buf, fmt, args }) => formatInto(k, buf, INT_MAX, fmt, { list: args }),
);

export const vsnprintf = stub(
  "int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)",
  (k, { buf, size, fmt, args }) => formatInto(k, buf, size, fmt, { list: args }),
);

export const vscnprintf = stub(
  "int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)",
  (k, { buf, size, fmt, args }) =>
    size === 0 ? 0 : writtenLength(formatInto(k, buf, size, fmt, { list: args }), size),
);

export const sscanf = stub("int sscanf(const char *buf, const char *fmt, ...)", (k, { buf, fmt }, call) =>
  scanText(k.memory.cstring(buf), k.memory.cstring(fmt), variadicArgs(k.memory, call), k.memory),
);

export const vsscanf = stub(
  "int vsscanf(const char *buf, const char *fmt, va_list args)",
  (k, { buf, fmt, args }) =>
    scanText(k.memory.cstring(buf), k.memory.cstring(fmt), vaListArgs(k.memory, args), k.memory),
);
