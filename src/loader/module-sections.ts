import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { EINVAL } from "../base/errno.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_WARNING, TAINT_PROPRIETARY_MODULE } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import type { ModuleImage } from "./image.ts";
import { taintModule } from "./license.ts";
import { findAnySection, findSection, sectionAt } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import { tryToForceLoad } from "./versions.ts";

/** A table in the loaded module: where it is and how many whole entries it has. */
export interface Table {
  /** 0 when the section is absent. */
  readonly address: Address;
  readonly count: number;
}

/** The optional sections struct module points to; each field is named as there. */
export interface ModuleSections {
  readonly kp: Table;
  readonly syms: Table;
  readonly crcs: Address;
  readonly gplSyms: Table;
  readonly gplCrcs: Address;
  readonly ctors: Table;
  readonly noinstrText: Table;
  readonly tracepointsPtrs: Table;
  readonly srcuStructPtrs: Table;
  readonly bpfRawEvents: Table;
  readonly btfData: Table;
  readonly jumpEntries: Table;
  readonly traceEvents: Table;
  readonly traceEvals: Table;
  readonly traceBprintkFmt: Table;
  readonly ftraceCallsites: Table;
  readonly kprobesText: Table;
  readonly kprobeBlacklist: Table;
  readonly staticCallSites: Table;
  readonly extable: Table;
  readonly bugTable: Table;
  readonly dyndbg: Table;
  readonly dyndbgClasses: Table;
}

type Finder = (name: ByteString, entrySize: number) => Table;

/** find_module_sections() looks at loaded sections only; .BTF and __bug_table are found regardless. */
const finders = (info: LoadInfo, image: ModuleImage): { loaded: Finder; any: Finder } => {
  const table = (index: number, entrySize: number): Table => ({
    address: image.sectionAddresses[index] ?? 0,
    count: Math.floor(sectionAt(info.elf, index).size / entrySize),
  });
  return {
    loaded: (name, entrySize) => table(findSection(info.elf, name), entrySize),
    any: (name, entrySize) => table(findAnySection(info.elf, name), entrySize),
  };
};

const findConstructors = (info: LoadInfo, loaded: Finder, build: KernelBuild, host: LoadHost): Table => {
  if (!build.config.has("CONSTRUCTORS")) return { address: 0, count: 0 };
  const ctors = loaded(".ctors", 8);
  if (ctors.address === 0) return loaded(".init_array", 8);
  if (findSection(info.elf, ".init_array") !== 0) {
    const text = `${info.moduleName}: has both .ctors and .init_array.`;
    host.log(KERN_WARNING, text);
    throw new LoadFailure(EINVAL, text);
  }
  return ctors;
};

/** find_module_sections() of kernel/module/main.c; entry sizes are those of 6.1. Throws LoadFailure. */
export const findModuleSections = (
  info: LoadInfo,
  image: ModuleImage,
  build: KernelBuild,
  host: LoadHost,
): ModuleSections => {
  const { loaded, any } = finders(info, image);
  const sections: ModuleSections = {
    kp: loaded("__param", 40),
    syms: loaded("__ksymtab", 12),
    crcs: loaded("__kcrctab", 4).address,
    gplSyms: loaded("__ksymtab_gpl", 12),
    gplCrcs: loaded("__kcrctab_gpl", 4).address,
    ctors: findConstructors(info, loaded, build, host),
    noinstrText: loaded(".noinstr.text", 1),
    tracepointsPtrs: loaded("__tracepoints_ptrs", 4),
    srcuStructPtrs: loaded("___srcu_struct_ptrs", 8),
    bpfRawEvents: loaded("__bpf_raw_tp_map", 32),
    btfData: any(".BTF", 1),
    jumpEntries: loaded("__jump_table", 16),
    traceEvents: loaded("_ftrace_events", 8),
    traceEvals: loaded("_ftrace_eval_map", 8),
    traceBprintkFmt: loaded("__trace_printk_fmt", 8),
    ftraceCallsites: loaded("__mcount_loc", 8),
    kprobesText: loaded(".kprobes.text", 1),
    kprobeBlacklist: loaded("_kprobe_blacklist", 8),
    staticCallSites: loaded(".static_call_sites", 8),
    extable: loaded("__ex_table", 12),
    bugTable: any("__bug_table", 12),
    dyndbg: loaded("__dyndbg", 56),
    dyndbgClasses: loaded("__dyndbg_classes", 56),
  };
  if (findSection(info.elf, "__obsparm") !== 0) {
    host.log(KERN_WARNING, `${info.moduleName}: Ignoring obsolete parameters`);
  }
  return sections;
};

/**
 * check_module_license_and_versions(): three modules known for their licence, and exports without
 * CRCs. Throws LoadFailure.
 */
export const checkLicenseAndVersions = (
  info: LoadInfo,
  sections: ModuleSections,
  build: KernelBuild,
  host: LoadHost,
): void => {
  const before = host.tainted(TAINT_PROPRIETARY_MODULE);
  if (info.moduleName === "ndiswrapper") host.taint(TAINT_PROPRIETARY_MODULE, "now-unreliable");
  if (info.moduleName === "driverloader" || info.moduleName === "lve") {
    taintModule(info, TAINT_PROPRIETARY_MODULE, "now-unreliable", host);
  }
  if (!before && host.tainted(TAINT_PROPRIETARY_MODULE)) {
    host.log(KERN_WARNING, `${info.moduleName}: module license taints kernel.`);
  }
  if (!build.config.has("MODVERSIONS")) return;
  const { syms, crcs, gplSyms, gplCrcs } = sections;
  if ((syms.count > 0 && crcs === 0) || (gplSyms.count > 0 && gplCrcs === 0)) {
    tryToForceLoad(info, "no versions for exported symbols", build, host);
  }
};
