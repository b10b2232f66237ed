import type { Address } from "../base/address.ts";
import { highHalf, lowHalf } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { EBUSY, EINVAL, ENOENT, ENOEXEC } from "../base/errno.ts";
import {
  SHN_ABS,
  SHN_COMMON,
  SHN_LIVEPATCH,
  SHN_UNDEF,
  STB_WEAK,
  stringAt,
  SYM_SIZE,
  viewOf,
} from "./elf.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR, KERN_WARNING, TAINT_PROPRIETARY_MODULE } from "./host.ts";
import type { LoadHost } from "./host.ts";
import { loadedSection } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { sectionAt } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";
import type { VersionCheck } from "./versions.ts";

/** A symbol as its exporter offers it. */
export interface ExportedSymbol {
  /** Where the importer is bound to; a per-CPU symbol's is its small offset. */
  readonly value: Address;
  readonly crc: number | undefined;
  readonly gplOnly: boolean;
  readonly namespace: ByteString | undefined;
  /** The exporting module, undefined for the kernel itself. */
  readonly owner: { readonly name: ByteString; readonly taints: number } | undefined;
}

export interface SymbolResolver {
  /** find_symbol(): the kernel first, then modules in list order; GPL-only ones need `gplOk`. */
  findSymbol(name: ByteString, gplOk: boolean): ExportedSymbol | undefined;
  /**
   * ref_module(): notes that the loading module uses `owner`. 0, or a positive errno: EBUSY while
   * the owner's init runs, ENOENT when it is going.
   */
  refModule(owner: ByteString): number;
}

/** The loading module waits for `owner` to finish its init, 30 seconds at most. */
export interface OwnerBusy {
  readonly owner: ByteString;
  readonly symbol: ByteString;
}

/** How the caller answers an OwnerBusy: the owner changed state, or time is up. */
export type OwnerAnswer = "retry" | "gave-up";

/** Final values of all symbols, in 32-bit halves, by symbol number. */
export interface SymbolValues {
  readonly count: number;
  readonly low: Uint32Array;
  readonly high: Int32Array;
}

/** Names are compared and logged up to here; the log cuts its lines earlier. */
const MAX_SYMBOL_NAME = 1024;

export interface SymbolContext {
  readonly info: LoadInfo;
  readonly image: ModuleImage;
  /** Where the per-CPU section went. */
  readonly percpu: Address | undefined;
  readonly resolver: SymbolResolver;
  readonly checkVersion: VersionCheck;
  /** Those the module imports: .modinfo's import_ns. */
  readonly namespaces: ReadonlySet<ByteString>;
  readonly host: LoadHost;
}

/** verify_namespace_is_imported(). */
const namespaceErrno = (context: SymbolContext, name: ByteString, symbol: ExportedSymbol): number => {
  const { info, host } = context;
  const { namespace } = symbol;
  if (namespace === undefined || namespace === "" || context.namespaces.has(namespace)) {
    return 0;
  }
  host.log(
    KERN_ERR,
    `${info.moduleName}: module uses symbol (${name}) from namespace ${namespace}, but does not import it.`,
  );
  return EINVAL;
};

/** inherit_taint(): false where a GPL-only user must not touch a proprietary module's symbols. */
const inheritTaint = (context: SymbolContext, name: ByteString, symbol: ExportedSymbol): boolean => {
  const { info, host } = context;
  const proprietary = 1 << TAINT_PROPRIETARY_MODULE;
  if (symbol.owner === undefined || (symbol.owner.taints & proprietary) === 0) return true;
  const owner = symbol.owner.name;
  if (info.usingGplOnlySymbols) {
    host.log(
      KERN_ERR,
      `${info.moduleName}: module using GPL-only symbols uses symbols ${name} from proprietary module ${owner}.`,
    );
    return false;
  }
  if ((info.taints & proprietary) === 0) {
    host.log(
      KERN_WARNING,
      `${info.moduleName}: module uses symbols ${name} from proprietary module ${owner}, inheriting taint.`,
    );
    info.taints |= proprietary;
  }
  return true;
};

/** resolve_symbol(): the symbol, undefined when there is none, or a positive errno. */
const resolveSymbol = (
  context: SymbolContext,
  name: ByteString,
): { symbol?: ExportedSymbol | undefined; errno: number } => {
  const { info, resolver } = context;
  const gplOk = (info.taints & (1 << TAINT_PROPRIETARY_MODULE)) === 0;
  const symbol = resolver.findSymbol(name, gplOk);
  if (symbol === undefined) return { errno: 0 };
  if (symbol.gplOnly) info.usingGplOnlySymbols = true;
  if (!inheritTaint(context, name, symbol)) return { errno: 0 };
  if (!context.checkVersion(name, symbol.crc)) return { symbol, errno: EINVAL };
  const unimported = namespaceErrno(context, name, symbol);
  if (unimported !== 0) return { symbol, errno: unimported };
  return { symbol, errno: symbol.owner === undefined ? 0 : resolver.refModule(symbol.owner.name) };
};

/** resolve_symbol_wait(). */
function* resolveSymbolWait(
  context: SymbolContext,
  name: ByteString,
): Generator<OwnerBusy, ReturnType<typeof resolveSymbol>, OwnerAnswer> {
  for (;;) {
    const resolved = resolveSymbol(context, name);
    const owner = resolved.symbol?.owner?.name ?? "";
    if (resolved.errno !== EBUSY) return resolved;
    if ((yield { owner, symbol: name }) === "gave-up") {
      const text = `${context.info.moduleName}: gave up waiting for init of module ${owner}.`;
      context.host.log(KERN_WARNING, text);
      return resolved;
    }
  }
}

/** An undefined symbol's value in halves, or the errno that its absence means. */
function* bindUndefined(
  context: SymbolContext,
  name: ByteString,
  binding: number,
): Generator<OwnerBusy, { value?: Address; errno: number }, OwnerAnswer> {
  const { symbol, errno } = yield* resolveSymbolWait(context, name);
  if (symbol !== undefined && errno === 0) return { value: symbol.value, errno: 0 };
  // Weak ones, and the one assemblers leave behind unreferenced, keep what the file says.
  if (errno === 0 && (binding === STB_WEAK || name === "_GLOBAL_OFFSET_TABLE_")) return { errno: 0 };
  const failure = errno === 0 ? ENOENT : errno;
  context.host.log(KERN_WARNING, `${context.info.moduleName}: Unknown symbol ${name} (err -${failure})`);
  return { errno: failure };
}

const sectionBase = (context: SymbolContext, index: number): Address =>
  index === context.info.index.pcpu ? (context.percpu ?? 0) : (context.image.sectionAddresses[index] ?? 0);

/** Logs what is wrong with a symbol in no section of this file. */
const misplaced = (context: SymbolContext, name: ByteString, sectionIndex: number): number => {
  const { info, host } = context;
  if (sectionIndex === SHN_COMMON) {
    if (name.startsWith("__gnu_lto")) return 0;
    host.log(KERN_WARNING, `${info.moduleName}: please compile with -fno-common`);
    return ENOEXEC;
  }
  const last = info.elf.header.sectionCount - 1;
  host.log(
    KERN_ERR,
    `${info.moduleName}: Symbol ${name} has an invalid section index ${sectionIndex} (max ${last})`,
  );
  return ENOEXEC;
};

/**
 * simplify_symbols() of kernel/module/main.c: makes every st_value an address, in the image's symbol
 * table and in the answer. Yields while a symbol's owner is still in its init. All symbols are
 * tried; then LoadFailure with the last error.
 */
export function* simplifySymbols(context: SymbolContext): Generator<OwnerBusy, SymbolValues, OwnerAnswer> {
  const { info, image } = context;
  const table = viewOf(loadedSection(info, image, info.index.sym));
  const strings = info.elf.bytes.subarray(
    Math.min(sectionAt(info.elf, info.index.str).offset, info.elf.bytes.length),
  );
  let failure = 0;
  for (let at = SYM_SIZE; at + SYM_SIZE <= table.byteLength; at += SYM_SIZE) {
    const sectionIndex = table.getUint16(at + 6, true);
    const name = (): ByteString => stringAt(strings, table.getUint32(at, true), MAX_SYMBOL_NAME);
    if (sectionIndex === SHN_UNDEF) {
      const { value, errno } = yield* bindUndefined(context, name(), table.getUint8(at + 4) >> 4);
      if (value !== undefined) setAddress(table, at + 8, value);
      if (errno !== 0) failure = errno;
    } else if (sectionIndex < info.elf.header.sectionCount) {
      addBase(table, at + 8, sectionBase(context, sectionIndex));
    } else if (sectionIndex !== SHN_ABS && sectionIndex !== SHN_LIVEPATCH) {
      failure = misplaced(context, name(), sectionIndex) || failure;
    }
  }
  if (failure !== 0) throw new LoadFailure(failure, `${info.moduleName}: symbols do not resolve`);
  return readValues(table);
}

const setAddress = (table: DataView, at: number, address: Address): void => {
  table.setUint32(at, lowHalf(address), true);
  table.setUint32(at + 4, highHalf(address), true);
};

/** Adds an address to a 64-bit field, modulo 2^64. */
const addBase = (table: DataView, at: number, base: Address): void => {
  const sum = table.getUint32(at, true) + lowHalf(base);
  const carry = sum >= 2 ** 32 ? 1 : 0;
  table.setUint32(at, sum, true);
  table.setInt32(at + 4, (table.getInt32(at + 4, true) + highHalf(base) + carry) | 0, true);
};

const readValues = (table: DataView): SymbolValues => {
  const count = Math.floor(table.byteLength / SYM_SIZE);
  const values: SymbolValues = { count, low: new Uint32Array(count), high: new Int32Array(count) };
  for (let i = 1; i < count; i += 1) {
    values.low[i] = table.getUint32(i * SYM_SIZE + 8, true);
    values.high[i] = table.getInt32(i * SYM_SIZE + 12, true);
  }
  return values;
};
