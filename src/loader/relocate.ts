import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import { RELA_SIZE, SHF_ALLOC, SHF_RELA_LIVEPATCH, SHT_REL, SHT_RELA, viewOf } from "./elf.ts";
import type { Section } from "./elf.ts";
import { LoadFailure, malformed } from "./failure.ts";
import { KERN_ERR } from "./host.ts";
import type { LoadHost } from "./host.ts";
import { loadedSection, regionOf } from "./image.ts";
import type { ModuleImage, Region } from "./image.ts";
import type { LoadInfo } from "./load-info.ts";
import type { SymbolValues } from "./symbols.ts";

/** x86-64 relocation types the kernel applies (arch/x86/include/asm/elf.h). */
export const R_X86_64_NONE = 0;
export const R_X86_64_64 = 1;
export const R_X86_64_PC32 = 2;
export const R_X86_64_PLT32 = 4;
export const R_X86_64_32 = 10;
export const R_X86_64_32S = 11;
export const R_X86_64_PC64 = 24;

/** Bytes a type writes; 0 for NONE, undefined for types the kernel does not know. */
const widthOf = (type: number): number | undefined => {
  switch (type) {
    case R_X86_64_NONE:
      return 0;
    case R_X86_64_64:
    case R_X86_64_PC64:
      return 8;
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
    case R_X86_64_32:
    case R_X86_64_32S:
      return 4;
    default:
      return undefined;
  }
};

const TWO_32 = 2 ** 32;

/** Target of one relocation section: where its section begins inside a region. */
interface Target {
  readonly region: Region;
  readonly start: number;
}

interface Failure {
  readonly lines: readonly ByteString[];
}

const hexPattern = (low: number, high: number): ByteString =>
  ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16);

const unknownType = (name: ByteString, type: number): Failure => ({
  lines: [`module: ${name}: Unknown rela relocation: ${type}`],
});

const nonzeroTarget = (type: number, pointer: ByteString, low: number, high: number): Failure => ({
  lines: [
    `module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type ${type}, loc ${pointer}, val ${hexPattern(low, high)}`,
  ],
});

const overflow = (name: ByteString, type: number, low: number, high: number): Failure => ({
  lines: [
    `module: overflow in relocation type ${type} val ${hexPattern(low, high)}`,
    `module: \`${name}' likely not compiled with -mcmodel=kernel`,
  ],
});

const fail = (host: LoadHost, failure: Failure): never => {
  for (const line of failure.lines) host.log(KERN_ERR, line);
  throw new LoadFailure(ENOEXEC, failure.lines[0] ?? "relocation failed");
};

/**
 * Writes S + A (low, high) or S + A - P at `at`; false on overflow. Pure 32-bit arithmetic: the
 * difference is exact in a double, and only its low half is written for the 32-bit types.
 */
const writeValue = (
  view: DataView,
  at: number,
  type: number,
  low: number,
  high: number,
  location: number,
): boolean => {
  switch (type) {
    case R_X86_64_64:
      view.setUint32(at, low, true);
      view.setInt32(at + 4, high, true);
      return true;
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
      view.setInt32(at, (low - location) | 0, true);
      return true;
    case R_X86_64_32S:
      view.setUint32(at, low, true);
      return high === (low | 0) >> 31;
    case R_X86_64_32:
      view.setUint32(at, low, true);
      return high === 0;
    default: {
      const locationLow = location - Math.floor(location / TWO_32) * TWO_32;
      const difference = low - locationLow;
      view.setInt32(at, difference | 0, true);
      view.setInt32(at + 4, (high - Math.floor(location / TWO_32) - (difference < 0 ? 1 : 0)) | 0, true);
      return true;
    }
  }
};

/** __apply_relocate_add() of arch/x86/kernel/module.c for one section. */
const applyRelocateAdd = (
  rela: DataView,
  target: Target,
  symbols: SymbolValues,
  moduleName: ByteString,
  host: LoadHost,
): void => {
  const { view, base } = target.region;
  const { low: symbolLow, high: symbolHigh, count } = symbols;
  const size = view.byteLength;
  const end = Math.floor(rela.byteLength / RELA_SIZE) * RELA_SIZE;
  for (let entry = 0; entry < end; entry += RELA_SIZE) {
    const type = rela.getUint32(entry + 8, true);
    const width = widthOf(type);
    if (width === undefined) return fail(host, unknownType(moduleName, type));
    if (width === 0) continue;
    const at = target.start + rela.getUint32(entry, true) + rela.getUint32(entry + 4, true) * TWO_32;
    if (at + width > size) throw malformed("relocation outside the module");
    const symbol = rela.getUint32(entry + 12, true);
    if (symbol >= count) throw malformed(`relocation against symbol ${symbol} of ${count}`);
    const sum = symbolLow[symbol]! + rela.getUint32(entry + 16, true);
    const low = sum >= TWO_32 ? sum - TWO_32 : sum;
    const high = (symbolHigh[symbol]! + rela.getInt32(entry + 20, true) + (sum >= TWO_32 ? 1 : 0)) | 0;
    if (view.getUint32(at, true) !== 0 || (width === 8 && view.getUint32(at + 4, true) !== 0)) {
      return fail(host, nonzeroTarget(type, host.formatPointer(base + at), low, high));
    }
    if (!writeValue(view, at, type, low, high, base + at)) {
      return fail(host, overflow(moduleName, type, low, high));
    }
  }
};

const targetOf = (image: ModuleImage, section: Section): Target => {
  const placement = image.layout.placements[section.index];
  if (placement === undefined) throw malformed(`section ${section.index} has no place`);
  return { region: regionOf(image, placement.area), start: placement.offset };
};

/**
 * apply_relocations() of kernel/module/main.c, on the image. Sections that are not loaded, and so
 * also the per-CPU one, are left as they are in the file. Throws LoadFailure.
 */
export const applyRelocations = (
  info: LoadInfo,
  image: ModuleImage,
  symbols: SymbolValues,
  host: LoadHost,
): void => {
  // In a sound file no two sections share bytes; many that do would cost time without end.
  let budget = info.elf.bytes.length;
  for (const section of info.elf.sections) {
    const target = info.elf.sections[section.info];
    if (section.index === 0 || target === undefined || (target.flags & SHF_ALLOC) === 0) continue;
    if ((section.flags & SHF_RELA_LIVEPATCH) !== 0) {
      throw malformed("relocations of a live patch have no kernel text to apply to");
    }
    if (section.type === SHT_REL) {
      const text = `module ${info.moduleName}: REL relocation unsupported`;
      fail(host, { lines: [text] });
    }
    if (section.type === SHT_RELA) {
      budget -= section.size;
      if (budget < 0) throw malformed("relocation sections overlap");
      const rela = viewOf(loadedSection(info, image, section.index));
      applyRelocateAdd(rela, targetOf(image, target), symbols, info.moduleName, host);
    }
  }
};
