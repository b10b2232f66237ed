import type { ByteString } from "../base/bytes.ts";
import { SHF_ALLOC, SHT_NOBITS, SHT_RELA, SYM_SIZE, type Section, stringAt, u64At, viewOf } from "./elf.ts";
import type { ElfFile } from "./elf-validity.ts";
import { type LineHeader, type LineReader, Malformed, createReader, readHeader } from "./dwarf-header.ts";

/** A place in the source. */
export interface SourcePlace {
  readonly file: ByteString;
  readonly line: number;
}

/** The line number information of an object file (.debug_line, DWARF 4 and 5). */
export interface LineTable {
  /**
   * The line of the instruction at `offset` in an allocated section. Where its file is not `wanted` (an
   * inline function of a header), the nearest before it in the same sequence that is.
   */
  lookup(section: number, offset: number, wanted?: (file: ByteString) => boolean): SourcePlace | undefined;
  /**
   * The stretches of a section that belong to one place each, in ascending order. Statements that have no
   * instruction of their own are empty ones, where they would be.
   */
  stretches(section: number): readonly Stretch[];
}

/** Bytes of a section, `end` excluded. */
export interface Stretch {
  readonly offset: number;
  readonly end: number;
  readonly place: SourcePlace;
}

interface Row {
  readonly offset: number;
  /** Undefined behind the last instruction of a sequence. */
  readonly place: SourcePlace | undefined;
  /** A statement begins there: a good place to name. */
  readonly statement: boolean;
}

/** Where a relocated word of .debug_line points: a section and an offset in it. */
type Relocations = ReadonlyMap<number, { readonly section: number; readonly offset: number }>;

const RELA_SIZE = 24;
const SHF_COMPRESSED = 0x800;

const contents = ({ bytes }: ElfFile, section: Section | undefined): Uint8Array | undefined => {
  if (section === undefined || section.type === SHT_NOBITS || (section.flags & SHF_COMPRESSED) !== 0)
    return undefined;
  return section.offset + section.size > bytes.length
    ? undefined
    : bytes.subarray(section.offset, section.offset + section.size);
};

const relocationsOf = (elf: ElfFile, target: Section): Relocations => {
  const found = new Map<number, { section: number; offset: number }>();
  const rela = elf.sections.find(({ type, info }) => type === SHT_RELA && info === target.index);
  const table = contents(elf, rela);
  const symbols = contents(elf, elf.sections[rela?.link ?? 0]);
  if (table === undefined || symbols === undefined) return found;
  const [view, symbolView] = [viewOf(table), viewOf(symbols)];
  for (let at = 0; at + RELA_SIZE <= table.length; at += RELA_SIZE) {
    const symbol = view.getUint32(at + 12, true) * SYM_SIZE;
    if (symbol + SYM_SIZE > symbols.length) continue;
    const section = symbolView.getUint16(symbol + 6, true);
    const offset = u64At(symbolView, symbol + 8) + Number(view.getBigInt64(at + 16, true));
    found.set(u64At(view, at), { section, offset });
  }
  return found;
};

/** Undefined when the file has none that can be read. */
export const readLineTable = (elf: ElfFile): LineTable | undefined => {
  const section = elf.named.get(".debug_line")?.[0];
  const bytes = contents(elf, section);
  if (section === undefined || bytes === undefined) return undefined;
  const strings = {
    line: contents(elf, elf.named.get(".debug_line_str")?.[0]) ?? new Uint8Array(0),
    debug: contents(elf, elf.named.get(".debug_str")?.[0]) ?? new Uint8Array(0),
  };
  const relocations = relocationsOf(elf, section);
  const rows = new Map<number, Row[]>();
  const reader = createReader(
    bytes,
    (offset) => relocations.get(offset)?.offset,
    (kind, offset) => stringAt(strings[kind], offset, 4096),
  );
  try {
    while (reader.at() < bytes.length) runUnit(reader, relocations, rows);
  } catch (error) {
    // What was read before the damage stands.
    if (!(error instanceof Malformed)) throw error;
  }
  for (const list of rows.values()) list.sort((a, b) => a.offset - b.offset);
  return {
    lookup(index, offset, wanted = () => true) {
      if (((elf.sections[index]?.flags ?? 0) & SHF_ALLOC) === 0) return undefined;
      const list = rows.get(index) ?? [];
      const at = rowAt(list, offset);
      const exact = list[at]?.place;
      for (let row = at, steps = 0; steps < MOST_STEPS; row -= 1, steps += 1) {
        const place = list[row]?.place;
        if (place === undefined) break;
        if (wanted(place.file) && (row === at || list[row]?.statement === true)) return place;
      }
      return exact;
    },
    stretches: (index) => stretchesOf(rows.get(index) ?? [], elf.bytes.length),
  };
};

/** No section is longer than its file. */
const stretchesOf = (rows: readonly Row[], limit: number): Stretch[] =>
  rows.flatMap(({ offset, place, statement }, index) => {
    const end = Math.min(rows[index + 1]?.offset ?? offset, limit);
    if (place === undefined || end < offset || (end === offset && !statement)) return [];
    return [{ offset, end, place }];
  });

/** An inline function has no more rows than this before its call. */
const MOST_STEPS = 200;

/** Index of the last row that begins at or before `offset`; -1 for none. */
const rowAt = (rows: readonly Row[], offset: number): number => {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

interface Machine {
  section: number | undefined;
  offset: number;
  file: number;
  line: number;
  statement: boolean;
}
const start = ({ statement }: LineHeader): Machine => ({
  section: undefined,
  offset: 0,
  file: 1,
  line: 1,
  statement,
});

/** Runs the line number program of one compilation unit (DWARF 5, section 6.2.5). */
const runUnit = (reader: LineReader, relocations: Relocations, rows: Map<number, Row[]>): void => {
  const header = readHeader(reader);
  let state = start(header);
  const append = (place: SourcePlace | undefined): void => {
    if (state.section === undefined) return;
    const list = rows.get(state.section) ?? [];
    rows.set(state.section, list);
    list.push({ offset: state.offset, place, statement: state.statement });
  };
  const emit = (): void => append({ file: header.files[state.file] ?? "", line: state.line });
  while (reader.at() < header.end) {
    const opcode = reader.u8();
    if (opcode >= header.opcodeBase) {
      const adjusted = opcode - header.opcodeBase;
      state.offset += Math.floor(adjusted / header.lineRange) * header.minimum;
      state.line += header.lineBase + (adjusted % header.lineRange);
      emit();
    } else if (opcode === 0) state = extended(reader, header, relocations, state, append);
    else standard(reader, header, opcode, state, emit);
  }
  reader.seek(header.end);
};

const extended = (
  reader: LineReader,
  header: LineHeader,
  relocations: Relocations,
  state: Machine,
  append: (place: undefined) => void,
): Machine => {
  const length = reader.uleb();
  const end = reader.at() + length;
  const opcode = length === 0 ? undefined : reader.u8();
  let next = state;
  if (opcode === 1) {
    append(undefined);
    next = start(header);
  } else if (opcode === 2) {
    const target = relocations.get(reader.at());
    next = { ...state, section: target?.section, offset: target?.offset ?? 0 };
  }
  reader.seek(end);
  return next;
};

const standard = (
  reader: LineReader,
  header: LineHeader,
  opcode: number,
  state: Machine,
  emit: () => void,
): void => {
  switch (opcode) {
    case 1:
      return emit();
    case 2:
      state.offset += reader.uleb() * header.minimum;
      return undefined;
    case 3:
      state.line += reader.sleb();
      return undefined;
    case 4:
      state.file = reader.uleb();
      return undefined;
    case 6:
      state.statement = !state.statement;
      return undefined;
    case 8:
      state.offset += Math.floor((255 - header.opcodeBase) / header.lineRange) * header.minimum;
      return undefined;
    case 9:
      state.offset += reader.u16();
      return undefined;
    default:
      for (let count = header.lengths[opcode - 1] ?? 0; count > 0; count -= 1) reader.uleb();
      return undefined;
  }
};
