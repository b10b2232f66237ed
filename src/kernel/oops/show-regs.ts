import type { ByteString } from "../../base/bytes.ts";
import { codeLine } from "./code-bytes.ts";
import type { OopsHost } from "./host.ts";
import { type Incident, type Site, placeText } from "./incident.ts";
import { infoLines, modulesLine } from "./print-info.ts";
import { type ControlRegisters, type PtRegs, controlLines, generalLines, ipOf } from "./registers.ts";
import { traceLines } from "./show-trace.ts";
import type { Summary } from "./state.ts";
import { toPattern } from "../../base/address.ts";

export const KERN_DEFAULT = 4;

export const printAll = (host: OopsHost, level: number, lines: readonly ByteString[]): void => {
  for (const line of lines) host.print(level, line);
};

/** "CPU: 0 PID: ..." of whoever is current. */
const currentInfo = (host: OopsHost): ByteString[] => {
  const task = host.current();
  const subject =
    task === undefined
      ? { pid: 0, comm: "swapper/0" }
      : { pid: task.pid, comm: task.comm, work: host.work(task) };
  return infoLines(subject, host.taints.describe(), host.build, host.symbols);
};

/** "init/80", "swapper/0/0" as reports name the current task. */
export const currentName = (host: OopsHost): { readonly comm: ByteString; readonly pid: number } => {
  const task = host.current();
  return { comm: task?.comm ?? "swapper/0", pid: task?.pid ?? 0 };
};

interface Registers {
  readonly lines: readonly ByteString[];
  readonly control: ControlRegisters;
}

/** __show_regs(..., SHOW_REGS_ALL). Reading code bytes that are not there changes CR2. */
const registerLines = (
  host: OopsHost,
  regs: PtRegs,
  place: ByteString,
  site: Site | undefined,
  before: ControlRegisters,
): Registers => {
  const code =
    site?.code === undefined
      ? codeLine(host.memory, ipOf(regs))
      : { text: `Code: ${site.code}`, fault: undefined };
  const control = code.fault === undefined ? before : { ...before, cr2: toPattern(code.fault) };
  return {
    lines: [`RIP: 0010:${place}`, code.text, ...generalLines(regs), ...controlLines(regs, control)],
    control,
  };
};

/** show_regs() for kernel mode: who, the registers, the trace. Returns what CR2 is left with. */
export const showRegs = (host: OopsHost, incident: Incident, control: ControlRegisters): ControlRegisters => {
  const dump = registerLines(host, incident.regs, placeText(host, incident), incident.site, control);
  printAll(host, KERN_DEFAULT, currentInfo(host));
  printAll(host, KERN_DEFAULT, dump.lines);
  printAll(host, KERN_DEFAULT, traceLines(host, incident));
  return dump.control;
};

export const printModules = (host: OopsHost): void =>
  host.print(KERN_DEFAULT, modulesLine(host.modules(), host.lastUnloaded()));

/** The executive summary: the registers of the boot's first death. */
export const showSummary = (
  host: OopsHost,
  { regs, place, site }: Summary,
  control: ControlRegisters,
): void => printAll(host, KERN_DEFAULT, registerLines(host, regs, place, site, control).lines);

/** dump_stack_lvl(): who and where, at one level. */
export const dumpStack = (host: OopsHost, incident: Incident, level = KERN_DEFAULT): void => {
  const via = ["dump_stack_lvl+0x44/0x5c", ...(incident.via ?? [])];
  printAll(host, level, [...currentInfo(host), ...traceLines(host, { ...incident, via })]);
};
