/** Reads a loaded module's symbol tables back, as the kernel's kallsyms does. */
import { type Address, addressFromHalves } from "../../src/base/address.ts";
import type { ByteString } from "../../src/base/bytes.ts";
import { SHN_UNDEF, SYM_SIZE, viewOf } from "../../src/loader/elf.ts";
import type { ModuleKallsyms } from "../../src/loader/kallsyms.ts";
import type { GuestMemory } from "../../src/machine/memory.ts";

export interface FoundSymbol {
  readonly name: ByteString;
  readonly address: Address;
  /** Up to the next symbol or the end of the text; negative for data behind it. */
  readonly size: number;
}

/** A symbol of a loaded module, as its tables in guest memory say now. */
export interface ModuleSymbol {
  readonly name: ByteString;
  readonly address: Address;
  readonly section: number;
  /** The nm letter. */
  readonly type: ByteString;
}

/** Every symbol, in table order, the null symbol left out. For hosts that keep them: read once. */
export const readSymbols = (
  table: ModuleKallsyms,
  memory: Pick<GuestMemory, "bytes" | "cstring">,
): ModuleSymbol[] => {
  const view = viewOf(memory.bytes(table.symtab, table.count * SYM_SIZE));
  const types = memory.bytes(table.typetab, table.count);
  const found: ModuleSymbol[] = [];
  for (let i = 1; i < table.count; i += 1) {
    const at = i * SYM_SIZE;
    found.push({
      name: memory.cstring(table.strtab + view.getUint32(at, true), 511),
      address: addressFromHalves(view.getUint32(at + 8, true), view.getInt32(at + 12, true)),
      section: view.getUint16(at + 6, true),
      type: String.fromCharCode(types[i] ?? 0),
    });
  }
  return found;
};

/**
 * find_kallsyms_symbol(): the nearest symbol at or before `address`. `textEnd` is the end of the
 * text of the part that holds the address.
 */
export const findSymbolAt = (
  symbols: readonly ModuleSymbol[],
  address: Address,
  textEnd: Address,
): FoundSymbol | undefined => {
  let best: ModuleSymbol | undefined;
  let next = textEnd;
  for (const symbol of symbols) {
    if (symbol.section === SHN_UNDEF || symbol.name === "" || isMappingSymbol(symbol.name)) continue;
    if (symbol.address <= address) {
      // Offsets, as per-CPU symbols have, are below every address and never the nearest.
      if (symbol.address < 0 && (best === undefined || symbol.address > best.address)) best = symbol;
    } else if (symbol.address < next) next = symbol.address;
  }
  return best === undefined
    ? undefined
    : { name: best.name, address: best.address, size: next - best.address };
};

/** Local labels and ARM's mapping symbols say nothing. */
const isMappingSymbol = (name: ByteString): boolean => name.startsWith(".L") || /^\$[axtd](\.|$)/.test(name);
