/** Formatting into memory (include/linux/kernel.h, later include/linux/sprintf.h; lib/vsprintf.c). */
import { type VarArgs, vaListArgs, variadicArgs } from "../../src/abi/varargs.ts";
import { type Address, toAddress } from "../../src/base/address.ts";
import { byteStringToBytes } from "../../src/base/bytes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { below, faultsAt } from "../../src/kernel/printf/fault-places.ts";
import type { Formatted } from "../../src/kernel/printf/sink.ts";
import { INT_MAX, formatGuest, formatInto, writtenLength } from "../../src/kernel/printf/guest-format.ts";
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

/** `via`: what of the kernel lies between vsscanf and the module. */
const scan = (k: Kernel, buf: Address, fmt: Address, args: VarArgs, via: readonly string[]): number => {
  try {
    const text = faultsAt(["vsscanf+0x10e/0x7e0"], () => k.memory.cstring(buf));
    return faultsAt(["vsscanf+0x600/0x7e0"], () => scanText(text, k.memory.cstring(fmt), args, k.memory));
  } catch (error) {
    below(error, via);
    throw error;
  }
};

export const sscanf = stub("int sscanf(const char *buf, const char *fmt, ...)", (k, { buf, fmt }, call) =>
  scan(k, buf, fmt, variadicArgs(k.memory, call), ["sscanf+0x56/0x80"]),
);

export const vsscanf = stub(
  "int vsscanf(const char *buf, const char *fmt, va_list args)",
  (k, { buf, fmt, args }) => scan(k, buf, fmt, vaListArgs(k.memory, args), []),
);

const ALLOCATES = {
  fails: ["NULL"],
  sleeps: ({ gfp }: { readonly gfp: number }): boolean => maySleep(gfp),
  acquires: { slab: "return" },
} as const;

/** A formatted text in memory of its own; 0 when there is none. */
const allocateText = (k: Kernel, gfp: number, { text, length }: Formatted): Address => {
  const address = k.heap.kmalloc(length + 1, gfp);
  if (address !== 0) k.memory.write(address, byteStringToBytes(`${text}\0`));
  return address;
};

export const kasprintf = stub(
  "char *kasprintf(gfp_t gfp, const char *fmt, ...)",
  ALLOCATES,
  (k, { gfp, fmt }, call) => allocateText(k, gfp, formatGuest(k, fmt, call)),
);

export const kvasprintf = stub(
  "char *kvasprintf(gfp_t gfp, const char *fmt, va_list ap)",
  ALLOCATES,
  (k, { gfp, fmt, ap }) => allocateText(k, gfp, formatGuest(k, fmt, { list: ap })),
);

/** Text without conversions that lies in the kernel itself is shared (`kstrdup_const`). */
export const kvasprintfConst = stub(
  "const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list ap)",
  ALLOCATES,
  (k, { gfp, fmt, ap }) => {
    const format = k.memory.cstring(fmt);
    if (!format.includes("%")) return duplicate(k, fmt, gfp);
    if (format === "%s") return duplicate(k, toAddress(vaListArgs(k.memory, ap).next()), gfp);
    return allocateText(k, gfp, formatGuest(k, fmt, { list: ap }));
  },
);

const duplicate = (k: Kernel, from: Address, gfp: number): Address => {
  if (from === 0 || k.image.contains(from)) return from;
  const text = k.memory.cstring(from);
  return allocateText(k, gfp, { text, length: text.length });
};
