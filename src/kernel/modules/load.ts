import type { Address } from "../../base/address.ts";
import { type ByteString, byteStringToBytes } from "../../base/bytes.ts";
import { EBUSY, EEXIST, EINTR, ENOEXEC, EPERM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { type ModuleImage, moveModule } from "../../loader/image.ts";
import { verifyExportedSymbols } from "../../loader/exports.ts";
import { undefinedSymbols } from "../../loader/imports.ts";
import {
  type PreparedModule,
  linkModule,
  noteSignature,
  patchComing,
  prepareModule,
} from "../../loader/load.ts";
import { patchPortSites } from "../../loader/port-sites.ts";
import type { OwnerBusy } from "../../loader/symbols.ts";
import { takeParameter } from "../dynamic-debug/dynamic-debug.ts";
import { type Routine, block } from "../routine.ts";
import { loadCallers } from "../oops/callers.ts";
import { parseArguments, readParameters } from "../params.ts";
import { describeModule } from "./describe.ts";
import { initModule } from "./init.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";
import { freeModule, goingDown } from "./unload.ts";

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

/** layout_and_allocate(): memory for both areas, sections in place in a host-side image. */
const allocate = (
  system: ModuleSystem,
  { info, layout }: PreparedModule,
): { module: Module; image: ModuleImage } => {
  const { memory } = system;
  const core = memory.allocate(layout.core.size);
  let init: Address = 0;
  try {
    if (layout.init.size > 0) init = memory.allocate(layout.init.size);
  } catch (error) {
    memory.release(core);
    throw error;
  }
  const image = moveModule(info, layout, { core, init, file: system.fileBase });
  const address = image.sectionAddresses[info.index.mod] ?? 0;
  const module: Module = {
    name: info.moduleName,
    address,
    core: { base: core, size: layout.core.size },
    init: { base: init, size: layout.init.size },
    layout,
    info,
    sections: undefined,
    jumpEntries: [],
    ftraceSites: [],
    orc: undefined,
    parameters: [],
    exports: new Map(),
    symbols: [],
    sectionList: sectionList(info, image),
    percpu: undefined,
    arguments: 0,
    initFunction: 0,
    exitFunction: 0,
    uses: [],
    taints: info.taints,
  };
  writeImage(system, image);
  return { module, image };
};

const sectionList = (info: Module["info"], image: ModuleImage): Module["sectionList"] =>
  info.elf.sections
    .filter((section) => image.layout.placements[section.index] !== undefined && section.size > 0)
    .map((section) => ({
      name: section.name,
      address: image.sectionAddresses[section.index] ?? 0,
      size: section.size,
    }));

const writeImage = (system: ModuleSystem, image: ModuleImage): void => {
  const { memory } = system.k;
  memory.write(image.core.base, image.core.bytes);
  if (image.init !== undefined) memory.write(image.init.base, image.init.bytes);
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

/** From the signature's taint to relocations: after this the image in guest memory is final. */
function* form(
  system: ModuleSystem,
  module: Module,
  image: ModuleImage,
  { info, layout }: PreparedModule,
): Routine<void> {
  const { build, host } = system;
  noteSignature(info, build, host);
  const percpu = layout.percpu === undefined ? undefined : system.allocatePercpu(layout.percpu, module.name);
  (module as { percpu: Address | undefined }).percpu = percpu;
  system.references.initialise(module);
  const { patching, fentry } = system;
  const linking = linkModule({
    info,
    image,
    percpu,
    resolver: system.resolver(module),
    build,
    host,
    patching,
    fentry,
  });
  let step = linking.next();
  while (!step.done) step = linking.next(yield* waitForOwner(system, step.value));
  const linked = step.value;
  const { jumpEntries } = patchComing({
    image,
    sections: linked.sections,
    patching,
    foreignKey: system.foreignKey,
    staticCalls: system.staticCalls,
  });
  system.k.ports.serve(patchPortSites(info, image));
  // What the guest's struct module holds by now must survive the final copy.
  const header = snapshotHeader(system, module);
  writeImage(system, image);
  restoreHeader(system, module, header);
  if (percpu !== undefined) system.fillPercpu(percpu, linked.finalized.percpuBytes);
  describeModule(system.k, module, image, linked);
  setupModinfo(system, module);
  system.k.journal.touch(module).jumpEntries = jumpEntries;
  verifyExportedSymbols(info, linked.exports, system.resolver(module), host);
  system.history.add({
    name: module.name,
    license: info.modinfo.get("license") ?? "unspecified",
    taints: info.taints,
    imports: undefinedSymbols(info),
    init: undefined,
    exit: undefined,
    refcount: 0,
  });
}

/** setup_modinfo(): texts that sysfs shows, in kernel memory of their own. */
const setupModinfo = ({ k }: ModuleSystem, { address, info }: Module): void => {
  const view = k.struct("module", address);
  const copy = (tag: string): Address => {
    const text = info.modinfo.get(tag);
    return text === undefined ? 0 : k.heap.internal(byteStringToBytes(`${text}\0`));
  };
  view.version = copy("version");
  view.srcversion = copy("srcversion");
};

interface Header {
  readonly list: readonly [Address, Address];
  readonly refcnt: number;
  readonly state: number;
}

const snapshotHeader = ({ k }: ModuleSystem, { address }: Module): Header => {
  const view = k.struct("module", address);
  return { list: [view.list.next, view.list.prev], refcnt: view.refcnt.counter, state: view.state };
};

const restoreHeader = ({ k }: ModuleSystem, { address }: Module, header: Header): void => {
  const view = k.struct("module", address);
  [view.list.next, view.list.prev] = header.list;
  view.refcnt.counter = header.refcnt;
  view.state = header.state;
};

/** An exporter is in its init: resolve_symbol_wait() gives it 30 seconds. */
const OWNER_WAIT_NS = 30_000_000_000;

function* waitForOwner(system: ModuleSystem, busy: OwnerBusy): Routine<"retry" | "gave-up"> {
  const { clock } = system.k;
  const until = clock.now() + OWNER_WAIT_NS;
  const owner = system.list.find(busy.owner);
  if (owner === undefined || system.list.state(owner) !== MODULE_STATE.COMING) return "retry";
  yield block(`module ${busy.owner} to finish its init`, { deadline: until });
  return clock.now() >= until ? "gave-up" : "retry";
}

/** complete_formation, prepare_coming_module, parse_args, sysfs. */
function* comeUp(system: ModuleSystem, module: Module, parameters: ByteString): Routine<void> {
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

const releaseMemory = (system: ModuleSystem, module: Module): void => {
  if (module.init.size > 0) system.memory.release(module.init.base);
  system.memory.release(module.core.base);
};
