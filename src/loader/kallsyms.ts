import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import {
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHN_ABS,
  SHN_LORESERVE,
  SHN_UNDEF,
  SHT_NOBITS,
  STB_WEAK,
  stringLengthAt,
  STT_OBJECT,
  SYM_SIZE,
  viewOf,
} from "./elf.ts";
import { loadedSection, regionOf } from "./image.ts";
import type { ModuleImage, Region } from "./image.ts";
import { sectionAt } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

/** struct mod_kallsyms: where the symbols of a module stand in guest memory. */
export interface ModuleKallsyms {
  readonly symtab: Address;
  readonly count: number;
  readonly strtab: Address;
  readonly typetab: Address;
}

/** elf_type(): the letter nm would print. */
const symbolType = (info: LoadInfo, symbol: DataView, at: number): ByteString => {
  const binding = symbol.getUint8(at + 4);
  const index = symbol.getUint16(at + 6, true);
  if (binding >> 4 === STB_WEAK) return (binding & 0xf) === STT_OBJECT ? "v" : "w";
  if (index === SHN_UNDEF) return "U";
  if (index === SHN_ABS || index === info.index.pcpu) return "a";
  const section = index >= SHN_LORESERVE ? undefined : info.elf.sections[index];
  if (section === undefined) return "?";
  if ((section.flags & SHF_EXECINSTR) !== 0) return "t";
  if ((section.flags & SHF_ALLOC) !== 0 && section.type !== SHT_NOBITS) {
    return (section.flags & SHF_WRITE) === 0 ? "r" : "d";
  }
  if (section.type === SHT_NOBITS) return "b";
  return section.name.startsWith(".debug") ? "n" : "?";
};

const writeTable = (region: Region, at: number, table: ModuleKallsyms): void => {
  region.view.setBigInt64(at, BigInt(table.symtab), true);
  region.view.setUint32(at + 8, table.count, true);
  region.view.setBigInt64(at + 16, BigInt(table.strtab), true);
  region.view.setBigInt64(at + 24, BigInt(table.typetab), true);
};

/** The symbols of the core part, with strings of their own. */
const writeCoreSymbols = (info: LoadInfo, image: ModuleImage, symbols: DataView, types: Uint8Array): void => {
  const { coreSymbols, coreSymbolOffset, coreStringOffset, coreTypeOffset } = image.layout.symtab;
  const { bytes, view } = image.core;
  const strings = loadedSection(info, image, info.index.str);
  const source = new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  let string = coreStringOffset;
  for (const [index, symbol] of coreSymbols.entries()) {
    const at = coreSymbolOffset + index * SYM_SIZE;
    const nameOffset = symbols.getUint32(symbol * SYM_SIZE, true);
    bytes.set(source.subarray(symbol * SYM_SIZE, (symbol + 1) * SYM_SIZE), at);
    view.setUint32(at, string - coreStringOffset, true);
    bytes[coreTypeOffset + index] = types[symbol] ?? 0;
    const length = stringLengthAt(strings, nameOffset);
    if (string + length >= coreTypeOffset) return;
    bytes.set(strings.subarray(nameOffset, nameOffset + length), string);
    string += length + 1;
  }
};

/**
 * add_kallsyms() of kernel/module/kallsyms.c: the type letters, the symbols that outlive init, and
 * the init part's struct mod_kallsyms. Answers with both tables, for struct module.
 */
export const addKallsyms = (
  info: LoadInfo,
  image: ModuleImage,
): { init: ModuleKallsyms; core: ModuleKallsyms; initTable: Address } => {
  const { symtab } = image.layout;
  const symbols = viewOf(loadedSection(info, image, info.index.sym));
  const region = regionOf(image, "init");
  const types = region.bytes.subarray(symtab.initTypeOffset, symtab.initTypeOffset + symtab.symbolCount);
  for (let i = 0; i < symtab.symbolCount; i += 1) {
    types[i] = symbolType(info, symbols, i * SYM_SIZE).charCodeAt(0);
  }
  writeCoreSymbols(info, image, symbols, types);
  const init: ModuleKallsyms = {
    symtab: image.sectionAddresses[sectionAt(info.elf, info.index.sym).index] ?? 0,
    count: symtab.symbolCount,
    strtab: image.sectionAddresses[info.index.str] ?? 0,
    typetab: region.base + symtab.initTypeOffset,
  };
  writeTable(region, symtab.kallsymsOffset, init);
  const { base } = image.core;
  const core: ModuleKallsyms = {
    symtab: base + symtab.coreSymbolOffset,
    count: symtab.coreSymbols.length,
    strtab: base + symtab.coreStringOffset,
    typetab: base + symtab.coreTypeOffset,
  };
  return { init, core, initTable: region.base + symtab.kallsymsOffset };
};
