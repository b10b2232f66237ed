import { type Address, addressFromHalves } from "../../base/address.ts";
import { SHN_UNDEF, SYM_SIZE, stringAt, viewOf } from "../../loader/elf.ts";
import type { ModuleImage } from "../../loader/image.ts";
import type { LinkedModule } from "../../loader/load.ts";
import { sectionAt, sectionContents } from "../../loader/load-info.ts";
import type { SymbolValues } from "../../loader/symbols.ts";
import type { Kernel } from "../kernel.ts";
import type { Module, ModuleSymbol } from "./module.ts";

/** After the image is in guest memory: what reports and other modules want to know of it. */
export const describeModule = (k: Kernel, module: Module, image: ModuleImage, linked: LinkedModule): void => {
  k.journal.touch(module);
  module.symbols = collectSymbols(module, image, linked.symbols);
  module.sections = linked.sections;
  module.ftraceSites = linked.ftraceSites;
  module.orc = linked.finalized.orc;
  module.taints = module.info.taints;
  module.exports = new Map(linked.exports.map((each) => [each.name, each]));
  const view = k.struct("module", module.address);
  module.initFunction = view.init;
  module.exitFunction = view.exit;
};

/** Symbol types that never name code or data (elf.h). */
const STT_SECTION = 3;
const STT_FILE = 4;

/** Named, defined symbols in either area, by address; those of one address in the table's order, locals first. */
const collectSymbols = (module: Module, image: ModuleImage, values: SymbolValues): ModuleSymbol[] => {
  const { info } = module;
  const table = viewOf(sectionContents(info.elf, sectionAt(info.elf, info.index.sym)));
  const strings = sectionContents(info.elf, sectionAt(info.elf, info.index.str));
  const found: ModuleSymbol[] = [];
  for (let index = 1; index < values.count; index += 1) {
    const at = index * SYM_SIZE;
    const type = table.getUint8(at + 4) & 15;
    const section = table.getUint16(at + 6, true);
    if (section === SHN_UNDEF || type === STT_SECTION || type === STT_FILE) continue;
    const address = addressFromHalves(values.low[index] ?? 0, values.high[index] ?? 0);
    if (!inside(module, image, address)) continue;
    const name = stringAt(strings, table.getUint32(at, true), 512);
    if (name !== "") found.push({ name, address });
  }
  return found.sort((a, b) => a.address - b.address);
};

const inside = (module: Module, image: ModuleImage, address: Address): boolean =>
  [image.core, image.init].some(
    (region) => region !== undefined && address >= region.base && address < region.base + region.bytes.length,
  ) && module.core.size > 0;
