import type { ByteString } from "../base/bytes.ts";
import { SHN_UNDEF, SHT_SYMTAB, SYM_SIZE, stringAt, viewOf } from "./elf.ts";
import { type ElfFile, checkElf } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

const symbolsIn = (
  elf: ElfFile,
  symtab: number,
  strtab: number,
  wanted: (name: ByteString, section: number) => boolean,
): ByteString[] => {
  const table = sectionContents(elf, sectionAt(elf, symtab));
  const strings = sectionContents(elf, sectionAt(elf, strtab));
  const view = viewOf(table);
  const names: ByteString[] = [];
  for (let at = SYM_SIZE; at + SYM_SIZE <= table.length; at += SYM_SIZE) {
    const name = stringAt(strings, view.getUint32(at, true), 1024);
    if (name !== "" && wanted(name, view.getUint16(at + 6, true))) names.push(name);
  }
  return names;
};

const isUndefined = (_name: ByteString, section: number): boolean => section === SHN_UNDEF;

/** Names the module needs from elsewhere, in the symbol table's order. */
export const undefinedSymbols = (info: LoadInfo): ByteString[] =>
  symbolsIn(info.elf, info.index.sym, info.index.str, isUndefined);

const inFile = (
  bytes: Uint8Array,
  wanted: (name: ByteString, section: number) => boolean,
): ByteString[] | undefined => {
  try {
    const elf = checkElf(bytes, { log() {} });
    const symtab = elf.sections.find(({ type }) => type === SHT_SYMTAB);
    return symtab === undefined ? undefined : symbolsIn(elf, symtab.index, symtab.link, wanted);
  } catch (error) {
    if (error instanceof LoadFailure) return undefined;
    throw error;
  }
};

/** The same for a module file, which need not be loadable; undefined when it is none. */
export const importsOf = (bytes: Uint8Array): ByteString[] | undefined => inFile(bytes, isUndefined);

const EXPORT = "__ksymtab_";

/** Names a module file exports. */
export const exportsOf = (bytes: Uint8Array): ByteString[] =>
  (inFile(bytes, (name, section) => section !== SHN_UNDEF && name.startsWith(EXPORT)) ?? []).map((name) =>
    name.slice(EXPORT.length),
  );
