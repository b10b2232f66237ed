import { alignUp, PAGE_SIZE } from "../base/address.ts";
import { ENOMEM } from "../base/errno.ts";
import { addToArea } from "./area.ts";
import type { AreaLayout, Placement } from "./area.ts";
import { SHF_ALLOC, SHN_UNDEF, stringLengthAt, SYM_SIZE, viewOf } from "./elf.ts";
import { LoadFailure } from "./failure.ts";

import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

/** sizeof and alignof struct mod_kallsyms (include/linux/module.h). */
const MOD_KALLSYMS_SIZE = 32;
const MOD_KALLSYMS_ALIGN = 8;

/** Symbol strings beyond this are no module's. */
const MAX_STRINGS = 64 << 20;

/** Where the symbol tables for kallsyms go: all symbols in init, those of the core part in core. */
export interface SymtabLayout {
  readonly symbolCount: number;
  /** Numbers of the symbols that stay after init, the null symbol first. */
  readonly coreSymbols: readonly number[];
  /** Offsets in the core area: symbols, strings, type letters. */
  readonly coreSymbolOffset: number;
  readonly coreStringOffset: number;
  readonly coreTypeOffset: number;
  /** Offsets in the init area: struct mod_kallsyms, type letters. */
  readonly kallsymsOffset: number;
  readonly initTypeOffset: number;
}

interface Areas {
  readonly core: AreaLayout;
  readonly init: AreaLayout;
  readonly placements: (Placement | undefined)[];
}

const placeInInit = (info: LoadInfo, index: number, areas: Areas): void => {
  const section = sectionAt(info.elf, index);
  section.flags |= SHF_ALLOC;
  areas.placements[index] = { area: "init", offset: addToArea(areas.init, section) };
};

/** is_core_symbol() (kernel/module/kallsyms.c), with CONFIG_KALLSYMS_ALL. */
const isCoreSymbol = (info: LoadInfo, areas: Areas, nameOffset: number, sectionIndex: number): boolean => {
  if (sectionIndex === SHN_UNDEF || nameOffset === 0) return false;
  const section = info.elf.sections[sectionIndex];
  if (section === undefined) return false;
  if (sectionIndex === info.index.pcpu) return true;
  return (section.flags & SHF_ALLOC) !== 0 && areas.placements[sectionIndex]?.area !== "init";
};

const selectCoreSymbols = (info: LoadInfo, areas: Areas) => {
  const symbols = sectionContents(info.elf, sectionAt(info.elf, info.index.sym));
  const strings = info.elf.bytes.subarray(
    Math.min(sectionAt(info.elf, info.index.str).offset, info.elf.bytes.length),
  );
  const view = viewOf(symbols);
  const symbolCount = Math.floor(symbols.length / SYM_SIZE);
  const coreSymbols: number[] = [];
  // A live patch is relocated again whenever what it patches is loaded.
  const keepsAll = info.modinfo.get("livepatch") !== undefined;
  let stringBytes = 0;
  for (let i = 0; i < symbolCount; i += 1) {
    const nameOffset = view.getUint32(i * SYM_SIZE, true);
    if (i > 0 && !keepsAll && !isCoreSymbol(info, areas, nameOffset, view.getUint16(i * SYM_SIZE + 6, true)))
      continue;
    coreSymbols.push(i);
    stringBytes += stringLengthAt(strings, nameOffset) + 1;
    if (stringBytes > MAX_STRINGS) throw new LoadFailure(ENOMEM, "symbol names take too much memory");
  }
  return { symbolCount, coreSymbols, stringBytes };
};

/** layout_symtab() of kernel/module/kallsyms.c. Grows both areas. Throws LoadFailure. */
export const layoutSymtab = (info: LoadInfo, areas: Areas): SymtabLayout => {
  const { core, init } = areas;
  placeInInit(info, info.index.sym, areas);
  const { symbolCount, coreSymbols, stringBytes } = selectCoreSymbols(info, areas);
  // One section the size of the core symbols: the alignment is the symbol table's.
  const coreSymbolOffset = addToArea(core, {
    size: coreSymbols.length * SYM_SIZE,
    align: sectionAt(info.elf, info.index.sym).align,
  });
  const coreStringOffset = core.size;
  const coreTypeOffset = coreStringOffset + stringBytes;
  core.size = alignUp(coreTypeOffset + coreSymbols.length, PAGE_SIZE);
  placeInInit(info, info.index.str, areas);
  const kallsymsOffset = alignUp(init.size, MOD_KALLSYMS_ALIGN);
  const initTypeOffset = kallsymsOffset + MOD_KALLSYMS_SIZE;
  init.size = alignUp(initTypeOffset + symbolCount, PAGE_SIZE);
  return {
    symbolCount,
    coreSymbols,
    coreSymbolOffset,
    coreStringOffset,
    coreTypeOffset,
    kallsymsOffset,
    initTypeOffset,
  };
};
