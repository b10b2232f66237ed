/** include/linux/printk.h, as kernel/printk/printk.c and lib/hexdump.c do it. */
import type { Address } from "../../src/base/address.ts";
import { bytesToByteString } from "../../src/base/bytes.ts";
import { hexLine, rowSize } from "../../src/kernel/hexdump.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { LOG_LINE_MAX } from "../../src/kernel/log/log.ts";
import type { DeviceInfo } from "../../src/kernel/log/record.ts";
import { hostArgs } from "../../src/abi/varargs.ts";
import { faultsAt } from "../../src/kernel/printf/fault-places.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const printk = stub(
  "int _printk(const char *fmt, ...)",
  // Renamed when printk became a macro for the printk index.
  { aliases: ["printk"] },
  (k, { fmt }, call) => k.log.emit({ text: formatGuest(k, fmt, call, LOG_LINE_MAX) }),
);

/** No console lock is taken here, so there is nothing to defer. */
export const printkDeferred = stub(
  "int _printk_deferred(const char *fmt, ...)",
  { aliases: ["printk_deferred"] },
  (k, { fmt }, call) => k.log.emit({ text: formatGuest(k, fmt, call, LOG_LINE_MAX) }),
);

export const vprintk = stub("int vprintk(const char *fmt, va_list args)", (k, { fmt, args }) =>
  k.log.emit({ text: formatGuest(k, fmt, { list: args }, LOG_LINE_MAX) }),
);

export const vprintkDefault = stub("int vprintk_default(const char *fmt, va_list args)", (k, { fmt, args }) =>
  k.log.emit({ text: formatGuest(k, fmt, { list: args }, LOG_LINE_MAX) }),
);

const fixedText = (k: Kernel, at: Address, size: number): string =>
  bytesToByteString(k.memory.bytes(at, size)).replace(/\0.*$/s, "");

/** struct dev_printk_info: char subsystem[16], device[48]. */
const readDeviceInfo = (k: Kernel, info: Address): DeviceInfo | undefined =>
  info === 0 ? undefined : { subsystem: fixedText(k, info, 16), device: fixedText(k, info + 16, 48) };

export const vprintkEmit = stub(
  `int vprintk_emit(int facility, int level, const struct dev_printk_info *dev_info,
      const char *fmt, va_list args)`,
  (k, { facility, level, dev_info, fmt, args }) =>
    k.log.emit({
      facility,
      level,
      device: readDeviceInfo(k, dev_info),
      text: formatGuest(k, fmt, { list: args }, LOG_LINE_MAX),
    }),
);

const DUMP_PREFIX_ADDRESS = 1;
const DUMP_PREFIX_OFFSET = 2;
const HEX_LINE_MAX = 130;

const dumpPrefix = (k: Kernel, type: number, address: Address, offset: number): string => {
  if (type === DUMP_PREFIX_ADDRESS) return `${format("%p", hostArgs([address]), k.format).text}: `;
  return type === DUMP_PREFIX_OFFSET ? `${offset.toString(16).padStart(8, "0")}: ` : "";
};

export const printHexDump = stub(
  `void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize,
      int groupsize, const void *buf, size_t len, bool ascii)`,
  (k, { level, prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii }) => {
    // Printed with %s, so that NULL is as good as any text.
    const [head, prefix] = [level, prefix_str].map((text) => format("%s", hostArgs([text]), k.format).text);
    const row = rowSize(rowsize);
    // The real loop's counter is an int.
    for (let at = 0; at < Math.min(len, 0x7fffffff); at += row) {
      const bytes = faultsAt(["hex_dump_to_buffer+0x85/0x4f0", "print_hex_dump+0xce/0x140"], () =>
        k.memory.bytes(buf + at, Math.min(row, len - at)),
      );
      const line = hexLine(bytes, { row, group: groupsize, ascii }).text.slice(0, HEX_LINE_MAX);
      k.log.print(`${head}${prefix}${dumpPrefix(k, prefix_type, buf + at, at)}${line}\n`);
    }
  },
);

export const hexDumpToBuffer = stub(
  `int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf,
      size_t linebuflen, bool ascii)`,
  (k, { buf, len, rowsize, groupsize, linebuf, linebuflen, ascii }) => {
    const bytes = k.memory.bytes(buf, Math.min(len, rowSize(rowsize)));
    const line = hexLine(bytes, { row: rowsize, group: groupsize, ascii });
    if (linebuflen === 0) return line.wanted;
    k.memory.setCstring(linebuf, line.text.slice(0, linebuflen - 1));
    return line.text.length < linebuflen ? line.text.length : line.wanted;
  },
);

export const printkRatelimit = stub("int __printk_ratelimit(const char *func)", (k, { func }) => {
  const { allowed, report } = k.log.ratelimit(BigInt(k.clock.jiffies()));
  if (report !== 0) k.log.print(`\x014${k.memory.cstring(func)}: ${report} callbacks suppressed\n`);
  return allowed ? 1 : 0;
});

const HZ = 250;

export const printkTimedRatelimit = stub(
  "bool printk_timed_ratelimit(unsigned long *caller_jiffies, unsigned int interval_msecs)",
  (k, { caller_jiffies, interval_msecs }) => {
    const now = BigInt(k.clock.jiffies());
    const last = k.memory.u64(caller_jiffies);
    const interval = BigInt(Math.ceil((interval_msecs * HZ) / 1000));
    if (last !== 0n && BigInt.asUintN(64, now - last) <= interval) return false;
    k.memory.setU64(caller_jiffies, now);
    return true;
  },
);

/** console_loglevel, default_message_loglevel, minimum and default console level. */
export const consolePrintk = variable("int console_printk[4]", (k, { address }) => {
  [k.log.consoleLevel, 4, 1, 7].forEach((level, index) => k.memory.setU32(address + index * 4, level));
});

export const oopsInProgress = variable("int oops_in_progress", (k, { address }) =>
  k.memory.setU32(address, 0),
);

export const noHashPointers = variable("bool no_hash_pointers", (k, { address }) =>
  k.memory.setU8(address, 0),
);

/** One CPU prints at a time; there is only one. */
export const cpuSyncTryGet = stub("int __printk_cpu_sync_try_get(void)", () => 1);
export const cpuSyncWait = stub("void __printk_cpu_sync_wait(void)", () => {});
export const cpuSyncPut = stub("void __printk_cpu_sync_put(void)", () => {});
