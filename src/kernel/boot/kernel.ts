import { displayText } from "../../base/bytes.ts";
import { engineEnd } from "./engine-end.ts";
import { fast } from "../../base/fast.ts";
import type { Address } from "../../base/address.ts";
import type { ExportedSymbol } from "../../loader/symbols.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Profile } from "../../profile/profile.ts";
import { createStructViews } from "../../profile/struct-view.ts";
import { createClock } from "../clock.ts";
import { createCpu } from "../cpu.ts";
import { createEvents } from "../events.ts";
import { createFindings } from "../findings.ts";
import type { Exception } from "../exception.ts";
import { createExecutor } from "../executor.ts";
import { createKernelImage } from "../image.ts";
import { createInterrupts } from "../interrupts.ts";
import { createJournal } from "../journal.ts";
import type { Kernel, StopReason } from "../kernel.ts";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { createLog } from "../log/log.ts";
import type { LogRecord } from "../log/record.ts";
import { createModules } from "../modules/modules.ts";
import { createKernelMemory } from "../memory/memory.ts";
import { createTraces } from "../oops/traces.ts";
import { createTaints } from "../oops/taint.ts";
import { mapUserText } from "../oops/user-text.ts";
import { createRandom } from "../random.ts";
import { callGuest } from "../routine.ts";
import { watchHeap, watchVmalloc } from "../locks/watch-frees.ts";
import { createLockdep } from "../locks/lockdep.ts";
import { createWaitLists } from "../sched/waits.ts";
import { createPids } from "../sched/pids.ts";
import { createSchedule } from "../sched/schedule.ts";
import { createStatics } from "../statics.ts";
import { createSymbols } from "../symbols.ts";
import type { Task } from "../task.ts";
import { reportTasks } from "../task-report.ts";
import { createTasks } from "../tasks.ts";
import { createDriverCore } from "../devices/driver-core.ts";
import { createKeyboard } from "../devices/i8042.ts";
import { addPcDevices } from "../devices/pc-devices.ts";
import { createOutside } from "../devices/outside.ts";
import { createPorts } from "../devices/ports.ts";
import { createProcesses } from "../vfs/process.ts";
import { createUserMemory } from "../vfs/user-memory.ts";
import { createVfs } from "../vfs/vfs.ts";
import { touchDevice } from "./device-access.ts";
import { formatEnv } from "./format-env.ts";
import { makeParts } from "./parts.ts";
import { memoryOptions } from "./memory-options.ts";
import { moduleLinks } from "./module-links.ts";
import { oopsHost } from "./oops-host.ts";
import { populateTree } from "./files.ts";
import { createPatience } from "./patience.ts";
import { endUsedUp } from "./used-up.ts";
import { scratchMemory } from "./scratch.ts";
import { interruptHost, taskMemory } from "./task-host.ts";
import { handleTasklets } from "../time/tasklets.ts";
import { handlePercpuRefs } from "../data/percpu-ref.ts";
import { handleIrqWork } from "../time/irq-work.ts";
import { createTimeline } from "../timeline.ts";

export interface BootOptions {
  /** Makes hashed pointers, canaries and random numbers; the same seed is the same run. */
  readonly seed: bigint;
  /** Wall-clock nanoseconds since 1970 at boot. */
  readonly epoch: bigint;
  /** Nanoseconds the kernel has been up when the run begins. */
  readonly uptime: number;
  /** "in-turn", or "random:SEED". */
  readonly schedule?: string;
  readonly onRecord?: (record: LogRecord) => void;
  readonly limits?: Limits;
}

/** What the floor above gives: the stubs, found by name or by address. */
export interface Linkage {
  /** An exported symbol, ready for use: variables have their contents, functions will trap when called. */
  resolve(name: string): ExportedSymbol | undefined;
  /** Puts the function at `address` in its place; false where the kernel has none. */
  bindAt(address: Address): boolean;
}

type Parts = { -readonly [Name in keyof Kernel]?: Kernel[Name] };

/** A kernel just booted on `machine`: no module loaded, nothing running. */
export const createKernel = (
  machine: Machine,
  profile: Profile,
  options: BootOptions,
  linkage: (k: Kernel) => Linkage,
): Kernel => {
  const parts: Parts = {};
  const k = parts as Kernel;
  const journal = createJournal();
  const { counters } = machine.engine;
  const work = { stubs: 0 };
  const slice = { end: 0 };
  const counted = { instructions: () => counters[0] ?? 0, stubs: () => work.stubs };
  const clock = createClock(journal, counted, { uptime: options.uptime, epoch: options.epoch });
  const views = createStructViews(profile, machine.memory);
  const timeline = createTimeline(journal);
  let links: Linkage | undefined;
  const image = createKernelImage(machine, journal, (from, to) => profile.contents(from, to));
  machine.pager.bring = image.dataFault;
  const executor = createExecutor(machine, journal, executorHost(), SENTINEL);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const patience = createPatience({ machine, clock, executor, work }, limits, (what, stuck) =>
    endUsedUp(k, limits, what, stuck),
  );
  const state: { stopped: StopReason | undefined; context: Task | undefined } = {
    stopped: undefined,
    context: undefined,
  };

  Object.assign(parts, {
    machine,
    memory: machine.memory,
    userMemory: machine.userMemory,
    journal,
    clock,
    work,
    timeline,
    executor,
    image,
    profile,
    events: createEvents(),
    findings: createFindings(journal, (finding) => k.events.emit({ kind: "finding", finding })),
    bottoms: new Map(),
    struct: views.view,
    sizeOf: views.sizeOf,
    offsetOf: views.offsetOf,
    call: callGuest,
    printk: (level: number, text: string) => void k.log.print(`\x01${level}${text}\n`),
    renewLimits: () => patience.renew(),
    noteOffer: () => patience.offered(),
    stop(reason: StopReason) {
      if (state.stopped === undefined) journal.touch(state).stopped = { tasks: reportTasks(k), ...reason };
    },
  });
  Object.defineProperties(parts, {
    current: { get: () => k.tasks.current() },
    stopped: { get: () => state.stopped },
  });
  parts.outside = createOutside();
  parts.random = createRandom(journal, options.seed, parts.outside);
  parts.schedule = createSchedule(journal, options.schedule ?? "in-turn");
  parts.cpu = createCpu(machine, profile, executor, options.seed & ~0xffn);
  parts.log = createLog(journal, {
    now: () => clock.now(),
    caller: () => k.current.pid,
    ...(options.onRecord === undefined ? {} : { onRecord: options.onRecord }),
  });
  parts.format = formatEnv(k, options.seed);
  parts.taints = createTaints(journal, k.printk);
  parts.statics = createStatics(machine, journal);
  Object.assign(parts, createKernelMemory(memoryOptions(k, options.seed)));
  parts.parameterCopies = journal.set();
  parts.scratch = scratchMemory(k);
  parts.symbols = createSymbols(profile, () => k.modules.list);
  parts.traces = createTraces(oopsHost(k));
  parts.interrupts = createInterrupts(journal, clock, timeline, executor, interruptHost(k));
  const tasks = taskMemory(k);
  parts.tasks = createTasks(journal, clock, executor, tasks, timeline, k.interrupts, k.schedule);
  parts.pids = createPids(k, (pid, comm) =>
    tasks.createTaskStruct(pid, { comm, kind: pid === 1 ? "user" : "kthread" }, 0),
  );
  Object.assign(
    parts,
    makeParts(parts, k, (address) => links?.bindAt(address) === true),
  );
  parts.ports = createPorts(k);
  parts.keyboard = createKeyboard(k);
  handleTasklets(k);
  parts.waits = createWaitLists(k);
  handleIrqWork(k);
  handlePercpuRefs(k);
  parts.completions = createWaitLists(k);
  parts.lockdep = createLockdep(k);
  // Stacks are used again: what lies there next is another lock.
  k.tasks.ended.push(({ stack }) => k.lockdep.freed(stack.low, stack.high - stack.low));
  parts.heap = watchHeap(k, k.heap);
  parts.vmalloc = watchVmalloc(k, k.vmalloc);
  parts.userWaits = createWaitLists(k);
  parts.userBuffers = createUserMemory(machine, journal);
  mapUserText(machine);
  parts.vfs = createVfs(k);
  parts.driverCore = createDriverCore(k);
  addPcDevices(k);
  parts.processes = createProcesses(k);
  links = linkage(k);
  parts.modules = createModules(
    k,
    moduleLinks(k, links, { instructions: counted.instructions, calls: executor.calls }),
  );
  image.placeTrap(SENTINEL);
  k.vfs.tree.furnish(() => populateTree(k));
  return fast(k);

  function executorHost(): Parameters<typeof createExecutor>[2] {
    return {
      tick(stubs) {
        work.stubs += stubs;
        const [instructions = 0] = counters;
        // Where a run was cut short to see whether interrupts are on, no slice has passed yet.
        const passed = stubs !== 0 || instructions >= slice.end;
        if (stubs !== 0) patience.called();
        else if (passed) patience.sliced();
        if (passed) slice.end = instructions + patience.slice();
        k.interrupts.service("stub");
        // `sti` and `popf` are plain instructions: with interrupts that wait, each block is the last.
        counters[2] = k.interrupts.held() ? instructions + 1 : slice.end;
        return state.stopped === undefined;
      },
      preempts: (task) => k.tasks.preempts(task),
      awake: (frame) => k.interrupts.awake(frame),
      exception(task, exception) {
        if (exception.vector === 14 && (bringKernelImage(exception) || touchDevice(k, exception)))
          return "resume";
        if (exception.vector === 14 && k.events.active)
          k.events.emit({ kind: "fault", address: Number(BigInt.asIntN(64, exception.address)) });
        if (k.userFaults.take(task, exception)) return "resume";
        if (exception.vector === BREAKPOINT && k.probes.breakpoint(task)) return "resume";
        k.probes.beforeException();
        return k.traces.exception(task, exception);
      },
      strayHalt(task, address) {
        if (links?.bindAt(address) === true) {
          executor.setRegister(16, address);
          return "resume";
        }
        return k.traces.strayHalt(task, address);
      },
      violations() {
        k.events.emit({ kind: "violations" });
      },
      engineFailure(task, stop) {
        k.stop(engineEnd(machine.engine, stop, displayText(task.comm)));
      },
      bottom(task, result) {
        const bottom = task.bottom === undefined ? undefined : k.bottoms.get(task.bottom.kind);
        if (bottom === undefined) task.state = "dead";
        else bottom(task, result);
      },
    };
  }

  /** The guest jumped to a kernel function whose page is not in yet. */
  function bringKernelImage(exception: Exception): boolean {
    const address = Number(BigInt.asIntN(64, exception.address));
    if ((exception.errorCode & 0x10) !== 0) return image.fault(address);
    return (exception.errorCode & 1) === 0 && image.dataFault(address);
  }
};

/** #BP */
const BREAKPOINT = 3;

/** The address every guest call returns to: do_one_initcall's, as the recorded kernel's traces show it. */
const SENTINEL: Address = -0x7eff_ef47;
