import type { Btf, BtfType } from "./btf.ts";
import type { KernelImage } from "./image.ts";
import type { KernelSymbol } from "./kallsyms.ts";
import type { SymbolVersion } from "./symvers.ts";

/** What a profile is built from, read. */
export interface ProfileInputs {
  readonly image: KernelImage;
  /** In numeric order of addresses: per-CPU offsets last. */
  readonly symbols: readonly KernelSymbol[];
  /** What the kernel itself exports. */
  readonly exported: readonly SymbolVersion[];
  readonly btf: Btf;
  /** Options that are set: "CONFIG_HZ" to "250". */
  readonly config: ReadonlyMap<string, string>;
}

export const eachType = function* (btf: Btf): Generator<BtfType> {
  for (let id = btf.firstId; id < btf.endId; id++) yield btf.type(id);
};

/** By name; where a static symbol has the same one, the global. */
export const globalSymbols = (symbols: readonly KernelSymbol[]): Map<string, KernelSymbol> => {
  const byName = new Map<string, KernelSymbol>();
  for (const symbol of symbols) {
    const known = byName.get(symbol.name);
    if (known === undefined || known.type === known.type.toLowerCase()) byName.set(symbol.name, symbol);
  }
  return byName;
};
