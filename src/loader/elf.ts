import { bytesToByteString } from "../base/bytes.ts";
import type { ByteString } from "../base/bytes.ts";

/** The parts of ELF64 a relocatable object uses (include/uapi/linux/elf.h). */
export const EHDR_SIZE = 64;
export const SHDR_SIZE = 64;
export const SYM_SIZE = 24;
export const RELA_SIZE = 24;

export const ET_REL = 1;
export const EM_X86_64 = 62;

export const SHT_NULL = 0;
export const SHT_SYMTAB = 2;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;

export const SHF_WRITE = 0x1;
export const SHF_ALLOC = 0x2;
export const SHF_EXECINSTR = 0x4;
export const SHF_RELA_LIVEPATCH = 0x00100000;
/** Not in any file: the loader marks sections with it (include/linux/module.h). */
export const SHF_RO_AFTER_INIT = 0x00200000;

export const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
export const SHN_LIVEPATCH = 0xff20;
export const SHN_ABS = 0xfff1;
export const SHN_COMMON = 0xfff2;

export const STB_WEAK = 2;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;

export interface ElfHeader {
  readonly type: number;
  readonly machine: number;
  readonly sectionOffset: number;
  readonly sectionEntrySize: number;
  readonly sectionCount: number;
  readonly nameSection: number;
}

/**
 * One section header. 64-bit fields are numbers: exact below 2^53, and any larger value is far
 * beyond every file, which is all that is asked of it. `flags` are the low 32 bits.
 */
export interface Section {
  readonly index: number;
  readonly name: ByteString;
  readonly nameOffset: number;
  readonly type: number;
  flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
}

const TWO_32 = 2 ** 32;

/** A longer section name is not read further: no section of meaning has one. */
const MAX_SECTION_NAME = 255;

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** An unsigned 64-bit field as a number; inexact above 2^53. */
export const u64At = (view: DataView, offset: number): number =>
  view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true);

/** Caller has checked that EHDR_SIZE bytes are there. */
export const readHeader = (view: DataView): ElfHeader => ({
  type: view.getUint16(16, true),
  machine: view.getUint16(18, true),
  sectionOffset: u64At(view, 40),
  sectionEntrySize: view.getUint16(58, true),
  sectionCount: view.getUint16(60, true),
  nameSection: view.getUint16(62, true),
});

/** Caller has checked that the header lies inside the file. `name` is cut from the string table. */
export const readSection = (
  view: DataView,
  at: number,
  index: number,
  nameAt: (offset: number) => ByteString,
): Section => {
  const nameOffset = view.getUint32(at, true);
  return {
    index,
    name: nameAt(nameOffset),
    nameOffset,
    type: view.getUint32(at + 4, true),
    flags: view.getUint32(at + 8, true),
    address: u64At(view, at + 16),
    offset: u64At(view, at + 24),
    size: u64At(view, at + 32),
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
    align: u64At(view, at + 48),
    entrySize: u64At(view, at + 56),
  };
};

/** NUL-terminated bytes at `offset`, cut at `limit` characters and at the end of `bytes`. */
export const stringAt = (bytes: Uint8Array, offset: number, limit: number): ByteString => {
  if (offset >= bytes.length) return "";
  const stop = Math.min(bytes.length, offset + limit);
  const nul = bytes.subarray(offset, stop).indexOf(0);
  const end = nul < 0 ? stop : offset + nul;
  return bytesToByteString(bytes.subarray(offset, end));
};

/** strlen() inside `bytes`; without a NUL, up to the end. */
export const stringLengthAt = (bytes: Uint8Array, offset: number): number => {
  if (offset >= bytes.length) return 0;
  const nul = bytes.indexOf(0, offset);
  return (nul < 0 ? bytes.length : nul) - offset;
};

/** Reads the names of a section name table that has been checked to lie in the file. */
export const sectionNames = (file: Uint8Array, table: { offset: number; size: number }) => {
  const strings = bytesToByteString(file.subarray(table.offset, table.offset + table.size));
  return (offset: number): ByteString => {
    const name = strings.slice(offset, offset + MAX_SECTION_NAME);
    const end = name.indexOf("\0");
    return end < 0 ? name : name.slice(0, end);
  };
};
