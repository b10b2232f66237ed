import type { ByteString } from "../base/bytes.ts";
import { SHN_UNDEF, SHT_SYMTAB, SYM_SIZE, stringAt, viewOf } from "./elf.ts";
import { type ElfFile, checkElf } from "./elf-validity.ts";
import { LoadFailure } from "./failure.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

const undefinedIn = (elf: ElfFile, symtab: number, strtab: number): ByteString[] => {
  const table = sectionContents(elf, sectionAt(elf, symtab));
  const strings = sectionContents(elf, sectionAt(elf, strtab));
  const view = viewOf(table);
  const names: ByteString[] = [];
  for (let at = SYM_SIZE; at + SYM_SIZE <= table.length; at += SYM_SIZE) {
    if (view.getUint16(at + 6, true) !== SHN_UNDEF) continue;
    const name = stringAt(strings, view.getUint32(at, true), 1024);
    if (name !== "") names.push(name);
  }
  return names;
};

/** Names the module needs from elsewhere, in the symbol table's order. */
export const undefinedSymbols = (info: LoadInfo): ByteString[] =>
  undefinedIn(info.elf, info.index.sym, info.index.str);

/** The same for a module file, which need not be loadable; undefined when it is none. */
export const importsOf = (bytes: Uint8Array): ByteString[] | undefined => {
  try {
    const elf = checkElf(bytes, { log() {} });
    const symtab = elf.sections.find(({ type }) => type === SHT_SYMTAB);
    return symtab === undefined ? undefined : undefinedIn(elf, symtab.index, symtab.link);
  } catch (error) {
    if (error instanceof LoadFailure) return undefined;
    throw error;
  }
};
