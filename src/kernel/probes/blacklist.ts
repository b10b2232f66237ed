/** What may not be probed: NOKPROBE_SYMBOL, noinstr and entry code, patched branches (kernel/kprobes.c). */
import type { Address } from "../../base/address.ts";
import { findBugEntry } from "../../loader/bug-table.ts";
import type { Kernel } from "../kernel.ts";
import type { Module } from "../modules/module.ts";

const RANGES = ["kprobes_text", "noinstr_text", "entry_text"];
const MARK = "_kbl_addr_";
/** Sections of a module none of whose code may be probed. */
const SECTIONS = new Set([".kprobes.text", ".noinstr.text"]);

const inKernelRange = (k: Kernel, address: Address): boolean =>
  RANGES.some((range) => {
    const [from, to] = [k.symbols.address(`__${range}_start`), k.symbols.address(`__${range}_end`)];
    return from !== undefined && to !== undefined && address >= from && address < to;
  });

/** NOKPROBE_SYMBOL leaves a marker symbol in the kernel's data for each function. */
const isMarked = (k: Kernel, address: Address): boolean => {
  const place = k.symbols.lookup(address);
  return place !== undefined && k.symbols.address(MARK + place.name) !== undefined;
};

const inModuleBlacklist = (k: Kernel, module: Module, address: Address): boolean =>
  module.sectionList.some((section) => {
    if (SECTIONS.has(section.name))
      return address >= section.address && address < section.address + section.size;
    if (section.name !== "_kprobe_blacklist") return false;
    const place = k.symbols.lookup(address);
    const start = place === undefined ? address : address - place.offset;
    for (let at = 0; at < section.size; at += 8) {
      if (k.memory.pointer(section.address + at) === start) return true;
    }
    return false;
  });

const JUMP_SIZE = 5;

const isPatched = (k: Kernel, module: Module, address: Address): boolean =>
  module.jumpEntries.some(({ code }) => address >= code && address < code + JUMP_SIZE) ||
  (module.sections !== undefined && findBugEntry(module.sections.bugTable, address, k.memory) !== undefined);

export const isBlacklisted = (k: Kernel, address: Address): boolean => {
  const module = k.modules.list.at(address);
  if (module === undefined) return inKernelRange(k, address) || isMarked(k, address);
  return inModuleBlacklist(k, module, address) || isPatched(k, module, address);
};
