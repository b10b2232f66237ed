/** A formed module is announced and gets its parameters (kernel/module/main.c). */
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { takeParameter } from "../dynamic-debug/dynamic-debug.ts";
import { loadCallers } from "../oops/callers.ts";
import { parseArguments, readParameters } from "../params.ts";
import type { Routine } from "../routine.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";
import { freeModule, goingDown } from "./unload.ts";

/** complete_formation, prepare_coming_module, parse_args, sysfs. */
export function* comeUp(system: ModuleSystem, module: Module, parameters: ByteString): Routine<void> {
  const { k, memory, list } = system;
  memory.protect(module.core.base, module.layout.core, "running");
  if (module.init.size > 0) memory.protect(module.init.base, module.layout.init, "running");
  list.setState(module, MODULE_STATE.COMING);
  giveArguments(system, module, parameters);
  k.current.callers = loadCallers("coming", k.current.syscall);
  const stop = yield* system.notifyComing(module);
  if (stop !== 0) {
    yield* failComing(system, module, stop);
  }
  const kp = module.sections?.kp;
  module.parameters = kp === undefined ? [] : readParameters(k.memory, kp.address, kp.count);
  k.current.callers = loadCallers("parameters", k.current.syscall);
  yield* setParameters(system, module, parameters);
  yield* system.createSysfs(module);
}

/** The module's copy of its argument text, which `charp` parameters go on pointing into. */
const giveArguments = (system: ModuleSystem, module: Module, text: ByteString): void => {
  const { k } = system;
  const address = system.duplicate(text.length + 1);
  k.memory.setCstring(address, text);
  k.journal.touch(module).arguments = address;
  k.struct("module", module.address).args = address;
};

/** parse_args() with the module's copy of the text. Setters may run guest code; an error ends the load. */
function* setParameters(system: ModuleSystem, module: Module, text: ByteString): Routine<void> {
  const { k } = system;
  const host = {
    memory: k.memory,
    printk: k.printk,
    taintUser: () => system.taintUser(),
    dynamicDebug: (name: ByteString, value: ByteString | undefined) =>
      takeParameter(k, module.name, name, value),
    text: module.arguments,
  };
  const { error, afterDashes } = yield* parseArguments(host, module.name, text, module.parameters);
  if (error !== 0) yield* failComing(system, module, error);
  if (afterDashes !== undefined) {
    k.printk(4, `${module.name}: parameters '${afterDashes}' after \`--' ignored`);
  }
}

/** Sets parameters again before init has run: as if the module had been loaded with this text. */
export function* changeParameters(system: ModuleSystem, module: Module, text: ByteString): Routine<void> {
  system.freeArguments(module.arguments);
  giveArguments(system, module, text);
  yield* setParameters(system, module, text);
}

/** Undoes what comeUp did and throws the error. */
function* failComing(system: ModuleSystem, module: Module, error: number): Routine<never> {
  yield* goingDown(system, module);
  yield* freeModule(system, module);
  throw new Errno(-error || EBUSY);
}
