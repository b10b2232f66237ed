import { type Address, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { GuestFault } from "../../base/errors.ts";
import type { Exception } from "../exception.ts";
import type { Task } from "../task.ts";
import { bug } from "./bug.ts";
import { type TraceEntry, standingOf } from "./call-trace.ts";
import { handleGuestException } from "./exceptions.ts";
import type { OopsHost } from "./host.ts";
import { type HungTask, hungTask } from "./hung-task.ts";
import { type Callers, type Incident, type Site, hostIncident, readRegisters } from "./incident.ts";
import { checkInitcall } from "./initcall.ts";
import { SOFT_LOCKUP_SECONDS, softLockup } from "./lockup.ts";
import { announcePanic, endPanic } from "./panic.ts";
import { ipOf } from "./registers.ts";
import { returnAddresses } from "./return-addresses.ts";
import { idleSleeps, schedulingWhileAtomic } from "./schedule-bug.ts";
import { dumpStack } from "./show-regs.ts";
import { certainEntries, findingStack, taskStack } from "./show-trace.ts";
import { type OopsState, createOopsState } from "./state.ts";
import { mightSleep } from "./might-sleep.ts";
import { GuestTrap } from "./trap.ts";
import { type WarnOptions, warn } from "./warn.ts";

/**
 * Reports of things gone wrong, printed as the kernel prints them; each also becomes a finding.
 * What names no task is about the one that runs now.
 */
export interface Traces {
  /** An exception in the guest, or a fault of a stub on its behalf. "kill" has set the task's signal. */
  exception(task: Task, exception: Exception): "resume" | "kill";
  /** The guest ran into kernel code that nobody stands behind. */
  strayHalt(task: Task, address: Address): "kill";
  /** dump_stack(), at a log level. */
  dumpStack(options?: Callers & { readonly level?: number | undefined }): void;
  /** A WARN of the kernel's own code. */
  warn(site: Site, options?: WarnOptions & Callers): void;
  /** A BUG() of the kernel's own code: never comes back. */
  bug(site: Site, callers?: Callers): never;
  /** panic(): prints, ends the run, and never comes back to the guest. */
  panic(message: ByteString, callers?: Callers): never;
  /** The first half of panic(), up to its notifiers: prints. */
  announcePanic(message: ByteString, callers?: Callers): void;
  /** The second half: ends the run. */
  finishPanic(message: ByteString): never;
  /** A task that waits in `stub` with preemption off; resets the count as the scheduler does. */
  schedulingWhileAtomic(task: Task, stub: ByteString, callers?: Callers): void;
  /** The idle task, which an interrupt handler that sleeps has stopped from running. */
  idleSleeps(handler: Task, stub: ByteString): void;
  /**
   * might_sleep() of a stub. In atomic context that is a finding only, since the stock kernel does
   * not check; where the real function always sleeps, its scheduler complains.
   */
  mightSleep(stub: ByteString): void;
  /** A task that keeps the CPU: in guest code, or spinning in the kernel's own at `site`. */
  softLockup(task: Task, spinning?: Callers & { readonly site?: Site }): void;
  hungTask(hung: HungTask): void;
  /** After a module's init: preemption and interrupts must be as before. `before`: preempt_count then. */
  checkInitcall(task: Task, fn: Address, before: number): void;
  /** Functions the task is in, innermost first ("go+0x6e/0x84b [t_crash]"). */
  stack(task: Task): readonly ByteString[];
  /** The same, with the place itself at the top where the task was stopped in a module's code. */
  standing(task: Task): readonly ByteString[];
  /** The callers of the running task, with return addresses: "name+0x1/0x2" alone for host code. */
  entries(): readonly TraceEntry[];
  /** Of the running task, which stands in a stub: the nearest return addresses in guest code, unnamed. */
  returnAddresses(limit: number): readonly Address[];
}

const PF_INSTR = 16;

/** More findings of one kind at one place tell nothing new: a WARN may stand in a loop. */
const SAME_FINDINGS = 10;

const withLimitedFindings = (host: OopsHost, state: OopsState): OopsHost => ({
  ...host,
  finding(finding) {
    const key = `${finding.kind} ${finding.where}`;
    const count = (state.found[key] ?? 0) + 1;
    host.journal.touch(state.found)[key] = count;
    if (count <= SAME_FINDINGS) host.finding(finding);
  },
});

export const createTraces = (kernel: OopsHost): Traces => {
  const state = createOopsState();
  const host = withLimitedFindings(kernel, state);

  const running = (): Task => {
    const task = host.running();
    if (task === undefined) throw new Error("a report of host code that runs on no task");
    return task;
  };
  const here = (site: Site | undefined, callers: Callers): Incident =>
    hostIncident(host, running(), site, callers);
  const trapped = (): "kill" | undefined => {
    const { trap } = state;
    if (trap === undefined) return undefined;
    host.journal.touch(state).trap = undefined;
    if (trap.kind === "bug") bug(host, state, trap.incident);
    return "kill";
  };
  const finishPanic = (message: ByteString): never => {
    endPanic(host, message);
    host.journal.touch(state).trap = { kind: "panic" };
    throw new GuestTrap();
  };
  const incidentOf = (task: Task, exception: Exception): Incident => {
    const regs = readRegisters(host.registers);
    const top = task.frames.at(-1);
    if (exception.stub === undefined && top?.kind === "guest") return { task, regs, standing: "guest" };
    const standing = standingOf(task);
    const ip = standing === "stub" ? toPattern(ipOf(regs) - 1) : regs.ip;
    const site =
      standing === "host" && exception.stub !== undefined ? host.stubFrame(exception.stub) : undefined;
    const incident = { task, regs: { ...regs, ip }, standing };
    if (exception.place !== undefined) {
      const { at, via } = exception.place;
      return { ...incident, site: { source: "", at }, via };
    }
    return site === undefined ? incident : { ...incident, site: { source: "", at: site } };
  };

  return {
    exception(task, exception) {
      try {
        return trapped() ?? handleGuestException(host, state, incidentOf(task, exception), exception);
      } catch (error) {
        if (!(error instanceof GuestFault)) throw error;
        // The guest has spoilt what the report itself needs; the kernel would fault again and again.
        host.stop({ kind: "panic", message: `a fault while reporting a fault: ${error.message}` });
        return "kill";
      }
    },
    strayHalt(task, address) {
      const regs = { ...readRegisters(host.registers), ip: toPattern(address) };
      const exception = { vector: 14, errorCode: PF_INSTR, address: toPattern(address), stub: undefined };
      handleGuestException(host, state, { task, regs, standing: "guest" }, exception);
      return "kill";
    },
    dumpStack: (options = {}) => dumpStack(host, here(undefined, options), options.level),
    warn(site, options = {}) {
      const place = `${site.source} ${site.at}`;
      if (options.once && state.said[place]) return;
      if (options.once) host.journal.touch(state.said)[place] = true;
      warn(host, here(site, options), options);
    },
    bug(site, callers = {}) {
      host.journal.touch(state).trap = { kind: "bug", incident: here(site, callers) };
      throw new GuestTrap();
    },
    panic(message, callers = {}) {
      announcePanic(host, state, message, here(undefined, callers));
      return finishPanic(message);
    },
    announcePanic: (message, callers = {}) => announcePanic(host, state, message, here(undefined, callers)),
    finishPanic,
    schedulingWhileAtomic: (task, stub, callers = {}) =>
      schedulingWhileAtomic(host, state, hostIncident(host, task, undefined, callers), stub),
    idleSleeps: (handler, stub) => idleSleeps(host, hostIncident(host, handler, undefined, {}), stub),
    mightSleep: (stub) => mightSleep(host, state, running(), stub),
    softLockup(task, spinning = {}) {
      const incident = hostIncident(host, task, spinning.site, spinning);
      const inGuest = spinning.site === undefined && !task.trapped;
      softLockup(host, inGuest ? guestIncident(host, incident) : incident, SOFT_LOCKUP_SECONDS);
    },
    hungTask: (hung) => hungTask(host, hung),
    checkInitcall: (task, fn, before) => checkInitcall(host, task, fn, before),
    stack: (task) => taskStack(host, task),
    standing(task) {
      const incident = guestIncident(host, hostIncident(host, task, undefined, {}));
      return incident.standing === "guest" ? findingStack(host, incident) : taskStack(host, task);
    },
    entries: () => certainEntries(host, running()),
    returnAddresses: (limit) => returnAddresses(host, running(), host.registers, limit),
  };
};

/** Guest code that was stopped between two instructions stands where its registers say. */
const guestIncident = (host: OopsHost, incident: Incident): Incident => {
  const regs = readRegisters(host.running() === incident.task ? host.registers : incident.task.registers);
  const inModule = host.symbols.lookup(ipOf(regs))?.module !== undefined;
  return inModule ? { ...incident, regs, standing: "guest" } : incident;
};
