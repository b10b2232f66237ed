import { REG, RESUME, STOP } from "unicorn-engine";
import { type Address, addressFromHalves, toPattern } from "../base/address.ts";
import { type FaultPlace, GuestFault } from "../base/errors.ts";
import type { Machine } from "../machine/machine.ts";
import type { Journal, JournalMap } from "./journal.ts";
import type { Block, GuestCall, Routine, Yield } from "./routine.ts";
import type { Frame, Task } from "./task.ts";

/** What entering a stub came to. `undefined`: done, RAX holds the result. */
export type Outcome = undefined | Block | Yield | StartRoutine;

export interface StartRoutine {
  readonly kind: "routine";
  readonly routine: Routine<unknown>;
  /** Stores the routine's result in RAX. */
  readonly finish: (value: unknown) => void;
}

/** What stands behind a `hlt` in guest memory. */
export interface Trap {
  readonly name: string;
  /** It changes other registers than RAX (assembler conventions). */
  readonly writesRegisters?: boolean;
  enter(): Outcome;
}

/** Why a task gave the CPU back. */
export type Pause = "blocked" | "yield" | "dead" | "stopped";

export interface Exception {
  readonly vector: number;
  readonly errorCode: number;
  /** CR2, for a page fault. */
  readonly address: bigint;
  /** The stub whose host code touched bad memory, if it was not the guest itself. */
  readonly stub: string | undefined;
  /** Where the real function would have faulted. */
  readonly place?: FaultPlace | undefined;
}

const isCanonicalAddress = (address: Address): boolean => address >= -(2 ** 47) && address < 2 ** 47;

/** What the CPU would have raised: #PF, or #GP where the address is not canonical. */
const faultException = (fault: GuestFault, stub: string | undefined): Exception => {
  const { place } = fault;
  if (!isCanonicalAddress(fault.address)) {
    return { vector: 13, errorCode: 0, address: place?.address ?? toPattern(fault.address), stub, place };
  }
  const errorCode = (fault.present ? 1 : 0) | (fault.write ? 2 : 0);
  return { vector: 14, errorCode, address: toPattern(fault.address), stub, place };
};

/** What the executor asks of the kernel around it. */
export interface ExecutorHost {
  /** After a stub (1) or a slice of instructions without one (0): time passes, interrupts come. False ends the run. */
  tick(stubs: number): boolean;
  /** "resume" goes on at the registers as they now stand; "kill" ends the task. */
  exception(task: Task, exception: Exception): "resume" | "kill";
  /** Guest jumped to a `hlt` that is nobody's. */
  strayHalt(task: Task, address: Address): "resume" | "kill";
  /** The engine itself failed. */
  engineFailure(task: Task, stop: number): void;
  /** The last frame returned; the task goes on if the bottom pushed a new frame. */
  bottom(task: Task, result: bigint): void;
}

export interface Executor {
  readonly traps: JournalMap<Address, Trap>;
  /** The engine's registers: those of the task that runs. */
  readonly registers: BigUint64Array;
  /** The task whose registers are in the engine. */
  current(): Task | undefined;
  /** Runs `task` until it blocks, yields or dies. */
  run(task: Task): Pause;
  /** Makes `fn(args)` the next thing the task does; its result goes to the frame below, or to the bottom. */
  pushCall(task: Task, call: GuestCall, returnTo?: Address): void;
  /** `name`: the kernel function it plays, for reports when it touches bad memory. */
  pushRoutine(task: Task, routine: Routine<unknown>, finish: (value: unknown) => void, name?: string): void;
  /** Host code called guest code that returns there. */
  isReturn(address: Address): boolean;
  register(index: number): Address;
  setRegister(index: number, value: Address): void;
}

const ARGUMENTS = [REG.RDI, REG.RSI, REG.RDX, REG.RCX, REG.R8, REG.R9] as const;
/** Interrupts on, reserved bit 1. */
const RFLAGS = 0x202n;
const INTERRUPTS_ON = 0x200n;

export const createExecutor = (
  machine: Machine,
  journal: Journal,
  host: ExecutorHost,
  sentinel: Address,
): Executor => {
  const { engine, memory } = machine;
  const { registers } = engine;
  const halves = new Int32Array(registers.buffer, registers.byteOffset, registers.length * 2);
  const traps = journal.map<Address, Trap>();
  /** Return addresses that end a guest call. */
  const returns = new Set<Address>([sentinel]);
  const state: { running: Task | undefined; feed: bigint; switches: number } = {
    running: undefined,
    feed: 0n,
    switches: 0,
  };

  const register = (index: number): Address =>
    addressFromHalves(halves[index * 2] ?? 0, halves[index * 2 + 1] ?? 0);
  const setRegister = (index: number, value: Address): void => {
    registers[index] = toPattern(value);
    // More than RAX has changed: the next resume must write all.
    state.switches += 1;
  };
  /** Registers of a task: the engine's when it runs, its own copy otherwise. */
  const file = (task: Task): BigUint64Array => (state.running === task ? registers : task.registers);

  const pushCall = (task: Task, call: GuestCall, returnTo: Address = sentinel): void => {
    const regs = file(task);
    task.frames.push({ kind: "guest", registers: regs.slice() });
    returns.add(returnTo);
    let stack = Number(BigInt.asIntN(64, regs[REG.RSP] ?? 0n));
    // Skip nothing: the kernel has no red zone. Align as a call expects it.
    stack = Math.floor(stack / 16) * 16;
    const extra = Math.max(0, call.args.length - ARGUMENTS.length);
    stack -= (extra + (extra & 1)) * 8;
    call.args.forEach((value, index) => {
      const pattern = BigInt.asUintN(64, BigInt(value));
      const target = ARGUMENTS[index];
      if (target === undefined) memory.setU64(stack + (index - ARGUMENTS.length) * 8, pattern);
      else regs[target] = pattern;
    });
    stack -= 8;
    memory.setPointer(stack, returnTo);
    regs[REG.RSP] = toPattern(stack);
    regs[REG.RIP] = toPattern(call.fn);
    // The function inherits whether interrupts are on, and nothing else.
    regs[REG.RFLAGS] = RFLAGS & ((regs[REG.RFLAGS] ?? 0n) | ~INTERRUPTS_ON);
    state.switches += 1;
  };

  const popGuest = (task: Task): void => {
    const frame = task.frames.pop();
    if (frame?.kind !== "guest") throw new Error(`task ${task.pid} returned to host code without a frame`);
    state.feed = registers[REG.RAX] ?? 0n;
    // What it did to the interrupt flag stays done.
    const flags = registers[REG.RFLAGS] ?? 0n;
    registers.set(frame.registers);
    registers[REG.RFLAGS] = flags;
    state.switches += 1;
    settleBottom(task, state.feed);
  };
  /** After the last frame: a task without a bottom is over. */
  const settleBottom = (task: Task, result: bigint): void => {
    if (task.frames.length > 0) return;
    if (task.bottom === undefined) task.state = "dead";
    else host.bottom(task, result);
  };

  const park = (task: Task, wait: Block): Pause => {
    task.state = "blocked";
    task.waiting = { reason: wait.reason, interruptible: wait.interruptible };
    task.deadline = wait.deadline;
    return "blocked";
  };

  const raise = (task: Task, exception: Exception): Pause | undefined => {
    const verdict = host.exception(task, exception);
    if (verdict === "resume") return undefined;
    task.state = "dead";
    task.frames.length = 0;
    return "dead";
  };

  /** Host code that touched bad guest memory is a page fault of the guest. */
  const guarded = <T>(task: Task, stub: string | undefined, act: () => T): T | Fault => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof GuestFault)) throw error;
      return { fault: raise(task, faultException(error, stub)) };
    }
  };

  const settle = (task: Task, request: GuestCall | Block | Yield): Pause | undefined => {
    if (request.kind === "call") {
      // The guest's stack may be full, or its stack pointer anything.
      const pushed = guarded(task, undefined, () => pushCall(task, request));
      return isFault(pushed) ? (pushed.fault ?? "dead") : undefined;
    }
    return request.kind === "block" ? park(task, request) : "yield";
  };

  const stepHost = (task: Task, frame: Frame & { kind: "host" }): Pause | undefined => {
    const { feed } = state;
    state.feed = 0n;
    const step = guarded(task, frame.stub, () => frame.routine.next(feed));
    if (isFault(step)) return step.fault ?? "dead";
    // The routine may have made its own frame the wrong one only by pushing calls, which it must yield.
    if (!step.done) return settle(task, step.value);
    task.frames.pop();
    frame.finish(step.value);
    settleBottom(task, 0n);
    return task.state === "runnable" ? undefined : task.state;
  };

  const enter = (task: Task, trap: Trap): Pause | undefined => {
    task.trapped = false;
    const outcome = guarded(task, trap.name, () => trap.enter());
    if (outcome === undefined) {
      task.restart = undefined;
      return undefined;
    }
    if (isFault(outcome)) return outcome.fault;
    if (outcome.kind === "routine") {
      task.restart = undefined;
      task.frames.push({ kind: "host", routine: outcome.routine, finish: outcome.finish, stub: trap.name });
      return undefined;
    }
    if (outcome.kind === "yield") {
      task.trapped = outcome.again === true;
      return "yield";
    }
    task.trapped = true;
    return park(task, outcome);
  };

  const halted = (task: Task): Pause | undefined => {
    const address = register(REG.RIP) - 1;
    const trap = traps.get(address);
    if (trap !== undefined) {
      if (trap.writesRegisters === true) state.switches += 1;
      return enter(task, trap);
    }
    if (returns.has(address)) {
      popGuest(task);
      return undefined;
    }
    return host.strayHalt(task, address) === "kill" ? kill(task) : undefined;
  };
  const kill = (task: Task): Pause => {
    task.state = "dead";
    task.frames.length = 0;
    return "dead";
  };

  /** Guest code from where it stands; returns when something else than guest code must go on. */
  const stepGuest = (task: Task): Pause | undefined => {
    const depth = task.frames.length;
    let flags: number = RESUME.ALL;
    for (;;) {
      const { switches } = state;
      const why = engine.resume(flags);
      let pause: Pause | undefined;
      if (why === STOP.HLT) {
        pause = halted(task);
        flags = 0;
      } else if (why === STOP.EXCEPTION) {
        const { vector, errorCode, cr2 } = engine.stop;
        pause = raise(task, { vector, errorCode, address: cr2, stub: undefined });
        flags = RESUME.ALL;
      } else if (why !== STOP.BUDGET && why !== STOP.WALL_CLOCK) {
        host.engineFailure(task, why);
        return kill(task);
      }
      if (pause !== undefined) return pause;
      if (!host.tick(why === STOP.HLT ? 1 : 0)) return "stopped";
      if (task.frames.length !== depth || task.state !== "runnable") return undefined;
      if (state.switches !== switches) flags = RESUME.ALL;
    }
  };

  const run = (task: Task): Pause => {
    const before = state.running;
    if (before !== undefined) before.registers.set(registers);
    state.running = task;
    state.switches += 1;
    registers.set(task.registers);
    try {
      if (task.trapped) {
        const trap = traps.get(register(REG.RIP) - 1);
        const pause = trap === undefined ? undefined : enter(task, trap);
        if (pause !== undefined) return pause;
      }
      for (;;) {
        const frame = task.frames.at(-1);
        if (frame === undefined) {
          settleBottom(task, 0n);
          if (task.state !== "runnable") return task.state;
          continue;
        }
        const pause = frame.kind === "host" ? stepHost(task, frame) : stepGuest(task);
        if (pause !== undefined) return pause;
        if (task.state !== "runnable") return task.state;
      }
    } finally {
      task.registers.set(registers);
      state.running = before;
      if (before !== undefined) registers.set(before.registers);
    }
  };

  return {
    traps,
    registers,
    current: () => state.running,
    run,
    pushCall,
    pushRoutine(task, routine, finish, name) {
      task.frames.push({ kind: "host", routine, finish, stub: name });
    },
    isReturn: (address) => returns.has(address),
    register,
    setRegister,
  };
};

interface Fault {
  readonly fault: Pause | undefined;
}
const isFault = (value: unknown): value is Fault =>
  typeof value === "object" && value !== null && "fault" in value;
