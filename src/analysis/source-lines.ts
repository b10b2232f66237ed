import type { Finding, SourceLine } from "../kernel/events.ts";
import { displayText } from "../base/bytes.ts";
import { SYM_SIZE, stringAt, u64At, viewOf } from "../loader/elf.ts";
import { checkElf } from "../loader/elf-validity.ts";
import { type LineTable, type SourcePlace, readLineTable } from "../loader/dwarf-line.ts";
import { LoadFailure } from "../loader/failure.ts";
import { findAnySection, sectionAt, sectionContents } from "../loader/load-info.ts";

/** Source lines of one module's file, by "symbol+0x1c/0x40 [module]". */
export interface SourceLines {
  /** `at`: the instruction itself, or the one behind a call. */
  find(place: string, at: "instruction" | "return"): SourceLine | undefined;
  /** The line of the instruction at an offset in a section. */
  at(section: string, offset: number): SourceLine | undefined;
  /** The lines of a section's code in ascending order; an empty stretch where a statement left no instruction. */
  stretches(section: string): readonly LineStretch[];
}

/** Bytes of a section, `end` excluded, that belong to one line. */
export interface LineStretch extends SourceLine {
  readonly offset: number;
  readonly end: number;
}

interface Tables {
  readonly lines: LineTable;
  readonly symbols: ReadonlyMap<string, { readonly section: number; readonly value: number }>;
  /** By name: the section's number, 0 for none. */
  readonly section: (name: string) => number;
}

const readTables = (bytes: Uint8Array): Tables | undefined => {
  const elf = checkElf(bytes, { log() {} });
  const lines = readLineTable(elf);
  const index = findAnySection(elf, ".symtab");
  if (lines === undefined || index === 0) return undefined;
  const table = sectionAt(elf, index);
  const [raw, names] = [sectionContents(elf, table), sectionContents(elf, sectionAt(elf, table.link))];
  const view = viewOf(raw);
  const symbols = new Map<string, { section: number; value: number }>();
  for (let at = 0; at + SYM_SIZE <= raw.length; at += SYM_SIZE) {
    const name = stringAt(names, view.getUint32(at, true), 512);
    const section = view.getUint16(at + 6, true);
    if (name !== "" && section !== 0 && !symbols.has(name))
      symbols.set(name, { section, value: u64At(view, at + 8) });
  }
  return { lines, symbols, section: (name) => findAnySection(elf, name) };
};

/** Not of the kernel's headers, whose inline functions stand everywhere. */
const isOwn = (file: string): boolean =>
  !/(^|\/)include\/(linux|asm|asm-generic|uapi|generated)\//.test(file);

const shown = ({ file, line }: SourcePlace): SourceLine | undefined =>
  line < 1 ? undefined : { file: displayText(file.replace(/^\.\//, "")), line };

/** Reads the file's line numbers when first asked; a file without any knows no lines. `name`: the module's. */
export const createSourceLines = (name: string, bytes: Uint8Array): SourceLines => {
  const state: { tables: Tables | undefined; read: boolean } = { tables: undefined, read: false };
  const tables = (): Tables | undefined => {
    if (state.read) return state.tables;
    state.read = true;
    try {
      state.tables = readTables(bytes);
    } catch (error) {
      if (!(error instanceof LoadFailure)) throw error;
    }
    return state.tables;
  };
  const lineOf = ({ lines }: Tables, section: number, offset: number): SourceLine | undefined => {
    const found = lines.lookup(section, offset, isOwn);
    return found === undefined ? undefined : shown(found);
  };
  return {
    find(place, at) {
      const match = /^([^\s+]+)\+0x([0-9a-f]+)\/\S+ \[(\w+)\]$/.exec(place);
      if (match === null || match[3] !== name) return undefined;
      const known = tables();
      const symbol = known?.symbols.get(match[1] ?? "");
      if (known === undefined || symbol === undefined) return undefined;
      const offset = symbol.value + parseInt(match[2] ?? "", 16) - (at === "return" ? 1 : 0);
      return lineOf(known, symbol.section, offset);
    },
    at(section, offset) {
      const known = tables();
      return known === undefined ? undefined : lineOf(known, known.section(section), offset);
    },
    stretches(name) {
      const known = tables();
      if (known === undefined) return [];
      const section = known.section(name);
      return known.lines.stretches(section).flatMap(({ offset, end, place }) => {
        const source = isOwn(place.file)
          ? shown(place)
          : end > offset
            ? lineOf(known, section, offset)
            : undefined;
        return source === undefined ? [] : [{ ...source, offset, end }];
      });
    },
  };
};

/** Findings whose place is that of an instruction that trapped; all others name the place behind a call. */
const TRAPS = new Set(
  "bug warning null-dereference page-fault write-protected general-protection stack-overflow double-fault divide-error breakpoint invalid-opcode".split(
    " ",
  ),
);

/** The finding with the source line of its place, or of the first place on its stack that the file knows. */
export const withSource = (lines: SourceLines, finding: Finding): Finding => {
  const { where, kind, stack } = finding;
  const first =
    where === undefined ? undefined : lines.find(where, TRAPS.has(kind) ? "instruction" : "return");
  const source =
    first ?? stack.map((place) => lines.find(place, "return")).find((each) => each !== undefined);
  return source === undefined ? finding : { ...finding, source };
};
