/** include/linux/trace_events.h: texts of flags, symbols and bytes (kernel/trace/trace_output.c). */
import type { Address } from "../../src/base/address.ts";
import type { ByteString } from "../../src/base/bytes.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** Entries of a table that no NULL name ends. */
const MAX_TABLE = 1024;
/** struct trace_print_flags: mask and name. */
const ENTRY_SIZE = 16;

/** Appends a text with its NUL to a trace_seq; where it begins. What does not fit is left out. */
const append = (k: Kernel, sequence: Address, text: ByteString): Address => {
  const { seq } = k.struct("trace_seq", sequence);
  const at = seq.buffer + seq.len;
  const room = seq.size - seq.len - 1;
  if (room < 0) return at;
  const fits = text.length <= room ? text : "";
  k.memory.setCstring(at, fits);
  seq.len += fits.length + 1;
  return at;
};

interface Named {
  readonly mask: bigint;
  readonly name: ByteString;
}

function* table(k: Kernel, at: Address): Generator<Named> {
  for (let index = 0; index < MAX_TABLE; index += 1) {
    const entry = at + index * ENTRY_SIZE;
    const name = k.memory.pointer(entry + 8);
    if (name === 0) return;
    yield { mask: k.memory.u64(entry), name: k.memory.cstring(name, 256) };
  }
}

export const tracePrintFlagsSeq = stub(
  "const char *trace_print_flags_seq(struct trace_seq *p, const char *delim, unsigned long flags, const struct trace_print_flags *flag_array)",
  (k, { p, delim, flags, flag_array }) => {
    let left = flags;
    const parts: ByteString[] = [];
    for (const { mask, name } of table(k, flag_array)) {
      if (left === 0n) break;
      if ((left & mask) !== mask) continue;
      left &= ~mask;
      parts.push(name);
    }
    if (left !== 0n) parts.push(`0x${left.toString(16)}`);
    return append(k, p, parts.join(delim === 0 ? "" : k.memory.cstring(delim, 64)));
  },
);

export const tracePrintSymbolsSeq = stub(
  "const char *trace_print_symbols_seq(struct trace_seq *p, unsigned long val, const struct trace_print_flags *symbol_array)",
  (k, { p, val, symbol_array }) => {
    for (const { mask, name } of table(k, symbol_array))
      if (mask === val && name !== "") return append(k, p, name);
    return append(k, p, `0x${val.toString(16)}`);
  },
);

const MAX_BYTES = 4096;

const hexBytes = (bytes: Uint8Array): string[] =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));

/** Sixteen at a time, and nothing between those. */
export const tracePrintHexSeq = stub(
  "const char *trace_print_hex_seq(struct trace_seq *p, const unsigned char *buf, int buf_len, bool concatenate)",
  (k, { p, buf, buf_len, concatenate }) => {
    const bytes = hexBytes(k.memory.bytes(buf, Math.max(0, Math.min(buf_len, MAX_BYTES))));
    const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) =>
      bytes.slice(row * 16, row * 16 + 16).join(concatenate ? "" : " "),
    );
    return append(k, p, rows.join(""));
  },
);

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

export const tracePrintArraySeq = stub(
  "const char *trace_print_array_seq(struct trace_seq *p, const void *buf, int count, size_t el_size)",
  (k, { p, buf, count, el_size }) => {
    const isKnown = [1, 2, 4, 8].includes(el_size);
    const size = isKnown ? el_size : 1;
    const total = Math.max(0, Math.min(count * el_size, MAX_BYTES));
    const bytes = k.memory.bytes(buf, total).slice();
    const elements = Array.from({ length: Math.floor(total / size) }, (_, index) => {
      const value = `0x${littleEndian(bytes.subarray(index * size, index * size + size)).toString(16)}`;
      return !isKnown && index === 0 ? `BAD SIZE:${el_size} 0x${(bytes[0] ?? 0).toString(16)}` : value;
    });
    return append(k, p, `{${elements.join(",")}}`);
  },
);

/** Nobody counts or samples: perf's half of an event is never entered. */
export const perfTraceBufAlloc = stub(
  "void *perf_trace_buf_alloc(int size, struct pt_regs **regs, int *rctxp)",
  { fails: ["NULL"] },
  () => 0,
);

export const perfTraceRunBpfSubmit = stub(
  "void perf_trace_run_bpf_submit(void *raw_data, int size, int rctx, struct trace_event_call *call, u64 count, struct pt_regs *regs, struct hlist_head *head, struct task_struct *task)",
  () => {},
);

/** No BPF program is attached to any tracepoint, so that these have none to run. */
export const bpfTraceRun: readonly Stub[] = Array.from({ length: 12 }, (_, index) => {
  const args = Array.from({ length: index + 1 }, (_each, at) => `u64 arg${at + 1}`).join(", ");
  return stub(
    `void bpf_trace_run${index + 1}(struct bpf_prog *prog, ${args})` as "void f(struct bpf_prog *prog)",
    () => {},
  );
});
