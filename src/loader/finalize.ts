import type { Address } from "../base/address.ts";
import { applyAlternatives } from "./alternatives.ts";
import { sortExceptionTable } from "./exception-table.ts";
import type { ModuleImage } from "./image.ts";
import { addKallsyms } from "./kallsyms.ts";
import type { ModuleKallsyms } from "./kallsyms.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import { lastLoadedSection, tableBytes } from "./loaded-table.ts";
import type { ModuleSections } from "./module-sections.ts";
import { sortOrc } from "./orc.ts";
import type { OrcTables } from "./orc.ts";
import { applyParavirt } from "./paravirt.ts";
import { removeLocks } from "./smp-locks.ts";
import type { TextPatching } from "./text-patching.ts";
import { applyRetpolines, applyReturns } from "./thunks.ts";

/** What post_relocation() leaves behind. */
export interface FinalizedModule {
  /** What to copy to each CPU's copy of the per-CPU section; a view of the file. */
  readonly percpuBytes: Uint8Array;
  /** All symbols, until init is done. */
  readonly initKallsyms: ModuleKallsyms;
  /** Where the init part's struct mod_kallsyms stands. */
  readonly initKallsymsAddress: Address;
  /** Those of the core part, from then on. */
  readonly coreKallsyms: ModuleKallsyms;
  /** Undefined when the module has no ORC data. */
  readonly orc: OrcTables | undefined;
}

/** module_finalize() of arch/x86/kernel/module.c: every kind of patching, in its order. */
const finalizeText = (info: LoadInfo, image: ModuleImage, patching: TextPatching): OrcTables | undefined => {
  const section = (name: string) => lastLoadedSection(info, image, name);
  const paravirt = section(".parainstructions");
  if (paravirt !== undefined && patching.paravirt !== undefined) {
    applyParavirt(image, paravirt, patching.paravirt);
  }
  const retpolines = section(".retpoline_sites");
  if (retpolines !== undefined) applyRetpolines(image, retpolines, patching);
  const returns = section(".return_sites");
  if (returns !== undefined) applyReturns(image, returns, patching);
  const alternatives = section(".altinstructions");
  if (alternatives !== undefined) applyAlternatives(image, alternatives, patching);
  const locks = section(".smp_locks");
  const text = section(".text");
  if (locks !== undefined && text !== undefined && patching.uniprocessor) removeLocks(image, locks, text);
  const ips = section(".orc_unwind_ip");
  const entries = section(".orc_unwind");
  return ips === undefined || entries === undefined ? undefined : sortOrc(ips, entries);
};

/** post_relocation() of kernel/module/main.c, on the image. Throws LoadFailure. */
export const finalizeModule = (
  info: LoadInfo,
  image: ModuleImage,
  sections: ModuleSections,
  patching: TextPatching,
): FinalizedModule => {
  const extable = tableBytes(image, sections.extable, 12);
  if (extable !== undefined) sortExceptionTable(extable);
  const { init, core, initTable } = addKallsyms(info, image);
  return {
    percpuBytes: sectionContents(info.elf, sectionAt(info.elf, info.index.pcpu)),
    initKallsyms: init,
    initKallsymsAddress: initTable,
    coreKallsyms: core,
    orc: finalizeText(info, image, patching),
  };
};
