import { type Address, addressFromHalves } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";

export interface ImageSection {
  readonly name: string;
  readonly address: Address;
  readonly size: number;
  readonly writable: boolean;
  readonly executable: boolean;
  /** Undefined for one without content in the file (.bss). */
  readonly content: Buffer | undefined;
}

/** An uncompressed vmlinux. Buffers are views of the file. */
export interface KernelImage {
  readonly file: Buffer;
  readonly sections: readonly ImageSection[];
  section(name: string): ImageSection | undefined;
  /** The section that holds an address; per-CPU addresses are offsets into .data..percpu. */
  sectionAt(address: Address): ImageSection | undefined;
  /** Initial content, undefined where the range has none. */
  bytesAt(address: Address, length: number): Buffer | undefined;
}

const bad = (what: string): never => {
  throw new KoboxError("bad-image", `kernel image: ${what}`, {
    hint: "Give an x86-64 vmlinux or vmlinuz with section headers.",
  });
};

const SHT_NOBITS = 8;
const [SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR] = [1, 2, 4] as const;

const offsetAt = (file: Buffer, at: number): number => Number(file.readBigUInt64LE(at));

const readSections = (file: Buffer): ImageSection[] => {
  const [tableOffset, count] = [offsetAt(file, 40), file.readUInt16LE(60)];
  if (count === 0 || tableOffset + count * 64 > file.length) bad("section headers out of range");
  const content = (at: number): Buffer => {
    const [start, size] = [offsetAt(file, at + 24), offsetAt(file, at + 32)];
    return start + size > file.length
      ? bad("a section reaches past the end")
      : file.subarray(start, start + size);
  };
  const namesIndex = file.readUInt16LE(62);
  if (namesIndex >= count) bad("section name table out of range");
  const names = content(tableOffset + namesIndex * 64);
  return Array.from({ length: count }, (_, index) => {
    const at = tableOffset + index * 64;
    const nameAt = file.readUInt32LE(at);
    const flags = file.readUInt32LE(at + 8);
    const nameEnd = names.indexOf(0, nameAt);
    return {
      name: names.toString("latin1", nameAt, nameEnd < 0 ? names.length : nameEnd),
      address: addressFromHalves(file.readUInt32LE(at + 16), file.readUInt32LE(at + 20)),
      size: (flags & SHF_ALLOC) === 0 ? 0 : offsetAt(file, at + 32),
      writable: (flags & SHF_WRITE) !== 0,
      executable: (flags & SHF_EXECINSTR) !== 0,
      content: file.readUInt32LE(at + 4) === SHT_NOBITS || index === 0 ? undefined : content(at),
    };
  });
};

/** Reads a vmlinux. Keeps `file`. Damage throws KoboxError "bad-image". */
export const readImage = (file: Buffer): KernelImage => {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) bad("not an ELF file");
  if (file[4] !== 2 || file[5] !== 1 || file.readUInt16LE(18) !== 62) bad("not for x86-64");
  const sections = readSections(file);
  const sectionAt = (address: Address): ImageSection | undefined =>
    sections.find((one) => one.size > 0 && address >= one.address && address < one.address + one.size);
  return {
    file,
    sections,
    section: (name) => sections.find((one) => one.name === name),
    sectionAt,
    bytesAt(address, length) {
      const section = sectionAt(address);
      if (section?.content === undefined) return undefined;
      const start = address - section.address;
      return start + length > section.content.length
        ? undefined
        : section.content.subarray(start, start + length);
    },
  };
};
