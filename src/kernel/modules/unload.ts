import type { ByteString } from "../../base/bytes.ts";
import { EAGAIN, EBUSY, ENOENT, EPERM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { checkLeft } from "../locks/leaving.ts";
import { destroyParameters } from "../params.ts";
import { MODULE_CALLERS } from "../oops/callers.ts";
import { type Routine, callGuest } from "../routine.ts";
import { O_TRUNC } from "../user.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";

/** delete_module(2) (kernel/module/main.c). `flags`: O_TRUNC forces. */
export function* deleteModule(system: ModuleSystem, name: ByteString, flags: number): Routine<void> {
  const { list, references } = system;
  if (!system.capable()) throw new Errno(EPERM);
  const module = list.find(name);
  if (module === undefined) throw new Errno(ENOENT);
  if (system.users(module).length > 0) throw new Errno(EAGAIN);
  // Coming, or going already.
  if (list.state(module) !== MODULE_STATE.LIVE) throw new Errno(EBUSY);
  const forced = (): boolean => {
    if ((flags & O_TRUNC) === 0) return false;
    system.taintForcedRemoval();
    return true;
  };
  if (module.initFunction !== 0 && module.exitFunction === 0 && !forced()) throw new Errno(EBUSY);
  if (!references.tryRelease(module) && !forced()) throw new Errno(EAGAIN);
  list.setState(module, MODULE_STATE.GOING);
  if (module.exitFunction !== 0) {
    const measured = system.history.measure(name, "exit");
    system.k.current.callers = MODULE_CALLERS.deleteModule;
    yield* callGuest(module.exitFunction);
    measured(undefined);
    checkLeft(system.k, system.k.current, `exit of ${name}`);
  }
  system.k.current.callers = MODULE_CALLERS.going;
  yield* system.notify(module, MODULE_STATE.GOING);
  checkExit(system);
  system.noteUnloaded(module);
  yield* freeModule(system, module);
}

/** Unloading waits for readers next (ftrace_release_mod), which an exit that left preemption off does not survive. */
const checkExit = ({ k }: ModuleSystem): void => {
  if (k.cpu.preemptCount() === 0) return;
  k.traces.schedulingWhileAtomic(k.current, "synchronize_rcu", { callers: MODULE_CALLERS.afterExit });
};

/** The going half of a load that failed after its module was announced. */
export function* goingDown(system: ModuleSystem, module: Module): Routine<void> {
  system.list.setState(module, MODULE_STATE.GOING);
  yield* destroyParameters(system.k.memory, module.parameters);
  system.k.journal.touch(module).parameters = [];
  yield* system.notify(module, MODULE_STATE.GOING);
}

/** free_module(): sysfs, parameters, references to others, memory. */
export function* freeModule(system: ModuleSystem, module: Module): Routine<void> {
  const { k, list, memory } = system;
  if (k.isMade("tracing")) yield* k.tracing.moduleGoing(module);
  yield* system.removeSysfs(module);
  list.setState(module, MODULE_STATE.UNFORMED);
  yield* destroyParameters(k.memory, module.parameters);
  system.dropUses(module);
  list.remove(module);
  if (module.arguments !== 0) system.freeArguments(module.arguments);
  if (module.percpu !== undefined) system.freePercpu(module.percpu);
  if (module.init.size > 0) memory.release(module.init.base);
  k.lockdep.freed(module.core.base, module.core.size);
  if (k.isMade("probes")) k.probes.forget(module.core.base, module.core.base + module.core.size);
  memory.release(module.core.base);
  system.changed();
}
