import { toAddress, toPattern } from "../../../src/base/address.ts";
import { RAX, RBP, RBX, RCX, RDI, RDX, RFLAGS, RIP, RSI, RSP } from "../../../src/abi/calls.ts";
import type { LinkedModule } from "../../../src/kernel/oops/print-info.ts";
import type { Task } from "../../../src/kernel/task.ts";
import { type FakeHost, SENTINEL, fakeHost, fakeTask } from "./fake-host.ts";
import type { ParsedDump } from "./parse-block.ts";

const NAMES: Readonly<Record<string, number>> = {
  RAX,
  RBX,
  RCX,
  RDX,
  RSI,
  RDI,
  RBP,
  RSP,
  R08: 8,
  R09: 9,
  R10: 10,
  R11: 11,
  R12: 12,
  R13: 13,
  R14: 14,
  R15: 15,
  EFLAGS: RFLAGS,
};
const LETTERS = "PFSRMBUDAWCIOELKXTN";
const MODULES_START = -0x3fdf_f000;

/** Gives a symbol text an address, and the host a symbol that makes the text of it. */
const placeSymbol = (host: FakeHost, text: string, at?: number): number => {
  const bare = /^0x([0-9a-f]+)$/.exec(text);
  if (bare !== null) return Number(BigInt.asIntN(64, BigInt(text)));
  const [, name = "", offset = "0", size = "0", module] =
    /^(.*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[(.*)\])?$/.exec(text) ?? [];
  const bytes = Number(BigInt.asIntN(64, BigInt(`0x${size}`)));
  const known = host.symbolTable.find((symbol) => symbol.name === name && symbol.module === module);
  const within = Number.parseInt(offset, 16);
  const free = MODULES_START + (host.symbolTable.length + 1) * 0x10000;
  const base = known?.base ?? (at === undefined ? free : at - within);
  if (known === undefined)
    host.symbolTable.push({ base, size: bytes, name, ...(module === undefined ? {} : { module }) });
  return base + within;
};

const isGuest = (text: string): boolean => text.endsWith("]") || text.startsWith("0x");

/** Puts the guest's part of a trace on its stack, with ORC data that finds the reliable entries. */
const layStack = (
  host: FakeHost,
  task: Task,
  ip: number,
  sp: number,
  guest: ParsedDump["trace"],
  first = sp,
): void => {
  let from = { at: ip, sp };
  let slot = first;
  const expect = (): void => {
    host.orcTable.set(from.at, {
      spOffset: slot + 8 - from.sp,
      bpOffset: 0,
      spReg: 5,
      bpReg: 0,
      type: 0,
      end: false,
    });
  };
  for (const { text, reliable } of guest) {
    const value = placeSymbol(host, text);
    if (text.startsWith("0x")) host.bareText.add(value);
    host.memory.setPointer(slot, value);
    if (reliable) {
      expect();
      from = { at: value - 1, sp: slot + 8 };
    }
    slot += 8;
  }
  expect();
  host.memory.setPointer(slot, SENTINEL);
  const registers = new BigUint64Array(18);
  registers[RSP] = toPattern(slot + 8);
  task.frames.push({ kind: "guest", fn: 0, registers: [...new Int32Array(registers.buffer)] });
};

/** Linked modules as a "Modules linked in:" line names them. */
const parseModules = (host: FakeHost, line: string): void => {
  const [, linked = "", last] =
    /^Modules linked in:((?: [^[ ]\S*)*)(?: \[last unloaded: (.*)\])?$/.exec(line) ?? [];
  host.knobs.modules = linked
    .split(" ")
    .filter((word) => word !== "")
    .map((word): LinkedModule => {
      const [, name = "", taints = "", mark = ""] = /^(\w+)(?:\(([A-Z]*)([+-]?)\))?$/.exec(word) ?? [];
      return { name, taints, state: mark === "+" ? "coming" : mark === "-" ? "going" : "live" };
    });
  const [, name = "", taints = ""] = /^(\w+)(?:\((.*)\))?$/.exec(last ?? "") ?? [];
  host.knobs.lastUnloaded = last === undefined ? undefined : { name, taints };
};

export interface Rebuilt {
  readonly host: FakeHost;
  readonly task: Task;
  readonly ip: number;
}

/** The instruction pointer, where only the line about unreadable bytes tells it. */
const unreadable = (lines: readonly string[]): number | undefined => {
  const [, digits] = /^Code: Unable .* at 0x([0-9a-f]+)/m.exec(lines.join("\n")) ?? [];
  return digits === undefined ? undefined : Number(BigInt.asIntN(64, BigInt(`0x${digits}`))) + 42;
};

/** A fake machine in the state that a recorded report shows. */
export const rebuild = (dump: ParsedDump, lines: readonly string[], firstSlot?: number): Rebuilt => {
  const host = fakeHost();
  const guestEnd = dump.trace.findLastIndex(({ text }) => isGuest(text)) + 1;
  const callers = dump.trace.slice(guestEnd).map(({ text, reliable }) => (reliable ? text : `? ${text}`));
  const sp = toAddress(dump.values["RSP"] ?? 0xffff_c900_0059_bb30n);
  const low = Math.floor(sp / 16384) * 16384;
  const task: Task = { ...fakeTask(dump.comm, dump.pid, callers), stack: { low, high: low + 16384 } };
  for (const [name, value] of Object.entries(dump.values)) {
    const index = NAMES[name];
    if (index !== undefined) host.registers[index] = value;
  }
  host.registers[RSP] = toPattern(sp);
  const ip = placeSymbol(host, dump.place === "" ? "0x10" : dump.place, unreadable(lines));
  host.registers[RIP] = toPattern(ip);
  if (dump.code !== undefined) host.memory.write(ip - 42, dump.code);
  layStack(host, task, ip, sp, dump.trace.slice(0, guestEnd), firstSlot);
  const { values } = dump;
  host.knobs.control = {
    fsBase: values["FS"] ?? 0n,
    gsBase: values["GS"] ?? 0n,
    kernelGsBase: values["knlGS"] ?? 0n,
    cr0: values["CR0"] ?? 0n,
    cr2: values["CR2"] ?? 0n,
    cr3: values["CR3"] ?? 0n,
    cr4: values["CR4"] ?? 0n,
    pkru: Number(values["PKRU"] ?? 0n),
  };
  const flags = dump.tainted.slice("Tainted: ".length);
  [...flags].forEach((letter, flag) => {
    if (letter === LETTERS[flag]) host.taints.add(flag, "still-ok");
  });
  host.knobs.task = task;
  host.knobs.current = task;
  if (dump.origAx !== undefined) host.knobs.systemCall = { number: dump.origAx, args: [6, 0x50d28e, 0] };
  parseModules(host, lines.find((line) => line.startsWith("Modules linked in:")) ?? "");
  return { host, task, ip };
};

/** The user-mode registers are not those of the recorded process. */
export const blurUser = (lines: readonly string[]): string[] => {
  let user = false;
  return lines.map((line) => {
    if (line.includes("RIP: 0033:")) user = true;
    if (line.includes("</TASK>")) user = false;
    return user ? line.replace(/\b[0-9a-f]{16}\b/g, "#") : line;
  });
};
