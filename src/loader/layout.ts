import { alignUp, PAGE_SIZE } from "../base/address.ts";
import { ENOEXEC } from "../base/errno.ts";
import { addToArea } from "./area.ts";
import type { Area, AreaLayout, Placement } from "./area.ts";
import { SHF_ALLOC, SHF_EXECINSTR, SHF_RO_AFTER_INIT, SHF_WRITE } from "./elf.ts";
import type { Section } from "./elf.ts";
import type { ElfFile } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR } from "./host.ts";
import type { LoadHost } from "./host.ts";
import { findSection, sectionAt } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import { layoutSymtab } from "./symtab-layout.ts";
import type { SymtabLayout } from "./symtab-layout.ts";

export interface ModuleLayout {
  readonly core: AreaLayout;
  readonly init: AreaLayout;
  /** By section number; undefined for sections that are not loaded. */
  readonly placements: readonly (Placement | undefined)[];
  readonly symtab: SymtabLayout;
  /** Bytes and alignment of the per-CPU section; undefined when it has none. */
  readonly percpu: { readonly size: number; readonly align: number } | undefined;
}

/** Sections in order of allocation: flags that must be set, flags that must not. */
const PASSES: readonly (readonly [need: number, avoid: number])[] = [
  [SHF_EXECINSTR | SHF_ALLOC, 0],
  [SHF_ALLOC, SHF_WRITE],
  [SHF_RO_AFTER_INIT | SHF_ALLOC, 0],
  [SHF_WRITE | SHF_ALLOC, 0],
  [SHF_ALLOC, 0],
];

/** module_init_section(): what is freed when init is done. */
const isInitSection = (section: Section): boolean => section.name.startsWith(".init");

const closePass = (pass: number, area: AreaLayout, kind: Area): void => {
  if (pass === 3) return;
  area.size = alignUp(area.size, PAGE_SIZE);
  if (pass === 0) area.textSize = area.size;
  if (pass === 1) area.roSize = area.size;
  // "Read-only after init" says nothing about memory that is gone after init.
  if (pass === 2) area.roAfterInitSize = kind === "core" ? area.size : area.roSize;
};

/** layout_sections() for one area. */
const layoutArea = (
  elf: ElfFile,
  area: AreaLayout,
  kind: Area,
  placements: (Placement | undefined)[],
): void => {
  const mine = elf.sections.filter(
    (section) => (section.flags & SHF_ALLOC) !== 0 && isInitSection(section) === (kind === "init"),
  );
  for (const [pass, [need, avoid]] of PASSES.entries()) {
    for (const section of mine) {
      if ((section.flags & need) !== need || (section.flags & avoid) !== 0) continue;
      if (placements[section.index] !== undefined) continue;
      placements[section.index] = { area: kind, offset: addToArea(area, section) };
    }
    closePass(pass, area, kind);
  }
};

/** module_enforce_rwx_sections() (kernel/module/strict_rwx.c). */
const enforceRwx = (info: LoadInfo, host: Pick<LoadHost, "log">): void => {
  const both = SHF_WRITE | SHF_EXECINSTR;
  for (const { flags, name, index } of info.elf.sections) {
    if ((flags & both) !== both) continue;
    const text = `${info.moduleName}: section ${name} (index ${index}) has invalid WRITE|EXEC flags`;
    host.log(KERN_ERR, text);
    throw new LoadFailure(ENOEXEC, text);
  }
};

const percpuOf = (info: LoadInfo): ModuleLayout["percpu"] => {
  const { size, align } = sectionAt(info.elf, info.index.pcpu);
  return info.index.pcpu === 0 || size === 0 ? undefined : { size, align };
};

/** Odd alignments of a damaged file can make an area shrink under a section placed before. */
const checkPlacements = (elf: ElfFile, layout: ModuleLayout): void => {
  for (const [index, placement] of layout.placements.entries()) {
    if (placement === undefined) continue;
    if (placement.offset + sectionAt(elf, index).size > layout[placement.area].size) {
      throw new LoadFailure(ENOEXEC, `section ${index} does not fit its area`);
    }
  }
};

const newArea = (): AreaLayout => ({ size: 0, textSize: 0, roSize: 0, roAfterInitSize: 0 });

/**
 * What layout_and_allocate() of kernel/module/main.c does after check_modinfo(), up to the
 * allocation itself: the caller finds memory for both areas and calls moveModule. Changes section
 * flags as the kernel does. Throws LoadFailure.
 */
export const layoutModule = (info: LoadInfo, host: Pick<LoadHost, "log">): ModuleLayout => {
  const { elf } = info;
  enforceRwx(info, host);
  // Per-CPU data is copied to an allocation of its own later.
  sectionAt(elf, info.index.pcpu).flags &= ~SHF_ALLOC;
  for (const name of [".data..ro_after_init", "__jump_table"]) {
    const index = findSection(elf, name);
    if (index !== 0) sectionAt(elf, index).flags |= SHF_RO_AFTER_INIT;
  }
  const placements: (Placement | undefined)[] = elf.sections.map(() => undefined);
  const core = newArea();
  const init = newArea();
  layoutArea(elf, core, "core", placements);
  layoutArea(elf, init, "init", placements);
  const symtab = layoutSymtab(info, { core, init, placements });
  const layout = { core, init, placements, symtab, percpu: percpuOf(info) };
  checkPlacements(elf, layout);
  return layout;
};
