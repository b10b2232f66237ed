import {
  readHeader,
  readSection,
  sectionNames,
  SHDR_SIZE,
  stringAt,
  SYM_SIZE,
  u64At,
  viewOf,
} from "../../src/loader/elf.ts";
import type { Section } from "../../src/loader/elf.ts";

/** Offsets of fields in a section header. */
const FIELDS = {
  name: 0,
  type: 4,
  flags: 8,
  address: 16,
  offset: 24,
  size: 32,
  link: 40,
  info: 44,
  align: 48,
  entrySize: 56,
} as const;

const WIDE: ReadonlySet<string> = new Set(["flags", "address", "offset", "size", "align", "entrySize"]);

/** An object file opened for damage. */
export interface ElfEditor {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly sections: readonly Section[];
  section(name: string): Section;
  /** Changes a field of a section's header. */
  set(section: string | number, field: keyof typeof FIELDS, value: number): void;
  /** Number and file offset of a symbol. */
  symbol(name: string): { index: number; at: number };
  /** File offset of the nth relocation of a section such as ".text". */
  rela(target: string, nth: number): number;
  /** Replaces a NUL-terminated string of the same or greater length inside a section. */
  replaceString(section: string, from: string, to: string): void;
}

/** A copy of `file`; only sound files can be opened. */
export const editElf = (file: Uint8Array): ElfEditor => {
  const bytes = Buffer.from(file);
  const view = viewOf(bytes);
  const header = readHeader(view);
  const headerOf = (index: number): number => header.sectionOffset + index * SHDR_SIZE;
  const table = headerOf(header.nameSection);
  const names = sectionNames(bytes, { offset: u64At(view, table + 24), size: u64At(view, table + 32) });
  const sections = Array.from({ length: header.sectionCount }, (_, i) =>
    readSection(view, headerOf(i), i, names),
  );
  const section = (name: string): Section => {
    const found = sections.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no section ${name}`);
    return found;
  };
  return {
    bytes,
    view,
    sections,
    section,
    set(which, field, value) {
      const at = headerOf(typeof which === "number" ? which : section(which).index) + FIELDS[field];
      if (WIDE.has(field)) view.setBigUint64(at, BigInt(value), true);
      else view.setUint32(at, value, true);
    },
    symbol(name) {
      const symtab = section(".symtab");
      const strings = sections[symtab.link]?.offset ?? 0;
      for (let i = 0; i * SYM_SIZE < symtab.size; i += 1) {
        const at = symtab.offset + i * SYM_SIZE;
        if (stringAt(bytes, strings + view.getUint32(at, true), 256) === name) return { index: i, at };
      }
      throw new Error(`no symbol ${name}`);
    },
    rela: (target, nth) => section(`.rela${target}`).offset + nth * 24,
    replaceString(name, from, to) {
      const { offset, size } = section(name);
      const at = bytes.indexOf(Buffer.from(`${from}\0`, "latin1"), offset);
      if (at < 0 || at >= offset + size || to.length > from.length) throw new Error(`cannot replace ${from}`);
      bytes.fill(0, at, at + from.length);
      bytes.write(to, at, "latin1");
    },
  };
};
