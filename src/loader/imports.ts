import type { ByteString } from "../base/bytes.ts";
import { SHN_UNDEF, SYM_SIZE, stringAt, viewOf } from "./elf.ts";
import { sectionAt, sectionContents } from "./load-info.ts";
import type { LoadInfo } from "./load-info.ts";

/** Names the module needs from elsewhere, in the symbol table's order. */
export const undefinedSymbols = (info: LoadInfo): ByteString[] => {
  const table = sectionContents(info.elf, sectionAt(info.elf, info.index.sym));
  const strings = sectionContents(info.elf, sectionAt(info.elf, info.index.str));
  const view = viewOf(table);
  const names: ByteString[] = [];
  for (let at = SYM_SIZE; at + SYM_SIZE <= table.length; at += SYM_SIZE) {
    if (view.getUint16(at + 6, true) !== SHN_UNDEF) continue;
    const name = stringAt(strings, view.getUint32(at, true), 1024);
    if (name !== "") names.push(name);
  }
  return names;
};
