import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EEXIST, EINTR, ENOEXEC, EPERM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { prepareModule } from "../../loader/load.ts";
import type { Routine } from "../routine.ts";
import { allocate, releaseMemory } from "./allocate.ts";
import { comeUp } from "./coming.ts";
import { form } from "./form.ts";
import { initModule } from "./init.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";

/** Smallest file init_module looks at: an ELF header. */
const ELF_HEADER = 64;

/**
 * load_module() (kernel/module/main.c): everything up to the moment before init runs. Throws Errno.
 */
export function* bringUp(
  system: ModuleSystem,
  bytes: Uint8Array,
  parameters: ByteString,
  flags: number,
): Routine<Module> {
  const prepared = prepareModule({
    bytes,
    flags,
    build: system.build,
    host: system.host,
    moduleLayoutCrc: system.k.profile.symbol("module_layout")?.crc,
    trustedCertificates: system.trustedCertificates,
  });
  const { module, image } = allocate(system, prepared);
  try {
    yield* addUnformed(system, module);
  } catch (error) {
    releaseMemory(system, module);
    throw error;
  }
  try {
    yield* form(system, module, image, prepared);
  } catch (error) {
    system.dropUses(module);
    if (module.percpu !== undefined) system.freePercpu(module.percpu);
    system.list.remove(module);
    system.changed();
    releaseMemory(system, module);
    throw error;
  }
  yield* comeUp(system, module, parameters);
  return module;
}

/**
 * load_module() and do_init_module(): the whole life of a module up to LIVE. Returns what the system
 * call returns; throws Errno where it fails.
 */
export function* loadModule(
  system: ModuleSystem,
  bytes: Uint8Array,
  parameters: ByteString,
  flags: number,
): Routine<number> {
  return yield* initModule(system, yield* bringUp(system, bytes, parameters, flags));
}

/** may_init_module() */
export const mayInitModule = (system: ModuleSystem): void => {
  if (!system.capable()) throw new Errno(EPERM);
};

/** What init_module(2) checks before load_module sees the file. */
export const checkImageSize = (bytes: Uint8Array): void => {
  if (bytes.length < ELF_HEADER) throw new Errno(ENOEXEC);
};

/** add_unformed_module(): names are unique; a load of a module that is still coming up is waited for, not redone. */
function* addUnformed(system: ModuleSystem, module: Module): Routine<void> {
  const stateOf = (): number | undefined => {
    const old = system.list.find(module.name);
    return old === undefined ? undefined : system.list.state(old);
  };
  if (stateOf() !== undefined) {
    while (stateOf() === MODULE_STATE.COMING || stateOf() === MODULE_STATE.UNFORMED) {
      yield* system.waitForChange(`module ${module.name} to finish its init`);
      if (system.interrupted()) throw new Errno(EINTR);
    }
    throw new Errno(stateOf() === MODULE_STATE.LIVE ? EEXIST : EBUSY);
  }
  system.list.add(module);
  system.list.setState(module, MODULE_STATE.UNFORMED);
}
