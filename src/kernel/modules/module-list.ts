import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { JournalMap } from "../journal.ts";
import { MODULE_STATE, type Module, type ModuleSymbol } from "./module.ts";

/**
 * The kernel's list of modules: a real list through `struct module.list` in guest memory, so that a
 * module that unlinks itself is gone from /proc/modules as on a real kernel.
 */
export interface ModuleList {
  /** Newest first, as the list stands in the guest; unformed ones included. */
  all(): Module[];
  find(name: ByteString): Module | undefined;
  /** Also finds what the guest's list no longer shows. */
  byStruct(address: Address): Module | undefined;
  /** The module whose memory holds `address`. */
  at(address: Address): Module | undefined;
  add(module: Module): void;
  remove(module: Module): void;
  state(module: Module): number;
  setState(module: Module, state: number): void;
  /** "name+0x1c/0x40": the nearest symbol at or below, within the module. */
  symbolAt(module: Module, address: Address): { name: ByteString; offset: number; size: number } | undefined;
}

/** include/linux/poison.h */
const LIST_POISON1 = 0xdead_0000_0000_0100n;
const LIST_POISON2 = 0xdead_0000_0000_0122n;

const within = (area: { base: Address; size: number }, address: Address): boolean =>
  address >= area.base && address < area.base + area.size;

export const createModuleList = (k: Kernel): ModuleList => {
  const modules: JournalMap<Address, Module> = k.journal.map();
  const head = k.statics.allocate(16);
  const { memory } = k;
  memory.setPointer(head, head);
  memory.setPointer(head + 8, head);
  const offset = k.offsetOf("module", "list");

  const link = (previous: Address, next: Address): void => {
    memory.setPointer(previous, next);
    memory.setPointer(next + 8, previous);
  };
  const all = (): Module[] => {
    const found: Module[] = [];
    let at = memory.pointer(head);
    // The guest may have bent the list: never follow it further than there are modules.
    for (let steps = 0; at !== head && steps <= modules.size; steps += 1) {
      const module = modules.get(at - offset);
      if (module === undefined || !memory.accessible(at, 16, "read")) break;
      found.push(module);
      at = memory.pointer(at);
    }
    return found;
  };
  const symbolAfter = (symbols: readonly ModuleSymbol[], address: Address): number => {
    let [low, high] = [0, symbols.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((symbols[middle]?.address ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    all,
    find: (name) => all().find((module) => module.name === name),
    byStruct: (address) => modules.get(address),
    at(address) {
      for (const module of modules.values()) {
        if (within(module.core, address) || within(module.init, address)) return module;
      }
      return undefined;
    },
    add(module) {
      modules.set(module.address, module);
      const entry = module.address + offset;
      link(entry, memory.pointer(head));
      link(head, entry);
    },
    remove(module) {
      const entry = module.address + offset;
      const [next, previous] = [memory.pointer(entry), memory.pointer(entry + 8)];
      if (memory.accessible(next, 16, "write") && memory.accessible(previous, 16, "write"))
        link(previous, next);
      memory.setU64(entry, LIST_POISON1);
      memory.setU64(entry + 8, LIST_POISON2);
      modules.delete(module.address);
    },
    state: (module) => k.struct("module", module.address).state,
    setState(module, state) {
      k.struct("module", module.address).state = state;
      const name = Object.entries(MODULE_STATE).find(([, value]) => value === state)?.[0] ?? "?";
      k.events.emit({ kind: "module", name: module.name, state: name });
    },
    symbolAt(module, address) {
      const after = symbolAfter(module.symbols, address);
      const nearest = module.symbols[after - 1];
      if (nearest === undefined) return undefined;
      // Of several names of one address the first in the symbol table counts.
      const symbol = module.symbols.find((each) => each.address === nearest.address) ?? nearest;
      const inInit = within(module.init, address);
      const area = inInit ? module.init : module.core;
      if (!within(area, address) || symbol.address < area.base) return undefined;
      const next = module.symbols.slice(after).find((each) => each.address > symbol.address);
      // The last one ends where the text does, which for data lies before its start (kernel/module/kallsyms.c).
      const textEnd = area.base + (inInit ? module.layout.init : module.layout.core).textSize;
      const end = Math.min(next?.address ?? Infinity, textEnd);
      return { name: symbol.name, offset: address - symbol.address, size: end - symbol.address };
    },
  };
};
