/** A section of an object file to write. Strings refer to other sections by name. */
export interface SectionSpec {
  readonly name: string;
  /** SHT_PROGBITS unless said. */
  readonly type?: number;
  readonly flags?: number;
  readonly data?: Uint8Array;
  /** For sections without contents in the file. */
  readonly size?: number;
  readonly align?: number;
  readonly link?: string;
  readonly info?: string;
  readonly entrySize?: number;
}

export interface SymbolSpec {
  readonly name: string;
  /** Section name, or a special number such as SHN_ABS; undefined symbols have none. */
  readonly section?: string | number;
  readonly value?: bigint;
  readonly size?: bigint;
  /** Binding << 4 | type; global without type unless said. */
  readonly info?: number;
}

export interface RelaSpec {
  readonly offset: number;
  readonly type: number;
  /** Number in the symbol table, the null symbol being 0. */
  readonly symbol: number;
  readonly addend: bigint;
}

const EHDR = 64;
const SHDR = 64;

const stringTable = (strings: readonly string[]): { data: Buffer; offsets: number[] } => {
  let data = "\0";
  const offsets = strings.map((text) => {
    const at = data.length;
    data += `${text}\0`;
    return at;
  });
  return { data: Buffer.from(data, "latin1"), offsets };
};

export const relaData = (entries: readonly RelaSpec[]): Uint8Array => {
  const data = Buffer.alloc(entries.length * 24);
  for (const [i, { offset, type, symbol, addend }] of entries.entries()) {
    data.writeBigUInt64LE(BigInt(offset), i * 24);
    data.writeUInt32LE(type, i * 24 + 8);
    data.writeUInt32LE(symbol, i * 24 + 12);
    data.writeBigInt64LE(BigInt.asIntN(64, addend), i * 24 + 16);
  }
  return data;
};

const symbolData = (
  symbols: readonly SymbolSpec[],
  names: readonly number[],
  numberOf: (name: string) => number,
): Buffer => {
  const data = Buffer.alloc((symbols.length + 1) * 24);
  for (const [i, { section, value = 0n, size = 0n, info = 0x10 }] of symbols.entries()) {
    const at = (i + 1) * 24;
    data.writeUInt32LE(names[i] ?? 0, at);
    data[at + 4] = info;
    data.writeUInt16LE(typeof section === "string" ? numberOf(section) : (section ?? 0), at + 6);
    data.writeBigUInt64LE(BigInt.asUintN(64, value), at + 8);
    data.writeBigUInt64LE(size, at + 16);
  }
  return data;
};

const elfHeader = (sectionOffset: number, count: number, names: number): Buffer => {
  const header = Buffer.alloc(EHDR);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(1, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(sectionOffset), 40);
  header.writeUInt16LE(EHDR, 52);
  header.writeUInt16LE(SHDR, 58);
  header.writeUInt16LE(count, 60);
  header.writeUInt16LE(names, 62);
  return header;
};

/** An x86-64 relocatable object: the sections in order from 1, then .symtab, .strtab, .shstrtab. */
export const writeElf = (sections: readonly SectionSpec[], symbols: readonly SymbolSpec[]): Buffer => {
  const strings = stringTable(symbols.map(({ name }) => name));
  const names = [...sections.map(({ name }) => name), ".symtab", ".strtab", ".shstrtab"];
  const numberOf = (name: string): number => names.indexOf(name) + 1;
  const sectionStrings = stringTable(names);
  const all: readonly SectionSpec[] = [
    ...sections,
    {
      name: ".symtab",
      type: 2,
      align: 8,
      entrySize: 24,
      link: ".strtab",
      data: symbolData(symbols, strings.offsets, numberOf),
    },
    { name: ".strtab", type: 3, data: strings.data },
    { name: ".shstrtab", type: 3, data: sectionStrings.data },
  ];
  const pieces: Buffer[] = [];
  let at = EHDR;
  const headers = Buffer.alloc(SHDR * (all.length + 1));
  for (const [i, section] of all.entries()) {
    const data = Buffer.from(section.data ?? new Uint8Array(0));
    const header = headers.subarray((i + 1) * SHDR);
    header.writeUInt32LE(sectionStrings.offsets[i] ?? 0, 0);
    header.writeUInt32LE(section.type ?? 1, 4);
    header.writeBigUInt64LE(BigInt(section.flags ?? 0), 8);
    header.writeBigUInt64LE(BigInt(at), 24);
    header.writeBigUInt64LE(BigInt(section.size ?? data.length), 32);
    header.writeUInt32LE(section.link === undefined ? 0 : numberOf(section.link), 40);
    header.writeUInt32LE(section.info === undefined ? 0 : numberOf(section.info), 44);
    header.writeBigUInt64LE(BigInt(section.align ?? 1), 48);
    header.writeBigUInt64LE(BigInt(section.entrySize ?? 0), 56);
    const padded = Buffer.concat([data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
    pieces.push(padded);
    at += padded.length;
  }
  return Buffer.concat([elfHeader(at, all.length + 1, all.length), ...pieces, headers]);
};

const modinfoOf = (entries: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    Object.entries(entries)
      .map(([tag, value]) => `${tag}=${value}\0`)
      .join(""),
    "latin1",
  );

/** What every module has: .modinfo, an empty version table, struct module of the given size. */
export const moduleSections = (name: string, structSize: number, nameOffset: number): SectionSpec[] => {
  const struct = Buffer.alloc(structSize);
  struct.write(name, nameOffset, "latin1");
  const vermagic = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";
  return [
    { name: ".modinfo", flags: 2, data: modinfoOf({ license: "GPL", name, retpoline: "Y", vermagic }) },
    { name: ".gnu.linkonce.this_module", flags: 3, align: 64, data: struct },
  ];
};
