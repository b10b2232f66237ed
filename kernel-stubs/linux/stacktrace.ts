/** include/linux/stacktrace.h, as kernel/stacktrace.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { TraceEntry } from "../../src/kernel/oops/call-trace.ts";
import { symbolText } from "../../src/kernel/oops/symbol-text.ts";
import { stub } from "../../src/stub/declare.ts";

const KERN_DEFAULT = 4;
const SIZE_OF_LONG = 8;
const LINE_MAX = 1024;

/** WARN_ON(!entries) in Debian's 6.1.0-56-amd64. */
const PRINT_SITE = {
  source: "kernel/stacktrace.c:29",
  at: "stack_trace_print+0x13/0x30",
  code: "28 00 00 00 75 09 48 83 c4 20 e9 18 1f cb 00 e8 d3 88 8f 00 0f 1f 00 e8 2b 68 f2 ff 48 85 ff 74 09 85 f6 75 0c e9 fd 1e cb 00 <0f> 0b e9 f6 1e cb 00 41 55 41 54 55 53 e9 5c bc 8b 00 66 66 2e 0f",
};
const SNPRINT_SITE = {
  source: "kernel/stacktrace.c:52",
  at: "stack_trace_snprint+0x90/0xa0",
  code: "83 c4 08 44 89 f0 5b 5d 41 5c 41 5d 41 5e 41 5f e9 65 1e cb 00 48 01 c3 49 29 c5 8b 44 24 04 49 83 c7 01 41 39 c7 72 af eb d5 <0f> 0b 45 31 f6 eb ce 66 0f 1f 84 00 00 00 00 00 e8 5b 67 f2 ff 55",
};

/** A return address: the real one, or where the named kernel function lies. */
const addressOf = (k: Kernel, { address, text }: TraceEntry): Address | undefined => {
  if (address !== undefined) return address;
  const [, name = "", offset = "0"] = /^(.*)\+0x([0-9a-f]+)/.exec(text) ?? [];
  const base = k.symbols.address(name);
  return base === undefined ? undefined : base + Number.parseInt(offset, 16);
};

/** The caller's stack, innermost first. `skipnr` counts from stack_trace_save() itself, which never shows. */
export const stackTraceSave = stub(
  "unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)",
  (k, { store, size, skipnr }) => {
    const entries = k.traces
      .entries()
      .map((entry) => addressOf(k, entry))
      .filter((address): address is Address => address !== undefined)
      .slice(skipnr, skipnr + size);
    entries.forEach((address, index) => k.memory.setPointer(store + index * SIZE_OF_LONG, address));
    return entries.length;
  },
);

/** Lines with `spaces` + 1 blanks in front, as "%*c%pS" makes them. */
function* lines(k: Kernel, entries: Address, count: number, spaces: number): Generator<string> {
  for (let index = 0; index < count; index += 1) {
    const address = k.memory.pointer(entries + index * SIZE_OF_LONG);
    yield `${" ".repeat(Math.min(Math.max(spaces + 1, 1), LINE_MAX))}${symbolText(k.symbols, address)}`;
  }
}

export const stackTracePrint = stub(
  "void stack_trace_print(const unsigned long *trace, unsigned int nr_entries, int spaces)",
  (k, { trace, nr_entries, spaces }) => {
    if (trace === 0) {
      k.traces.warn(PRINT_SITE);
      return;
    }
    for (const line of lines(k, trace, nr_entries, spaces)) k.printk(KERN_DEFAULT, line);
  },
);

/** Fills up to `size` bytes; returns what all of it would have taken. */
export const stackTraceSnprint = stub(
  `int stack_trace_snprint(char *buf, size_t size, const unsigned long *entries,
      unsigned int nr_entries, int spaces)`,
  (k, { buf, size, entries, nr_entries, spaces }) => {
    if (entries === 0) {
      k.traces.warn(SNPRINT_SITE);
      return 0;
    }
    if (size === 0) return 0;
    let text = "";
    for (const line of lines(k, entries, nr_entries, spaces)) {
      text += `${line}\n`;
      if (text.length >= size) break;
    }
    k.memory.setCstring(buf, text.slice(0, size - 1));
    return text.length;
  },
);

/** Interrupts do not share a stack with what they interrupt. */
export const filterIrqStacks = stub(
  "unsigned int filter_irq_stacks(unsigned long *entries, unsigned int nr_entries)",
  (_k, { nr_entries }) => nr_entries,
);
