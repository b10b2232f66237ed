import type { Address } from "../base/address.ts";
import { bufferSource, fileSource, readContainer } from "./container.ts";
import { openKeyedTable } from "./keyed-table.ts";
import { type StructLayout, readLayout } from "./struct-layout.ts";
import { openSymbolMap } from "./symbol-map.ts";

export interface ProfileMeta {
  /** uname -r, "6.1.0-56-amd64". */
  readonly release: string;
  /** What a module's vermagic must say, "6.1.0-56-amd64 SMP preempt mod_unload modversions ". */
  readonly vermagic: string;
  /** The text of /proc/version, without newline. */
  readonly banner: string;
  /** What follows the release in oops headers: "#1  Debian 6.1.192-2". */
  readonly build: string;
  /** uname -v, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)". */
  readonly version: string;
  /** The image's extent in memory: _text and _end. */
  readonly imageStart: Address;
  readonly imageEnd: Address;
}

export interface ExportedSymbol {
  readonly name: string;
  /** Without KASLR; for "percpu" the offset in the per-CPU area. */
  readonly address: Address;
  /** Bytes up to the next symbol. */
  readonly size: number;
  readonly crc: number;
  readonly gpl: boolean;
  /** Undefined when it is in no namespace. */
  readonly namespace: string | undefined;
  readonly kind: "function" | "data" | "percpu";
}

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
  /** By tag ("file") or typedef ("spinlock_t", "atomic_t"); nested and unnamed: "outer.field". */
  struct(name: string): StructLayout | undefined;
  /** What a typedef stands for, one step: "gfp_t" is "unsigned int". */
  typedef(name: string): string | undefined;
  enumerator(name: string): bigint | undefined;
}

const KINDS = { f: "function", d: "data", p: "percpu" } as const;

const readSymbol = (name: string, text: string): ExportedSymbol => {
  const [crc = "", address = "", size = "", flags = "", namespace] = text.split("\t");
  const kind = KINDS[flags[0] as keyof typeof KINDS] ?? "function";
  const value = parseInt(address, 16);
  return {
    name,
    address: kind === "percpu" ? value : value - 2 ** 31,
    size: parseInt(size, 16),
    crc: parseInt(crc, 16),
    gpl: flags[1] === "G",
    namespace,
    kind,
  };
};

/** Opens a profile file, given by path or content. Costs under a millisecond. */
export const openProfile = (source: string | Uint8Array): Profile => {
  const container = readContainer(
    typeof source === "string"
      ? fileSource(source)
      : bufferSource(Buffer.from(source.buffer, source.byteOffset, source.byteLength)),
  );
  const meta = container.meta as ProfileMeta;
  const exports = openKeyedTable(container.table("exports"));
  const structs = openKeyedTable(container.table("structs"));
  const typedefs = openKeyedTable(container.table("typedefs"));
  const enumerators = openKeyedTable(container.table("enumerators"));
  const symbols = openSymbolMap(container.table("kallsyms"), meta.imageEnd);
  const layouts = new Map<string, StructLayout | undefined>();
  const findLayout = (name: string): StructLayout | undefined => {
    const text = structs.get(name);
    if (text !== undefined) return readLayout(name, text);
    const tag = /^(?:struct|union) (\w+)$/.exec(typedefs.get(name) ?? "")?.[1];
    const tagged = tag === undefined ? undefined : structs.get(tag);
    return tagged === undefined ? undefined : readLayout(name, tagged);
  };
  return {
    ...meta,
    symbol(name) {
      const text = exports.get(name);
      return text === undefined ? undefined : readSymbol(name, text);
    },
    *exportedNames() {
      for (const [name] of exports.entries()) yield name;
    },
    prototype(name) {
      const text = exports.column(name, 1);
      return text === undefined || text === "" ? undefined : text.replace("@", name);
    },
    symbolAt: (address) => symbols.at(address),
    kernelSymbol: (name) => symbols.find(name),
    struct(name) {
      if (!layouts.has(name)) layouts.set(name, findLayout(name));
      return layouts.get(name);
    },
    typedef: (name) => typedefs.get(name),
    enumerator(name) {
      const text = enumerators.get(name);
      return text === undefined ? undefined : BigInt(text);
    },
  };
};
