import { type Address, addressFromHalves } from "../../base/address.ts";
import { SHN_UNDEF, SYM_SIZE, stringAt, viewOf } from "../../loader/elf.ts";
import type { ModuleImage } from "../../loader/image.ts";
import { sectionAt, sectionContents } from "../../loader/load-info.ts";
import type { SymbolValues } from "../../loader/symbols.ts";
import type { Kernel } from "../kernel.ts";
import type { Module, ModuleSymbol } from "./module.ts";

/** After relocation: fills in the guest's struct module and what reports want to know. */
export const describeModule = (
  k: Kernel,
  module: Module,
  image: ModuleImage,
  symbols: SymbolValues,
): void => {
  k.journal.touch(module);
  module.symbols = collectSymbols(module, image, symbols);
  const view = k.struct("module", module.address);
  module.initFunction = view.init;
  module.exitFunction = view.exit;
  view.core_layout.base = module.core.base;
  Object.assign(view.core_layout, sizes(module, "core"));
  view.init_layout.base = module.init.base;
  Object.assign(view.init_layout, sizes(module, "init"));
  const { sections } = module;
  if (sections === undefined) return;
  view.kp = sections.kp.address;
  view.num_kp = sections.kp.count;
  view.num_syms = sections.syms.count;
  view.syms = sections.syms.address;
  view.num_gpl_syms = sections.gplSyms.count;
  view.gpl_syms = sections.gplSyms.address;
  view.num_exentries = sections.extable.count;
  view.extable = sections.extable.address;
  if (module.percpu !== undefined) view.percpu = module.percpu;
};

const sizes = (module: Module, area: "core" | "init"): Record<string, number> => {
  const layout = module.layout[area];
  return {
    size: layout.size,
    text_size: layout.textSize,
    ro_size: layout.roSize,
    ro_after_init_size: layout.roAfterInitSize,
  };
};

/** Symbol types that never name code or data (elf.h). */
const STT_SECTION = 3;
const STT_FILE = 4;

/** Named, defined symbols in either area, by address; of several at one address the global one stands first. */
const collectSymbols = (module: Module, image: ModuleImage, values: SymbolValues): ModuleSymbol[] => {
  const { info } = module;
  const table = viewOf(sectionContents(info.elf, sectionAt(info.elf, info.index.sym)));
  const strings = sectionContents(info.elf, sectionAt(info.elf, info.index.str));
  const found: (ModuleSymbol & { readonly local: boolean })[] = [];
  for (let index = 1; index < values.count; index += 1) {
    const at = index * SYM_SIZE;
    const type = table.getUint8(at + 4) & 15;
    const section = table.getUint16(at + 6, true);
    if (section === SHN_UNDEF || type === STT_SECTION || type === STT_FILE) continue;
    const address = addressFromHalves(values.low[index] ?? 0, values.high[index] ?? 0);
    if (!inside(module, image, address)) continue;
    const name = stringAt(strings, table.getUint32(at, true), 512);
    if (name !== "") found.push({ name, address, local: table.getUint8(at + 4) >> 4 === 0 });
  }
  return found.sort((a, b) => a.address - b.address || Number(b.local) - Number(a.local));
};

const inside = (module: Module, image: ModuleImage, address: Address): boolean =>
  [image.core, image.init].some(
    (region) => region !== undefined && address >= region.base && address < region.base + region.bytes.length,
  ) && module.core.size > 0;
