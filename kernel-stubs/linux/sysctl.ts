/** include/linux/sysctl.h: registration (fs/proc/proc_sysctl.c) and the handlers (kernel/sysctl.c). */
import type { Address } from "../../src/base/address.ts";
import { type ByteString, bytesToByteString } from "../../src/base/bytes.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { simpleUnsigned } from "../../src/kernel/number.ts";
import { type Stub, stub, variable } from "../../src/stub/declare.ts";

const REGISTERS = { fails: ["NULL"], sleeps: true, acquires: { sysctl: "return" } } as const;

export const registerSysctl = stub(
  "struct ctl_table_header *register_sysctl(const char *path, struct ctl_table *table)",
  REGISTERS,
  (k, { path, table }) => k.vfs.sysctls.register(k.memory.cstring(path, 4096), table),
);
export const registerSysctlTable = stub(
  "struct ctl_table_header *register_sysctl_table(struct ctl_table *table)",
  REGISTERS,
  (k, { table }) => k.vfs.sysctls.register("", table),
);
export const unregisterSysctlTable = stub(
  "void unregister_sysctl_table(struct ctl_table_header *header)",
  { sleeps: true, releases: { sysctl: "header" } },
  (k, { header }) => k.vfs.sysctls.unregister(header),
);

/** zero, one, two, three, four, hundred, thousands, and the largest values; as SYSCTL_ZERO and others index it. */
export const sysctlVals = variable("const int sysctl_vals[]", (k, { address }) => {
  [0, 1, 2, 3, 4, 100, 200, 1000, 3000, 0x7fffffff, 65535, -1].forEach((value, index) =>
    k.memory.setU32(address + index * 4, value >>> 0),
  );
});

interface Transfer {
  readonly table: Address;
  readonly write: number;
  readonly buffer: Address;
  readonly lenp: Address;
  readonly ppos: Address;
}

/** How one kind of number is kept: its width, and what may be stored. */
interface Kind {
  readonly bytes: number;
  readonly signed: boolean;
  /** From a parsed number to what is stored; EINVAL. */
  store(value: bigint, table: Address, k: Kernel, index: number): bigint;
  show(value: bigint): bigint;
}

const lengthOf = (k: Kernel, lenp: Address): number => Number(k.memory.u64(lenp));
const positionOf = (k: Kernel, ppos: Address): bigint => k.memory.u64(ppos);
const isSpace = (char: string | undefined): boolean => char !== undefined && " \t\n\r\v\f".includes(char);

const load = (k: Kernel, at: Address, { bytes, signed }: Kind): bigint => {
  const raw = bytes === 8 ? k.memory.u64(at) : BigInt(bytes === 4 ? k.memory.u32(at) : k.memory.u8(at));
  return signed ? BigInt.asIntN(bytes * 8, raw) : raw;
};
const save = (k: Kernel, at: Address, { bytes }: Kind, value: bigint): void => {
  const pattern = BigInt.asUintN(bytes * 8, value);
  if (bytes === 8) k.memory.setU64(at, pattern);
  else if (bytes === 4) k.memory.setU32(at, Number(pattern));
  else k.memory.setU8(at, Number(pattern));
};

const showVector = (k: Kernel, { table, buffer, lenp, ppos }: Transfer, kind: Kind): number => {
  const { data, maxlen } = k.struct("ctl_table", table);
  const size = lengthOf(k, lenp);
  const count = Math.floor(maxlen / kind.bytes);
  const values = Array.from({ length: count }, (_, index) =>
    kind.show(load(k, data + index * kind.bytes, kind)),
  );
  const text = `${values.join("\t")}\n`.slice(0, size);
  k.memory.write(buffer, Buffer.from(text, "latin1"));
  k.memory.setU64(lenp, BigInt(text.length));
  k.memory.setU64(ppos, positionOf(k, ppos) + BigInt(text.length));
  return 0;
};

interface Word {
  readonly value: bigint;
  readonly end: number;
}
/** proc_get_long(): an optional minus, digits of any base, then a blank or the end. */
const readNumber = (text: ByteString, at: number): Word => {
  const negative = text[at] === "-" && at + 1 < text.length;
  const { value, end } = simpleUnsigned(text, at + (negative ? 1 : 0), 0);
  const start = at + (negative ? 1 : 0);
  if (end === start || (end < text.length && !isSpace(text[end]) && text[end] !== "\0"))
    throw new Errno(EINVAL);
  return { value: negative ? -value : value, end };
};

const storeVector = (k: Kernel, { table, buffer, lenp, ppos }: Transfer, kind: Kind): number => {
  const { data, maxlen } = k.struct("ctl_table", table);
  const size = lengthOf(k, lenp);
  const position = positionOf(k, ppos);
  if (position !== 0n) {
    // Only the first write counts (sysctl_writes_strict).
    k.memory.setU64(ppos, position + BigInt(size));
    return 0;
  }
  const text = bytesToByteString(k.memory.bytes(buffer, Math.min(size, 4095)));
  const count = Math.floor(maxlen / kind.bytes);
  let at = 0;
  let stored = 0;
  for (; stored < count; stored += 1) {
    while (isSpace(text[at])) at += 1;
    if (at >= text.length || text[at] === "\0") break;
    const word = readNumber(text, at);
    save(k, data + stored * kind.bytes, kind, kind.store(word.value, table, k, stored));
    at = word.end;
  }
  if (stored === 0) throw new Errno(EINVAL);
  while (isSpace(text[at])) at += 1;
  const taken = at >= text.length ? size : at;
  k.memory.setU64(lenp, BigInt(taken));
  k.memory.setU64(ppos, position + BigInt(taken));
  return 0;
};

/** do_proc_dointvec() and its kin. */
const vector = (k: Kernel, transfer: Transfer, kind: Kind): number => {
  const { data, maxlen } = k.struct("ctl_table", transfer.table);
  const over = transfer.write === 0 && positionOf(k, transfer.ppos) !== 0n;
  if (data === 0 || maxlen === 0 || lengthOf(k, transfer.lenp) === 0 || over) {
    k.memory.setU64(transfer.lenp, 0n);
    return 0;
  }
  return transfer.write === 0 ? showVector(k, transfer, kind) : storeVector(k, transfer, kind);
};

const within = (value: bigint, low: bigint, high: bigint): bigint => {
  if (value < low || value > high) throw new Errno(EINVAL);
  return value;
};
const INT = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const UINT = [0n, 2n ** 32n - 1n] as const;
const ULONG = [0n, 2n ** 64n - 1n] as const;

const limits = (
  table: Address,
  k: Kernel,
  bytes: number,
  signed: boolean,
  index: number,
): [bigint, bigint] => {
  const { extra1, extra2 } = k.struct("ctl_table", table);
  const kind: Kind = { bytes, signed, store: (value) => value, show: (value) => value };
  const [low, high] = signed ? INT : bytes === 8 ? ULONG : bytes === 1 ? [0n, 255n] : UINT;
  // Limits of unsigned long vectors are vectors, too.
  const step = bytes === 8 ? index * 8 : 0;
  const wide: Kind = bytes === 1 ? { ...kind, bytes: 4 } : kind;
  return [
    extra1 === 0 ? low : load(k, extra1 + step, wide),
    extra2 === 0 ? high : load(k, extra2 + step, wide),
  ];
};

const same = (value: bigint): bigint => value;
const plain = (bytes: number, signed: boolean, [low, high]: readonly [bigint, bigint]): Kind => ({
  bytes,
  signed,
  show: same,
  store: (value) => within(value, low, high),
});
const bounded = (bytes: number, signed: boolean): Kind => ({
  bytes,
  signed,
  show: same,
  store: (value, table, k, index) => within(value, ...limits(table, k, bytes, signed, index)),
});

const HZ = 250n;
const MAX_INT = 2n ** 31n - 1n;
const scaled = (toJiffies: (value: bigint) => bigint, toUser: (value: bigint) => bigint): Kind => ({
  bytes: 4,
  signed: true,
  show: (value) => (value < 0n ? -toUser(-value) : toUser(value)),
  store: (value) => within(value < 0n ? -toJiffies(-value) : toJiffies(value), -MAX_INT - 1n, MAX_INT),
});

const HANDLERS: readonly (readonly [name: string, kind: Kind])[] = [
  ["proc_dointvec", plain(4, true, INT)],
  ["proc_douintvec", plain(4, false, UINT)],
  ["proc_dointvec_minmax", bounded(4, true)],
  ["proc_douintvec_minmax", bounded(4, false)],
  ["proc_dou8vec_minmax", bounded(1, false)],
  ["proc_doulongvec_minmax", bounded(8, false)],
  ["proc_dobool", { bytes: 1, signed: false, show: same, store: (value) => (value === 0n ? 0n : 1n) }],
  [
    "proc_dointvec_jiffies",
    scaled(
      (value) => value * HZ,
      (value) => value / HZ,
    ),
  ],
  [
    "proc_dointvec_userhz_jiffies",
    scaled(
      (value) => (value * HZ) / 100n,
      (value) => (value * 100n) / HZ,
    ),
  ],
  [
    "proc_dointvec_ms_jiffies",
    scaled(
      (value) => (value * HZ + 999n) / 1000n,
      (value) => (value * 1000n) / HZ,
    ),
  ],
];

export const sysctlHandlers: readonly Stub[] = HANDLERS.map(([name, kind]) =>
  stub(
    `int ${name}(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)` as "int f(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)",
    { fails: ["EINVAL"] },
    (k, transfer) => vector(k, transfer, kind),
  ),
);

const storeString = (k: Kernel, { table, buffer, lenp, ppos }: Transfer): number => {
  const { data, maxlen } = k.struct("ctl_table", table);
  const size = lengthOf(k, lenp);
  const position = Number(positionOf(k, ppos));
  let length = Math.min(k.memory.cstring(data, maxlen).length, maxlen - 1);
  if (position > length) return 0;
  length = position;
  for (const byte of k.memory.bytes(buffer, size)) {
    if (length >= maxlen - 1 || byte === 0 || byte === 0x0a) break;
    k.memory.setU8(data + length, byte);
    length += 1;
  }
  k.memory.setU8(data + length, 0);
  k.memory.setU64(ppos, BigInt(position + size));
  return 0;
};
const showString = (k: Kernel, { table, buffer, lenp, ppos }: Transfer): number => {
  const { data, maxlen } = k.struct("ctl_table", table);
  const position = Number(positionOf(k, ppos));
  const text = k.memory.cstring(data, maxlen);
  if (position > text.length) {
    k.memory.setU64(lenp, 0n);
    return 0;
  }
  const size = lengthOf(k, lenp);
  const shown = text.slice(position, position + size);
  const line = shown.length < size ? `${shown}\n` : shown;
  k.memory.write(buffer, Buffer.from(line, "latin1"));
  k.memory.setU64(lenp, BigInt(line.length));
  k.memory.setU64(ppos, BigInt(position + line.length));
  return 0;
};

export const procDostring = stub(
  "int proc_dostring(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)",
  (k, transfer) => {
    const { data, maxlen } = k.struct("ctl_table", transfer.table);
    if (data === 0 || maxlen === 0 || lengthOf(k, transfer.lenp) === 0) {
      k.memory.setU64(transfer.lenp, 0n);
      return 0;
    }
    return transfer.write === 0 ? showString(k, transfer) : storeString(k, transfer);
  },
);
