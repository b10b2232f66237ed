import { REG, RESUME, STOP } from "unicorn-engine";
import type { Address } from "../base/address.ts";
import { GuestFault } from "../base/errors.ts";
import type { Machine } from "../machine/machine.ts";
import { type Exception, faultException } from "./exception.ts";
import { enterCall, leaveCall, readRegister, registersOf, writeRegister } from "./guest-calls.ts";
import type { Journal, JournalMap } from "./journal.ts";
import type { ExecutorHost, Outcome, Pause, Trap } from "./execution.ts";
import type { Block, GuestCall, Routine, Yield } from "./routine.ts";
import { forget, sleepWith, suspendWith } from "./suspended.ts";
import type { Frame, InterruptFrame, Task } from "./task.ts";

export interface Executor {
  readonly traps: JournalMap<Address, Trap>;
  /** The engine's registers: those of the task that runs. */
  readonly registers: BigUint64Array;
  /** How often guest code has called a stub since boot; it does not go back with a snapshot. */
  calls(): number;
  /** The task whose registers are in the engine. */
  current(): Task | undefined;
  /** Runs `task` until it blocks, yields or dies. */
  run(task: Task): Pause;
  /** Makes `fn(args)` the next thing the task does; its result goes to the frame below, or to the bottom. */
  pushCall(task: Task, call: GuestCall, returnTo?: Address): void;
  /** A handler that interrupted `task` has paused: so does the task, until the handler is done. */
  suspend(task: Task, handler: Omit<InterruptFrame, "kind" | "feed">, pause: "blocked" | "yield"): void;
  /** `name`: the kernel function it plays, for reports when it touches bad memory. */
  pushRoutine(task: Task, routine: Routine<unknown>, finish: (value: unknown) => void, name?: string): void;
  /** Host code called guest code that returns there. */
  isReturn(address: Address): boolean;
  register(index: number): Address;
  setRegister(index: number, value: Address): void;
}

export const createExecutor = (
  machine: Machine,
  journal: Journal,
  host: ExecutorHost,
  sentinel: Address,
): Executor => {
  const { engine, memory } = machine;
  const { checks } = engine;
  const registers = registersOf(engine.registers);
  const traps = journal.map<Address, Trap>();
  /** Return addresses that end a guest call. */
  const returns = new Set<Address>([sentinel]);
  const state: {
    running: Task | undefined;
    feed: bigint;
    switches: number;
    calls: number;
    /** An interrupt has made the running task pause. */
    pause: Pause | undefined;
  } = { running: undefined, feed: 0n, switches: 0, calls: 0, pause: undefined };

  const register = (index: number): Address => readRegister(registers, index);
  const setRegister = (index: number, value: Address): void => {
    writeRegister(registers, index, value);
    // More than RAX has changed: the next resume must write all.
    state.switches += 1;
  };

  const pushCall = (task: Task, call: GuestCall, returnTo: Address = sentinel): void => {
    if (returnTo !== sentinel) returns.add(returnTo);
    enterCall(memory, task, state.running === task ? registers : registersOf(task.registers), call, returnTo);
    state.switches += 1;
  };

  const popGuest = (task: Task): void => {
    const frame = task.frames.pop();
    if (frame?.kind !== "guest") throw new Error(`task ${task.pid} returned to host code without a frame`);
    state.feed = registers.patterns[REG.RAX] ?? 0n;
    leaveCall(registers, frame);
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

  /** Host code that touched bad guest memory is a page fault of the guest. Other errors are the host's own. */
  const fault = (task: Task, stub: string | undefined, error: unknown): Pause | undefined => {
    if (!(error instanceof GuestFault)) throw error;
    return raise(task, faultException(error, stub));
  };

  const settle = (task: Task, request: GuestCall | Block | Yield): Pause | undefined => {
    if (request.kind !== "call") return request.kind === "block" ? park(task, request) : "yield";
    try {
      pushCall(task, request);
      return undefined;
    } catch (error) {
      // The guest's stack may be full, or its stack pointer anything.
      return fault(task, undefined, error) ?? "dead";
    }
  };

  const stepHost = (task: Task, frame: Frame & { kind: "host" }): Pause | undefined => {
    machine.beginHostWork();
    const { feed } = state;
    state.feed = 0n;
    let step: IteratorResult<GuestCall | Block | Yield, unknown>;
    try {
      step = frame.routine.next(feed);
    } catch (error) {
      return fault(task, frame.stub, error) ?? "dead";
    }
    // The routine may have made its own frame the wrong one only by pushing calls, which it must yield.
    if (step.done !== true) return settle(task, step.value);
    task.frames.pop();
    frame.finish(step.value);
    settleBottom(task, 0n);
    return task.state === "runnable" ? undefined : task.state;
  };

  const enter = (task: Task, trap: Trap): Pause | undefined => {
    machine.beginHostWork();
    task.trapped = false;
    let outcome: Outcome;
    try {
      outcome = trap.enter();
    } catch (error) {
      return fault(task, trap.name, error);
    }
    if (outcome === undefined) {
      forget(task);
      return undefined;
    }
    if (outcome.kind === "routine") {
      forget(task);
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
    if (address === sentinel) {
      popGuest(task);
      return undefined;
    }
    const trap = traps.get(address);
    if (trap !== undefined) {
      if (trap.writesRegisters === true) state.switches += 1;
      state.calls += 1;
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

  const interruptedBy = (): Pause | undefined => {
    const { pause } = state;
    state.pause = undefined;
    return pause;
  };

  const stepInterrupt = (task: Task, frame: InterruptFrame): Pause | undefined => {
    const { handler } = frame;
    handler.state = "runnable";
    const pause = run(handler);
    if (pause !== "dead") return sleepWith(task, handler, pause);
    host.awake(frame);
    if (handler.signal !== 0) {
      task.signal = handler.signal;
      return kill(task);
    }
    task.frames.pop();
    state.feed = frame.feed;
    settleBottom(task, 0n);
    return task.state === "runnable" ? undefined : task.state;
  };

  /** Guest code from where it stands; returns when something else than guest code must go on. */
  const stepGuest = (task: Task): Pause | undefined => {
    const depth = task.frames.length;
    let flags: number = RESUME.ALL;
    for (;;) {
      const { switches } = state;
      const why = engine.resume(flags);
      if (checks !== undefined && checks.count() > 0) host.violations(task);
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
      if (!host.tick(why === STOP.BUDGET || why === STOP.WALL_CLOCK ? 0 : 1)) return "stopped";
      if (task.frames.length !== depth || task.state !== "runnable") return interruptedBy();
      if (why === STOP.HLT && host.preempts(task)) return "preempted";
      if (state.switches !== switches) flags = RESUME.ALL;
    }
  };

  const step = (task: Task, frame: Frame): Pause | undefined => {
    if (frame.kind === "guest") return stepGuest(task);
    return frame.kind === "host" ? stepHost(task, frame) : stepInterrupt(task, frame);
  };
  const run = (task: Task): Pause => {
    const { running: before, feed } = state;
    // An interrupt may come when a guest call has just returned: its result is not for the interrupt.
    state.feed = 0n;
    if (before !== undefined) before.registers.set(registers.patterns);
    state.running = task;
    state.switches += 1;
    registers.patterns.set(task.registers);
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
        const pause = step(task, frame);
        if (pause !== undefined) return pause;
        if (task.state !== "runnable") return task.state;
      }
    } finally {
      task.registers.set(registers.patterns);
      state.running = before;
      state.feed = feed;
      if (before !== undefined) registers.patterns.set(before.registers);
    }
  };

  return {
    calls: () => state.calls,
    traps,
    registers: registers.patterns,
    current: () => state.running,
    run,
    pushCall,
    suspend(task, handler, pause) {
      suspendWith(task, { kind: "interrupt", ...handler, feed: state.feed }, pause);
      if (task === state.running) state.pause = pause;
    },
    pushRoutine(task, routine, finish, name) {
      task.frames.push({ kind: "host", routine, finish, stub: name });
    },
    isReturn: (address) => returns.has(address),
    register,
    setRegister,
  };
};
