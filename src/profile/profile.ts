import type { Address } from "../base/address.ts";
import { bufferSource, fileSource, readContainer } from "./container.ts";
import { type Piece, openContents } from "./contents.ts";
import { type ExportedSymbol, readExport } from "./export-table.ts";
import { type KeyedTable, openKeyedTable } from "./keyed-table.ts";
import type { ProfileMeta } from "./meta.ts";
import { type StructLayout, readLayout } from "./struct-layout.ts";
import { openSymbolMap } from "./symbol-map.ts";

export type { Piece } from "./contents.ts";
export type { ExportedSymbol } from "./export-table.ts";
export type { ProfileMeta } from "./meta.ts";
export type { FieldType, StructField, StructLayout } from "./struct-layout.ts";

/** One kernel build. Everything is looked up when asked for; the answers are plain data. */
export interface Profile extends ProfileMeta {
  /** A symbol that the kernel exports to modules. */
  symbol(name: string): ExportedSymbol | undefined;
  exportedNames(): IterableIterator<string>;
  /** C text, "void *__kmalloc(size_t size, gfp_t flags)". Undefined for data and where BTF has none. */
  prototype(name: string): string | undefined;
  /** Any kernel symbol, as kallsyms_lookup() finds it. */
  symbolAt(
    address: Address,
  ): { readonly name: string; readonly address: Address; readonly size: number } | undefined;
  /** Any kernel symbol by name, as kallsyms_lookup_name(). Slow the first time (tens of milliseconds). */
  kernelSymbol(name: string): { readonly address: Address; readonly type: string } | undefined;
  /** All kernel symbols, per-CPU ones last. */
  kernelSymbols(): IterableIterator<{
    readonly name: string;
    readonly address: Address;
    readonly type: string;
  }>;
  /** By tag ("file") or typedef ("spinlock_t", "atomic_t"); nested and unnamed: "outer.field". */
  struct(name: string): StructLayout | undefined;
  /** What a typedef stands for, one step: "gfp_t" is "unsigned int". */
  typedef(name: string): string | undefined;
  enumerator(name: string): bigint | undefined;
  /** A build option that is set: "y", "m", a number or a string. */
  config(name: string): string | undefined;
  /** Initial content of an exported variable, `size` bytes, a copy. Undefined for functions and unknown names. */
  dataInit(name: string): Uint8Array | undefined;
  /**
   * What is known of the image's initial data in [from, to): exported variables and what they point
   * to. What is in no piece is zero or not known.
   */
  contents(from: Address, to: Address): Iterable<Piece>;
  /** The certificates built into the kernel (.builtin_trusted_keys), DER; the module signing key first. */
  certificates(): Uint8Array[];
}

/** Opens a profile file, given by path or content. Costs about a millisecond. */
export const openProfile = (source: string | Uint8Array): Profile => {
  const container = readContainer(
    typeof source === "string"
      ? fileSource(source)
      : bufferSource(Buffer.from(source.buffer, source.byteOffset, source.byteLength)),
  );
  const meta = container.meta as ProfileMeta;
  const keyed = (name: string): KeyedTable => openKeyedTable(() => container.table(name));
  const exports = keyed("exports");
  const typedefs = keyed("typedefs");
  const enumerators = keyed("enumerators");
  const config = keyed("config");
  const contents = openContents(() => container.table("contents"));
  const symbols = openSymbolMap(() => container.table("kallsyms"), meta.imageEnd);
  const symbol = (name: string): ExportedSymbol | undefined => {
    const text = exports.get(name);
    return text === undefined ? undefined : readExport(name, text);
  };
  return {
    ...meta,
    symbol,
    *exportedNames() {
      for (const [name] of exports.entries()) yield name;
    },
    prototype: (name) => exports.column(name, 1)?.replace("@", name) || undefined,
    symbolAt: symbols.at,
    kernelSymbol: symbols.find,
    kernelSymbols: symbols.entries,
    struct: layoutFinder(keyed("structs"), typedefs),
    typedef: typedefs.get,
    enumerator(name) {
      const text = enumerators.get(name);
      return text === undefined ? undefined : BigInt(text);
    },
    config: config.get,
    dataInit(name) {
      const found = symbol(name);
      if (found === undefined || found.kind === "function") return undefined;
      const bytes = new Uint8Array(found.size);
      bytes.set((contents.at(found.address) ?? bytes).subarray(0, found.size));
      return bytes;
    },
    contents: contents.between,
    certificates: () => [...keyed("certificates").entries()].map(([, hex]) => Buffer.from(hex, "hex")),
  };
};

/** How often a typedef may stand for another. */
const MAX_TYPEDEFS = 8;

/** Layouts by tag, or by a typedef of a tagged struct. */
const layoutFinder = (structs: KeyedTable, typedefs: KeyedTable): Profile["struct"] => {
  const known = new Map<string, StructLayout | undefined>();
  const find = (name: string): StructLayout | undefined => {
    let tag: string | undefined = name;
    for (let depth = 0; tag !== undefined && depth < MAX_TYPEDEFS; depth++) {
      const text = structs.get(tag);
      if (text !== undefined) return readLayout(tag, text);
      tag = /^(?:(?:struct|union) )?(\w+)$/.exec(typedefs.get(tag) ?? "")?.[1];
    }
    return undefined;
  };
  return (name) => {
    if (!known.has(name)) known.set(name, find(name));
    return known.get(name);
  };
};
