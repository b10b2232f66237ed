import { hostArgs } from "../../abi/varargs.ts";
import { type Address, toPattern } from "../../base/address.ts";
import { findBugEntry } from "../../loader/bug-table.ts";
import { findFixup } from "../../loader/exception-table.ts";
import { findOrc } from "../../loader/orc.ts";
import type { Kernel } from "../kernel.ts";
import { MODULE_STATE, type Module } from "../modules/module.ts";
import { oopsChains } from "./oops-chains.ts";
import type { OopsHost } from "../oops/host.ts";
import { DEFAULT_BUILD } from "../oops/print-info.ts";
import { moduleTaintLetters } from "../oops/taint.ts";
import { SYSCALL, type SystemCall } from "../oops/user-registers.ts";
import { format } from "../printf/format.ts";

/** CR0 and CR4 as the recorded kernel runs; what the engine really has differs in bits no module sees. */
const CR0 = 0x80050033n;
const CR4 = 0x750ef0n;
const PKRU = 0x55555554;
const USER_FS_BASE = 0x28ed7380n;
/** Of a table entry: present; accessed and dirty. */
const PRESENT = 1n;
const USED = 0x60n;

/** What reports of the kernel's death need of the kernel. */
export const oopsHost = (k: Kernel): OopsHost => ({
  journal: k.journal,
  taints: k.taints,
  build: { ...DEFAULT_BUILD, release: k.profile.release },
  memory: k.memory,
  symbols: k.symbols,
  registers: k.executor.registers,
  print: (level, text) => k.printk(level, text),
  running: () => k.executor.current(),
  current: () => (k.current.pid === 0 ? undefined : k.current),
  control: () => ({
    fsBase: k.current.taskStruct === 0 ? 0n : USER_FS_BASE,
    gsBase: toPattern(k.cpu.base),
    kernelGsBase: 0n,
    cr0: CR0,
    cr2: k.machine.engine.stop.cr2,
    cr3: BigInt(k.machine.pageTableRoot),
    cr4: CR4,
    pkru: PKRU,
  }),
  // Linux makes its entries accessed and dirty (_PAGE_TABLE, PAGE_KERNEL); ours tell a snapshot what was written.
  walk: (address) =>
    k.machine.walk(address).map((entry) => ((entry & PRESENT) === 0n ? entry : entry | USED)),
  preemptCount: () => k.cpu.preemptCount(),
  setPreemptCount: (count) => k.cpu.setPreemptCount(count),
  uid: () => 0,
  modules: () =>
    k.modules.list.all().flatMap((module) => {
      const state = STATES[k.modules.list.state(module)];
      return state === undefined
        ? []
        : [{ name: module.name, taints: moduleTaintLetters(module.taints), state }];
    }),
  lastUnloaded: () => k.modules.lastUnloaded(),
  exceptionFixup: (ip) => exceptionFixup(k, ip),
  bugEntry: (ip) => bugEntry(k, ip),
  orc: (ip) => orcEntry(k, ip),
  isText: (address) => isText(k, address),
  isHostReturn: (address) => k.executor.isReturn(address),
  stubFrame: (name) => stubFrame(k, name),
  work: (task) => k.workqueues.serving(task),
  systemCall: (task) => (task.taskStruct === 0 ? undefined : systemCall(task.syscall)),
  hashed: (address) => format("%p", hostArgs([address]), k.format).text,
  ...oopsChains(k),
  finding: (finding) => k.findings.add(finding),
  stop: (reason) => k.stop(reason),
});

const STATES: Readonly<Record<number, "coming" | "live" | "going">> = {
  [MODULE_STATE.COMING]: "coming",
  [MODULE_STATE.LIVE]: "live",
  [MODULE_STATE.GOING]: "going",
};

const systemCall = (number: number | undefined): SystemCall | undefined =>
  number === undefined
    ? undefined
    : { number, args: number === SYSCALL.FINIT_MODULE ? [3, 0x50d28e, 0] : [] };

/** In which part of a module, or of the kernel image, code may lie. */
const isText = (k: Kernel, address: Address): boolean => {
  const module = k.modules.list.at(address);
  if (module === undefined) return k.image.contains(address);
  const inArea = (area: { base: Address; size: number }, text: number): boolean =>
    address >= area.base && address < area.base + text;
  return inArea(module.core, module.layout.core.textSize) || inArea(module.init, module.layout.init.textSize);
};

const inModule = <T>(k: Kernel, ip: Address, find: (module: Module) => T | undefined): T | undefined => {
  const module = k.modules.list.at(ip);
  return module === undefined ? undefined : find(module);
};

const exceptionFixup = (k: Kernel, ip: Address): ReturnType<OopsHost["exceptionFixup"]> =>
  inModule(k, ip, (module) => module.sections && findFixup(module.sections.extable, ip, k.memory));

const bugEntry = (k: Kernel, ip: Address): Address | undefined =>
  inModule(k, ip, (module) => module.sections && findBugEntry(module.sections.bugTable, ip, k.memory));

const orcEntry = (k: Kernel, ip: Address): ReturnType<OopsHost["orc"]> =>
  inModule(k, ip, (module) => module.orc && findOrc(module.orc, ip, k.memory));

/** "sort+0x0/0x40": where host code of that name stands; kernel functions that only play a part come whole. */
const stubFrame = (k: Kernel, name: string): string => {
  if (name.includes("+")) return name;
  const address = k.symbols.address(name);
  const size = address === undefined ? 0 : (k.symbols.lookup(address)?.size ?? 0);
  return `${name}+0x${Math.min(0x12, Math.max(size - 1, 0)).toString(16)}/0x${size.toString(16)}`;
};
