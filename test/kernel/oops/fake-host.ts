import { toPattern } from "../../../src/base/address.ts";
import { GuestFault } from "../../../src/base/errors.ts";
import { RBP, RSP } from "../../../src/abi/calls.ts";
import { createJournal } from "../../../src/kernel/journal.ts";
import type { Finding } from "../../../src/kernel/events.ts";
import type { OopsHost } from "../../../src/kernel/oops/host.ts";
import { DEFAULT_BUILD, type LinkedModule } from "../../../src/kernel/oops/print-info.ts";
import type { ControlRegisters } from "../../../src/kernel/oops/registers.ts";
import type { SymbolPlace } from "../../../src/kernel/oops/symbol-text.ts";
import { TAINT, createTaints } from "../../../src/kernel/oops/taint.ts";
import type { OrcEntry } from "../../../src/loader/orc.ts";
import type { Task } from "../../../src/kernel/task.ts";
import type { GuestMemory } from "../../../src/machine/memory.ts";

/** Guest memory made of bytes put in by hand; the rest faults. */
export interface FakeMemory extends GuestMemory {
  readonly cells: Map<number, number>;
}

export const fakeMemory = (): FakeMemory => {
  const cells = new Map<number, number>();
  const read = (address: number): number => {
    const value = cells.get(address);
    if (value === undefined) throw new GuestFault(address, { write: false, present: false });
    return value;
  };
  const unsigned = (address: number, size: number): bigint => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(read(address + i));
    return value;
  };
  const set = (address: number, size: number, value: bigint): void => {
    for (let i = 0; i < size; i += 1) cells.set(address + i, Number((value >> BigInt(i * 8)) & 0xffn));
  };
  return {
    cells,
    u8: read,
    u16: (a) => Number(unsigned(a, 2)),
    u32: (a) => Number(unsigned(a, 4)),
    i32: (a) => Number(BigInt.asIntN(32, unsigned(a, 4))),
    u64: (a) => unsigned(a, 8),
    i64: (a) => BigInt.asIntN(64, unsigned(a, 8)),
    pointer: (a) => Number(BigInt.asIntN(64, unsigned(a, 8))),
    setU8: (a, v) => set(a, 1, BigInt(v)),
    setU16: (a, v) => set(a, 2, BigInt(v)),
    setU32: (a, v) => set(a, 4, BigInt(v)),
    setU64: (a, v) => set(a, 8, v),
    setHalves: (a, low, high) => set(a, 8, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)),
    setPointer: (a, v) => set(a, 8, toPattern(v)),
    bytes: (a, n) => Uint8Array.from({ length: n }, (_, i) => read(a + i)),
    write: (a, bytes) => bytes.forEach((byte, i) => cells.set(a + i, byte)),
    fill: (a, v, n) => {
      for (let i = 0; i < n; i += 1) cells.set(a + i, v);
    },
    cstring(a) {
      let text = "";
      for (let at = a; read(at) !== 0; at += 1) text += String.fromCharCode(read(at));
      return text;
    },
    setCstring: (a, text) => [...`${text}\0`].forEach((c, i) => cells.set(a + i, c.charCodeAt(0))),
    accessible: (a, n) => Array.from({ length: n }, (_, i) => cells.has(a + i)).every(Boolean),
  };
};

/** The parts of a fake host that a test sets. */
export interface FakeHost extends OopsHost {
  readonly memory: FakeMemory;
  readonly printed: string[];
  readonly findings: Finding[];
  readonly stops: string[];
  readonly symbolTable: { base: number; size: number; name: string; module?: string }[];
  readonly orcTable: Map<number, OrcEntry>;
  /** Code without a symbol. */
  readonly bareText: Set<number>;
  /** Mutable knobs. */
  readonly knobs: {
    control: ControlRegisters;
    preempt: number;
    task: Task | undefined;
    current: Task | undefined;
    walk: readonly bigint[];
    modules: readonly LinkedModule[];
    lastUnloaded: { name: string; taints: string } | undefined;
    bugEntry: number | undefined;
    fixup: { fixup: number; data: number } | undefined;
    systemCall: { number: number; args: readonly (number | bigint)[] } | undefined;
    work: { workqueue: string; function: number } | undefined;
  };
}

export const SENTINEL = -0x7000_0000;
export const STACK_LOW = -0x36ff_f000_0000;
const CONTROL: ControlRegisters = {
  fsBase: 0n,
  gsBase: 0xffff_8880_3d60_0000n,
  kernelGsBase: 0n,
  cr0: 0x8005_0033n,
  cr2: 0n,
  cr3: 0x5fe_e000n,
  cr4: 0x75_0ef0n,
  pkru: 0x5555_5554,
};

export const fakeTask = (comm: string, pid: number, callers: readonly string[]): Task => ({
  pid,
  comm,
  context: "process",
  taskStruct: 0,
  stack: { low: STACK_LOW, high: STACK_LOW + 16384 },
  registers: new BigUint64Array(18),
  frames: [],
  interrupted: undefined,
  state: "runnable",
  waiting: undefined,
  deadline: undefined,
  restart: undefined,
  trapped: false,
  bottom: undefined,
  callers,
  syscall: undefined,
  yielded: false,
  signal: 0,
  exitCode: 0,
  pending: 0,
  leftOpen: 0,
  accepts: -1,
});

/** Guest code called by host code whose stack pointer was `sp`. */
export const pushGuestFrame = (task: Task, sp: number): void => {
  const registers = new BigUint64Array(18);
  registers[RSP] = toPattern(sp);
  registers[RBP] = 0n;
  task.frames.push({ kind: "guest", fn: 0, registers: [...new Int32Array(registers.buffer)] });
};

export const fakeHost = (): FakeHost => {
  const journal = createJournal();
  const memory = fakeMemory();
  const printed: string[] = [];
  const print = (level: number, text: string): void => void printed.push(`<${level}>${text}`);
  const taints = createTaints(journal, print);
  const symbolTable: FakeHost["symbolTable"] = [];
  const orcTable = new Map<number, OrcEntry>();
  const bareText = new Set<number>();
  const knobs: FakeHost["knobs"] = {
    control: CONTROL,
    preempt: 0,
    task: undefined,
    current: undefined,
    walk: [0n],
    modules: [],
    lastUnloaded: undefined,
    bugEntry: undefined,
    fixup: undefined,
    systemCall: undefined,
    work: undefined,
  };
  const findings: Finding[] = [];
  const stops: string[] = [];
  const lookup = (address: number): SymbolPlace | undefined => {
    const entry = symbolTable.find(
      ({ base, size }) => address >= base && address < base + (size < 0 ? 0x1000 : size),
    );
    if (entry === undefined) return undefined;
    return { name: entry.name, offset: address - entry.base, size: entry.size, module: entry.module };
  };
  return {
    journal,
    memory,
    printed,
    findings,
    stops,
    symbolTable,
    orcTable,
    bareText,
    knobs,
    taints,
    build: DEFAULT_BUILD,
    print,
    registers: new BigUint64Array(18),
    symbols: { lookup },
    orc: (ip) => orcTable.get(ip),
    isText: (address) => bareText.has(address) || lookup(address - 1) !== undefined,
    isHostReturn: (address) => address === SENTINEL,
    stubFrame: (name) => `${name}+0x10/0x20`,
    running: () => knobs.task,
    current: () => knobs.current,
    control: () => knobs.control,
    walk: () => knobs.walk,
    preemptCount: () => knobs.preempt,
    setPreemptCount(count) {
      knobs.preempt = count;
    },
    uid: () => 0,
    modules: () => knobs.modules,
    lastUnloaded: () => knobs.lastUnloaded,
    exceptionFixup: () => knobs.fixup,
    bugEntry: () => knobs.bugEntry,
    work: () => knobs.work,
    systemCall: () => knobs.systemCall,
    hashed: (address) => `00000000${(address >>> 0).toString(16).padStart(8, "0")}`,
    finding: (finding) => void findings.push(finding),
    notifyDie: () => "go-on",
    notifyPanic: () => {},
    stop: ({ message }) => void stops.push(message),
  };
};

/** The state of the recordings' machine once t_crash is loaded. */
export const loadedHost = (): FakeHost => {
  const host = fakeHost();
  host.taints.add(TAINT.OOT_MODULE, "still-ok");
  host.taints.add(TAINT.UNSIGNED_MODULE, "still-ok");
  host.knobs.modules = [{ name: "t_crash", taints: "OE", state: "coming" }];
  return host;
};
