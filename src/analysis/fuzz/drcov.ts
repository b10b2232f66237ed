/** Coverage as DynamoRIO's drcov writes it, version 2: read by plug-ins of Ghidra, IDA and Binary Ninja. */
import { SHF_ALLOC, type Section, readHeader, readSection, sectionNames, viewOf } from "../../loader/elf.ts";
import type { CoveredBlock } from "./covered.ts";

/** Section headers of a file that has been loaded, so that they are sound. */
const readSections = (file: Uint8Array): readonly Section[] => {
  const view = viewOf(file);
  const { sectionOffset, sectionEntrySize, sectionCount, nameSection } = readHeader(view);
  const at = (index: number): number => sectionOffset + index * sectionEntrySize;
  const nameAt = sectionNames(
    file,
    readSection(view, at(nameSection), nameSection, () => ""),
  );
  return Array.from({ length: sectionCount }, (_, index) => readSection(view, at(index), index, nameAt));
};

/**
 * Where disassemblers put the sections of a relocatable file: one behind the other, in the order of
 * the section headers, each at its alignment, from 0 on.
 */
const sectionPlaces = (file: Uint8Array): { places: Map<string, number>; end: number } => {
  const places = new Map<string, number>();
  let end = 0;
  for (const { name, flags, size, align } of readSections(file)) {
    if ((flags & SHF_ALLOC) === 0) continue;
    const at = Math.ceil(end / Math.max(align, 1)) * Math.max(align, 1);
    if (!places.has(name)) places.set(name, at);
    end = at + size;
  }
  return { places, end };
};

const ENTRY = 8;

export const drcovFile = (file: Uint8Array, path: string, blocks: readonly CoveredBlock[]): Uint8Array => {
  const { places, end } = sectionPlaces(file);
  const located = blocks.flatMap(({ section, offset, size }) => {
    const start = places.get(section);
    return start === undefined ? [] : [{ start: start + offset, size }];
  });
  const head = [
    "DRCOV VERSION: 2",
    "DRCOV FLAVOR: kobox",
    "Module Table: version 2, count 1",
    "Columns: id, base, end, entry, path",
    ` 0, 0x0000000000000000, 0x${end.toString(16).padStart(16, "0")}, 0x0000000000000000, ${path}`,
    `BB Table: ${located.length} bbs`,
    "",
  ].join("\n");
  const table = new DataView(new ArrayBuffer(located.length * ENTRY));
  for (const [index, { start, size }] of located.entries()) {
    table.setUint32(index * ENTRY, start, true);
    table.setUint16(index * ENTRY + 4, size, true);
  }
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(table.buffer)]);
};
