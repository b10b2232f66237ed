/** The trace buffer, as /sys/kernel/debug/tracing/trace shows it (kernel/trace/trace.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";

interface Entry {
  readonly comm: ByteString;
  readonly pid: number;
  readonly flags: string;
  /** Nanoseconds since boot. */
  readonly time: number;
  /** Who wrote it, where the line says so; a symbol if it still is one when the buffer is read. */
  readonly ip: Address | undefined;
  readonly text: ByteString;
}

export interface TraceBuffer {
  add(text: ByteString, ip?: Address): void;
  clear(): void;
  text(): ByteString;
}

/** What is kept: some of 1.4 MB a CPU. The oldest entries are lost. */
const MAX_ENTRIES = 10_000;

const HEADER = `#                                _-----=> irqs-off/BH-disabled
#                               / _----=> need-resched
#                              | / _---=> hardirq/softirq
#                              || / _--=> preempt-depth
#                              ||| / _-=> migrate-disable
#                              |||| /     delay
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;

const flagsNow = (k: Kernel): string => {
  const context = { process: ".", softirq: "s", hardirq: "h" }[k.interrupts.context()];
  const depth = k.cpu.preemptCount() & 0xff;
  return `${k.cpu.irqsDisabled() ? "d" : "."}.${context}${depth === 0 ? "." : depth.toString(16)}.`;
};

const lineOf = (k: Kernel, { comm, pid, flags, time, ip, text }: Entry): ByteString => {
  const stamp = `${`${Math.floor(time / 1e9)}`.padStart(5)}.${`${Math.floor((time % 1e9) / 1000)}`.padStart(6, "0")}`;
  const place = ip === undefined ? undefined : k.symbols.lookup(ip)?.name;
  const by = ip === undefined ? "" : `${place ?? `0x${BigInt.asUintN(64, BigInt(ip)).toString(16)}`}: `;
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return `${comm.padStart(16)}-${`${pid}`.padEnd(7)} [000] ${flags} ${stamp}: ${by}${body}`;
};

export const createTraceBuffer = (k: Kernel): TraceBuffer => {
  const entries: Entry[] = [];
  const state = { written: 0 };
  return {
    add(text, ip) {
      const { comm, pid } = k.current;
      const entry = { comm, pid, flags: flagsNow(k), time: k.clock.now(), ip, text };
      k.journal.touch(entries).push(entry);
      if (entries.length > MAX_ENTRIES) entries.shift();
      k.journal.touch(state).written += 1;
    },
    clear() {
      k.journal.touch(entries).length = 0;
      k.journal.touch(state).written = 0;
    },
    text() {
      const counts = `${entries.length}/${state.written}`;
      const head = `# tracer: nop\n#\n# entries-in-buffer/entries-written: ${counts}   #P:1\n#\n${HEADER}`;
      return head + entries.map((entry) => lineOf(k, entry)).join("");
    },
  };
};
