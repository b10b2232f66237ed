import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, ENOENT } from "../../base/errno.ts";
import type { KernelBuild, LoadHost } from "../../loader/host.ts";
import { undefinedSymbols } from "../../loader/imports.ts";
import type { TextPatching } from "../../loader/text-patching.ts";
import type { ExportedSymbol, SymbolResolver } from "../../loader/symbols.ts";
import type { Kernel } from "../kernel.ts";
import { callNotifiers, callNotifiersRobust, notifierToErrno } from "../notifier.ts";
import { TAINT, moduleTaintLetters } from "../oops/taint.ts";
import { block } from "../routine.ts";
import { createWaitLists } from "../sched/waits.ts";
import { type WorkCounters, createHistory } from "./history.ts";
import { MODULE_STATE, type Module } from "./module.ts";
import { type ModuleList, createModuleList } from "./module-list.ts";
import { type ModuleMemory, createModuleMemory } from "./module-memory.ts";
import { type References, createReferences } from "./references.ts";
import type { ModuleSystem } from "./system.ts";

/** Whether it brings what tracing has to know of. */
const isTraced = ({ sections }: Module): boolean =>
  (sections?.traceEvents.count ?? 0) > 0 || (sections?.traceBprintkFmt.count ?? 0) > 0;

/** What the module system asks of floors and subsystems around it. */
export interface ModuleLinks {
  /** An exported symbol of the kernel, ready for use. */
  kernelSymbol(name: ByteString): ExportedSymbol | undefined;
  /** Puts the kernel function at that address in its place. */
  bindAt(address: Address): boolean;
  readonly allocatePercpu: ModuleSystem["allocatePercpu"];
  readonly freePercpu: ModuleSystem["freePercpu"];
  allocate(size: number): Address;
  free(address: Address): void;
  readonly patching: TextPatching;
  readonly fentry: Address;
  readonly foreignKey: ModuleSystem["foreignKey"];
  readonly staticCalls: ModuleSystem["staticCalls"];
  readonly fillPercpu: ModuleSystem["fillPercpu"];
  readonly createSysfs: ModuleSystem["createSysfs"];
  readonly removeSysfs: ModuleSystem["removeSysfs"];
  readonly work: WorkCounters;
  /** CAP_SYS_MODULE of the calling process. */
  capable(): boolean;
  hashed(address: Address): ByteString;
}

/** Key of the wait list for module state changes. */
const MODULE_WQ = 1;
const SYSCALL_CALLERS = ["do_syscall_64+0x5d/0xb0", "entry_SYSCALL_64_after_hwframe+0x6e/0xd8"];

/** modprobe's exit status 1, as wait(2) gives it: user space has no module of that name. */
const HELPER_FAILED = 256;

interface State {
  requests: readonly ByteString[];
  once: readonly string[];
  lastUnloaded: { readonly name: ByteString; readonly taints: ByteString } | undefined;
}

export const createModules = (k: Kernel, links: ModuleLinks): ModuleSystem => {
  const list: ModuleList = createModuleList(k);
  const memory: ModuleMemory = createModuleMemory(k.machine, k.journal);
  const references: References = createReferences(k, list);
  const waits = createWaitLists(k);
  const notifiers = k.statics.allocate(8);
  const state: State = { once: [], lastUnloaded: undefined, requests: [] };
  const build = kernelBuild(k);
  const host = loadHost(k, links, state);
  const users = (module: Module): Module[] => list.all().filter((each) => each.uses.includes(module.name));

  return {
    k,
    list,
    memory,
    references,
    build,
    host,
    history: createHistory(k.journal, links.work),
    requests: () => state.requests,
    requestModule(name) {
      k.journal.touch(state).requests = [...state.requests, name];
      return HELPER_FAILED;
    },
    notifiers,
    fileBase: FILE_BASE,
    syscallCallers: SYSCALL_CALLERS,
    capable: links.capable,
    interrupted: () => k.current.pending !== 0,
    overrides: { initResult: undefined },
    *waitForChange(reason) {
      waits.join(MODULE_WQ, k.current);
      yield block(reason, { interruptible: true });
    },
    changed: () => void waits.wakeAll(MODULE_WQ),
    resolver: (module) => createResolver({ k, list, references, links }, module),
    trustedCertificates: () => k.profile.certificates(),
    bindImports({ info }) {
      for (const name of undefinedSymbols(info)) {
        const symbol = k.profile.symbol(name);
        if (symbol?.kind === "function" && !k.executor.traps.has(symbol.address))
          links.bindAt(symbol.address);
      }
    },
    patching: links.patching,
    fentry: links.fentry,
    foreignKey: links.foreignKey,
    staticCalls: links.staticCalls,
    fillPercpu: links.fillPercpu,
    allocatePercpu: links.allocatePercpu,
    freePercpu: links.freePercpu,
    duplicate: links.allocate,
    freeArguments: links.free,
    *notifyComing(module) {
      if (isTraced(module)) k.tracing.moduleComing(module);
      const actions = { up: MODULE_STATE.COMING, down: MODULE_STATE.GOING };
      return -notifierToErrno(yield* callNotifiersRobust(k.memory, notifiers, actions, module.address));
    },
    *notify(module, action) {
      yield* callNotifiers(k.memory, notifiers, action, module.address);
    },
    createSysfs: links.createSysfs,
    removeSysfs: links.removeSysfs,
    users,
    dropUses: (module) => dropUses(list, references, module, k),
    noteUnloaded(module) {
      const taints = moduleTaintLetters(module.taints);
      k.journal.touch(state).lastUnloaded = { name: module.name, taints };
    },
    lastUnloaded: () => state.lastUnloaded,
    taintUser: () => k.taints.add(TAINT.USER, "still-ok"),
    taintForcedRemoval: () => k.taints.add(TAINT.FORCED_RMMOD, "now-unreliable"),
  };
};

/** Where the kernel would keep its copy of the file: a vmalloc address. */
const FILE_BASE: Address = -0x36ff_ff00_0000;

const kernelBuild = (k: Kernel): KernelBuild => ({
  vermagic: k.profile.vermagic,
  config: {
    has: (option) => k.profile.config(`CONFIG_${option}`) === "y" || k.profile.config(option) === "y",
  },
  moduleStruct: {
    size: k.sizeOf("module"),
    offset(path) {
      try {
        return k.offsetOf("module", path);
      } catch {
        return undefined;
      }
    },
  },
});

const loadHost = (k: Kernel, links: ModuleLinks, state: State): LoadHost => ({
  log: (level, text) => k.printk(level, text),
  once(key) {
    if (state.once.includes(key)) return false;
    k.journal.touch(state).once = [...state.once, key];
    return true;
  },
  tainted: (flag) => k.taints.has(flag),
  taint: (flag, lockdep) => k.taints.add(flag, lockdep),
  formatPointer: links.hashed,
});

interface Parts {
  readonly k: Kernel;
  readonly list: ModuleList;
  readonly references: References;
  readonly links: ModuleLinks;
}

/** find_symbol() and ref_module(): the kernel's exports first, then other modules' in list order. */
const createResolver = ({ k, list, references, links }: Parts, user: Module): SymbolResolver => ({
  findSymbol(name, gplOk) {
    const own = links.kernelSymbol(name);
    if (own !== undefined && (gplOk || !own.gplOnly)) return own;
    for (const module of list.all()) {
      if (module === user || list.state(module) === MODULE_STATE.UNFORMED) continue;
      const found = module.exports.get(name);
      if (found === undefined || (found.gplOnly && !gplOk)) continue;
      return { ...found, owner: { name: module.name, taints: module.taints } };
    }
    return undefined;
  },
  refModule(ownerName) {
    const owner = list.find(ownerName);
    if (owner === undefined) return ENOENT;
    if (user.uses.includes(ownerName)) return 0;
    if (list.state(owner) === MODULE_STATE.COMING) return EBUSY;
    if (!references.tryGet(owner)) return ENOENT;
    k.journal.touch(user).uses = [...user.uses, ownerName];
    return 0;
  },
});

/** module_unload_free(): gives back the references taken on other modules. */
const dropUses = (list: ModuleList, references: References, module: Module, k: Kernel): void => {
  for (const name of module.uses) {
    const owner = list.find(name);
    if (owner !== undefined) references.put(owner);
  }
  k.journal.touch(module).uses = [];
};
