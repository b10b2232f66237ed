/** A module takes shape: symbols, relocations, patches (kernel/module/main.c). */
import type { Address } from "../../base/address.ts";
import { byteStringToBytes } from "../../base/bytes.ts";
import { verifyExportedSymbols } from "../../loader/exports.ts";
import type { ModuleImage } from "../../loader/image.ts";
import { undefinedSymbols } from "../../loader/imports.ts";
import {
  type LinkedModule,
  type PreparedModule,
  linkModule,
  noteSignature,
  patchComing,
} from "../../loader/load.ts";
import { patchPortSites } from "../../loader/port-sites.ts";
import type { OwnerBusy } from "../../loader/symbols.ts";
import { type Routine, block } from "../routine.ts";
import { writeImage } from "./allocate.ts";
import { describeModule } from "./describe.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import type { ModuleSystem } from "./system.ts";

/** From the signature's taint to relocations: after this the image in guest memory is final. */
export function* form(
  system: ModuleSystem,
  module: Module,
  image: ModuleImage,
  { info, layout }: PreparedModule,
): Routine<void> {
  const { k, build, host } = system;
  noteSignature(info, build, host);
  if (layout.percpu !== undefined) {
    k.journal.touch(module).percpu = system.allocatePercpu(layout.percpu, module.name);
  }
  system.references.initialise(module);
  const linked = yield* link(system, module, image);
  const { jumpEntries, staticCallSites } = patchComing({
    image,
    sections: linked.sections,
    patching: system.patching,
    foreignKey: system.foreignKey,
    staticCalls: system.staticCalls,
  });
  k.ports.serve(patchPortSites(info, image));
  // What the guest's struct module holds by now must survive the final copy.
  const header = snapshotHeader(system, module);
  writeImage(system, image);
  restoreHeader(system, module, header);
  if (module.percpu !== undefined) system.fillPercpu(module.percpu, linked.finalized.percpuBytes);
  describeModule(k, module, image, linked);
  setupModinfo(system, module);
  k.journal.touch(module).jumpEntries = jumpEntries;
  module.staticCallSites = staticCallSites;
  verifyExportedSymbols(info, linked.exports, system.resolver(module), host);
  remember(system, module);
}

/** linkModule(), waiting for exporters that are in their init. */
function* link(system: ModuleSystem, module: Module, image: ModuleImage): Routine<LinkedModule> {
  const { build, host, patching, fentry } = system;
  const { info, percpu } = module;
  const resolver = system.resolver(module);
  const linking = linkModule({ info, image, percpu, resolver, build, host, patching, fentry });
  let step = linking.next();
  while (!step.done) step = linking.next(yield* waitForOwner(system, step.value));
  return step.value;
}

/** For reports, which tell of modules that are gone, too. */
const remember = ({ history }: ModuleSystem, { name, info }: Module): void =>
  history.add({
    name,
    license: info.modinfo.get("license") ?? "unspecified",
    taints: info.taints,
    imports: undefinedSymbols(info),
    init: undefined,
    exit: undefined,
    refcount: 0,
  });

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
