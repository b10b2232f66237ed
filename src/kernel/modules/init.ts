import { asInt, RBX } from "../../abi/calls.ts";
import { toAddress, toPattern } from "../../base/address.ts";
import { checkLeft } from "../locks/leaving.ts";
import type { Kernel } from "../kernel.ts";
import { loadCallers } from "../oops/callers.ts";
import { SYSCALL } from "../oops/user-registers.ts";
import { type Routine, callGuest } from "../routine.ts";
import type { Task } from "../task.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";
import { freeModule } from "./unload.ts";

/** do_init_module() (kernel/module/main.c). Returns init's result as the system call gives it. */
export function* initModule(system: ModuleSystem, module: Module): Routine<number> {
  const { k, list, references } = system;
  const result = module.initFunction === 0 ? 0 : yield* doOneInitcall(system, module);
  if (result < 0) {
    list.setState(module, MODULE_STATE.GOING);
    references.put(module);
    yield* system.notify(module, MODULE_STATE.GOING);
    yield* freeModule(system, module);
    return result;
  }
  if (result > 0) {
    k.printk(
      4,
      `do_init_module: '${module.name}'->init suspiciously returned ${result}, it should follow 0/-E convention\n` +
        "do_init_module: loading module anyway...",
    );
    k.traces.dumpStack({
      via: [],
      callers: loadCallers("suspicious", k.current.syscall),
    });
  }
  list.setState(module, MODULE_STATE.LIVE);
  k.current.callers = loadCallers("live", k.current.syscall);
  yield* system.notify(module, MODULE_STATE.LIVE);
  yield* awaitAsyncCalls(k);
  references.put(module);
  freeInit(system, module);
  system.changed();
  return 0;
}

/** async_synchronize_full(): what init has asked for may stand in the init area, which goes next. */
function* awaitAsyncCalls(k: Kernel): Routine<void> {
  if (!k.isMade("asyncCalls")) return;
  for (let wait = k.asyncCalls.wait(Infinity, "all"); wait !== undefined;) {
    yield wait;
    wait = k.asyncCalls.wait(Infinity, "all");
  }
}

/** do_one_initcall() (init/main.c): runs init and puts right what it left of preemption and interrupts. */
function* doOneInitcall(system: ModuleSystem, module: Module): Routine<number> {
  const { k } = system;
  const before = k.cpu.preemptCount();
  const measured = system.history.measure(module.name, "init");
  k.current.callers = loadCallers("init", k.current.syscall);
  // do_one_initcall keeps the function there, and so it gets onto init's stack.
  k.executor.setRegister(RBX, module.initFunction);
  const rax = yield* callGuest(module.initFunction);
  const result = asInt(rax);
  measured(result);
  checkInit(k, k.current, module, before);
  return system.overrides.initResult?.(result) ?? result;
}

/** The end of do_one_initcall(). `before`: preempt_count when init was called. */
const checkInit = (k: Kernel, task: Task, module: Module, before: number): void => {
  checkLeft(k, task, `init of ${module.name}`);
  k.traces.checkInitcall(task, module.initFunction, before);
};

const INITCALL = "initcall";
/** Why a task whose init is over waits. */
const OVER = { reason: "nothing: its init is over", interruptible: false };

/**
 * Makes do_one_initcall() the next thing that `task` does, which has never run; `tasks.resume` then
 * does it. All of it is data by then, so a snapshot in between makes init repeatable at little cost.
 */
export const prepareInit = ({ k }: ModuleSystem, module: Module, task: Task): void => {
  k.journal.touch(task);
  k.journal.touch(task.frames);
  k.journal.touch(task.registers);
  task.syscall = SYSCALL.FINIT_MODULE;
  task.callers = loadCallers("init", task.syscall);
  task.bottom = { kind: INITCALL, data: module.address };
  task.registers[RBX] = toPattern(module.initFunction);
  k.executor.pushCall(task, { kind: "call", fn: module.initFunction, args: [] });
  k.tasks.hold(task);
  k.bottoms.set(INITCALL, (ended, rax) => {
    ended.exitCode = asInt(rax);
    checkInit(k, ended, module, 0);
    ended.state = "blocked";
    ended.waiting = OVER;
  });
};

/** A prepared init has returned; its result is the task's exit code. */
export const initIsOver = (task: Task): boolean => task.waiting === OVER;

/** Seals "read-only after init" and unmaps the init area: a later jump there is a page fault. */
const freeInit = (system: ModuleSystem, module: Module): void => {
  const { k, memory } = system;
  memory.protect(module.core.base, module.layout.core, "sealed");
  if (module.init.size > 0) memory.releaseLater(module.init.base);
  k.journal.touch(module);
  module.init = { base: 0, size: 0 };
  module.symbols = module.symbols.filter(
    ({ address }) => address >= module.core.base && address < module.core.base + module.core.size,
  );
  const view = k.struct("module", module.address);
  view.init_layout.base = toAddress(0n);
  view.init_layout.size = 0;
  view.init_layout.text_size = 0;
  view.init_layout.ro_size = 0;
  view.init_layout.ro_after_init_size = 0;
};
