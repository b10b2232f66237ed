/** Call sites of pr_debug() and its kin, as modules carry them (include/linux/dynamic_debug.h). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { MODULE_STATE, type Module } from "../modules/module.ts";

/** Flags of a site (_DPRINTK_FLAGS_*). */
export const FLAG = { PRINT: 1, MODULE: 2, FUNCTION: 4, LINE: 8, TASK: 16 } as const;
/** Letters for them, in the order they are shown in. */
export const FLAG_LETTERS: ReadonlyMap<string, number> = new Map([
  ["p", FLAG.PRINT],
  ["m", FLAG.MODULE],
  ["f", FLAG.FUNCTION],
  ["l", FLAG.LINE],
  ["t", FLAG.TASK],
  ["_", 0],
]);
/** Class of the sites that have none (_DPRINTK_CLASS_DFLT). */
export const NO_CLASS = 63;

/** A call site; its flags and its static key stay in guest memory. */
export interface Site {
  /** The guest's struct _ddebug. */
  readonly address: Address;
  readonly line: number;
  readonly classId: number;
  readonly flags: number;
  /** Read when asked for: a module's pointers may lead nowhere. */
  text(field: "function" | "filename" | "format"): ByteString;
}

/** Names for the class numbers from `base` on. */
export interface ClassMap {
  readonly base: number;
  readonly names: readonly ByteString[];
}

/** Modules that have sites, in the order they were added (ddebug_tables). The kernel's own sites are not kept. */
export const modulesWithSites = ({ modules: { list } }: Kernel): Module[] =>
  list
    .all()
    .reverse()
    .filter(
      (module) => (module.sections?.dyndbg.count ?? 0) > 0 && list.state(module) !== MODULE_STATE.UNFORMED,
    );

const readSite = (k: Kernel, address: Address): Site => {
  const view = k.struct("_ddebug", address);
  return {
    address,
    line: view.lineno,
    classId: view.class_id,
    flags: view.flags,
    text: (field) => k.memory.cstring(view[field]),
  };
};

export const sitesOf = (k: Kernel, { sections }: Module): Site[] => {
  const { address, count } = sections?.dyndbg ?? { address: 0, count: 0 };
  const size = k.sizeOf("_ddebug");
  return Array.from({ length: count }, (_, index) => readSite(k, address + index * size));
};

/** Class numbers have six bits: a longer map names nothing. */
const CLASSES_MAX = 64;

const readClassMap = (k: Kernel, address: Address): ClassMap => {
  const { base, length, class_names: names } = k.struct("ddebug_class_map", address);
  const count = Math.max(0, Math.min(length, CLASSES_MAX));
  return {
    base,
    names: Array.from({ length: count }, (_, index) => k.memory.cstring(k.memory.pointer(names + 8 * index))),
  };
};

/** A module's class maps; the last one declared is asked first. */
export const classMapsOf = (k: Kernel, { sections }: Module): ClassMap[] => {
  const { address, count } = sections?.dyndbgClasses ?? { address: 0, count: 0 };
  const size = k.sizeOf("ddebug_class_map");
  return Array.from({ length: count }, (_, index) => readClassMap(k, address + index * size)).reverse();
};
