import type { ByteString } from "../../base/bytes.ts";
import { checkElf } from "../../loader/elf-validity.ts";
import { STT_FUNC, SYM_SIZE, stringAt, u64At, viewOf } from "../../loader/elf.ts";
import { LoadFailure } from "../../loader/failure.ts";
import { findAnySection, sectionAt, sectionContents } from "../../loader/load-info.ts";

/** A function of a module's file. */
export interface CodeFunction {
  readonly name: ByteString;
  readonly section: ByteString;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly size: number;
}

/** Names that the build makes for what the source calls otherwise. */
const ALIASES = new Set(["init_module", "cleanup_module"]);

const readAll = (bytes: Uint8Array): CodeFunction[] => {
  const elf = checkElf(bytes, { log() {} });
  const index = findAnySection(elf, ".symtab");
  if (index === 0) return [];
  const table = sectionAt(elf, index);
  const [raw, names] = [sectionContents(elf, table), sectionContents(elf, sectionAt(elf, table.link))];
  const view = viewOf(raw);
  const found = new Map<string, CodeFunction>();
  for (let at = 0; at + SYM_SIZE <= raw.length; at += SYM_SIZE) {
    if ((view.getUint8(at + 4) & 0xf) !== STT_FUNC) continue;
    const section = elf.sections[view.getUint16(at + 6, true)];
    const [offset, size] = [u64At(view, at + 8), u64At(view, at + 16)];
    if (section === undefined || size === 0 || offset + size > section.size) continue;
    const name = stringAt(names, view.getUint32(at, true), 512);
    const key = `${section.index} ${offset}`;
    const known = found.get(key);
    if (known === undefined || ALIASES.has(known.name))
      found.set(key, { name, section: section.name, offset, size });
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset);
};

/** The functions that a module's symbol table names, one a place, by offset. None for a file that is broken. */
export const readFunctions = (bytes: Uint8Array): readonly CodeFunction[] => {
  try {
    return readAll(bytes);
  } catch (error) {
    if (error instanceof LoadFailure) return [];
    throw error;
  }
};
