import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import {
  EHDR_SIZE,
  EM_X86_64,
  ET_REL,
  readHeader,
  readSection,
  sectionNames,
  SHDR_SIZE,
  SHF_ALLOC,
  SHN_UNDEF,
  SHT_NOBITS,
  SHT_NULL,
  SHT_SYMTAB,
  u64At,
  viewOf,
} from "./elf.ts";
import type { ElfHeader, Section } from "./elf.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR } from "./host.ts";
import type { LoadHost } from "./host.ts";

/** A file that passed elf_validity_check. Bounds of sections without contents are not checked there. */
export interface ElfFile {
  /** The module without its signature; borrowed, never written. */
  readonly bytes: Uint8Array;
  readonly header: ElfHeader;
  readonly sections: readonly Section[];
  /** Sections of a name, in file order, without section 0. */
  readonly named: ReadonlyMap<ByteString, readonly Section[]>;
}

type Log = Pick<LoadHost, "log">;

const MAGIC = "\x7fELF";

const reject = (host: Log, text: string): never => {
  host.log(KERN_ERR, text);
  throw new LoadFailure(ENOEXEC, text);
};

/** elf_check_arch() of x86-64 takes no notice of the class byte (arch/x86/include/asm/elf.h). */
const checkHeader = (view: DataView, length: number, host: Log): ElfHeader => {
  if (length < EHDR_SIZE) return reject(host, `Invalid ELF header len ${length}`);
  if (view.getUint32(0, false) !== 0x7f454c46) {
    return reject(host, `Invalid ELF header magic: != ${MAGIC}`);
  }
  const header = readHeader(view);
  if (header.type !== ET_REL) {
    return reject(host, `Invalid ELF header type: ${header.type} != ${ET_REL}`);
  }
  if (header.machine !== EM_X86_64) {
    return reject(host, `Invalid architecture in ELF header: ${header.machine}`);
  }
  if (header.sectionEntrySize !== SHDR_SIZE) return reject(host, "Invalid ELF section header size");
  const { sectionOffset, sectionCount } = header;
  if (sectionOffset >= length || sectionCount * SHDR_SIZE > length - sectionOffset) {
    return reject(host, "Invalid ELF section header overflow");
  }
  return header;
};

/** Offset and size of the section name table, as read before any section is trusted. */
const checkNameTable = (bytes: Uint8Array, view: DataView, header: ElfHeader, host: Log) => {
  const { nameSection, sectionCount } = header;
  if (nameSection === SHN_UNDEF || nameSection >= sectionCount) {
    return reject(
      host,
      `Invalid ELF section name index: ${nameSection} || e_shstrndx (${nameSection}) >= e_shnum (${sectionCount})`,
    );
  }
  const at = header.sectionOffset + nameSection * SHDR_SIZE;
  const table = { offset: u64At(view, at + 24), size: u64At(view, at + 32) };
  if (table.offset + table.size > bytes.length) {
    return reject(host, `Invalid ELF section hdr(type ${view.getUint32(at + 4, true)})`);
  }
  if (table.size === 0) return reject(host, "empty section name table");
  if (bytes[table.offset + table.size - 1] !== 0) {
    return reject(host, "ELF Spec violation: section name table isn't null terminated");
  }
  return table;
};

const checkSection = (section: Section, file: ElfFile, nameTableSize: number, host: Log): void => {
  const { index, type } = section;
  if (type === SHT_NULL || type === SHT_NOBITS) return;
  const count = file.header.sectionCount;
  if (type === SHT_SYMTAB && (section.link === SHN_UNDEF || section.link >= count)) {
    const link = section.link | 0;
    reject(host, `Invalid ELF sh_link!=SHN_UNDEF(${link}) or (sh_link(${link}) >= hdr->e_shnum(${count})`);
  }
  if (section.offset + section.size > file.bytes.length) {
    reject(host, `Invalid ELF section in module (section ${index} type ${type})`);
  }
  if ((section.flags & SHF_ALLOC) !== 0 && section.nameOffset >= nameTableSize) {
    reject(host, `Invalid ELF section name in module (section ${index} type ${type})`);
  }
};

const byName = (sections: readonly Section[]): Map<ByteString, Section[]> => {
  const named = new Map<ByteString, Section[]>();
  for (const section of sections) {
    if (section.index === 0) continue;
    const known = named.get(section.name);
    if (known === undefined) named.set(section.name, [section]);
    else known.push(section);
  }
  return named;
};

/**
 * elf_validity_check() of kernel/module/main.c: its order, messages and errno.
 * Throws LoadFailure (always ENOEXEC).
 */
export const checkElf = (bytes: Uint8Array, host: Log): ElfFile => {
  const view = viewOf(bytes);
  const header = checkHeader(view, bytes.length, host);
  const nameTable = checkNameTable(bytes, view, header, host);
  const nameAt = sectionNames(bytes, nameTable);
  const sections: Section[] = [];
  for (let i = 0; i < header.sectionCount; i += 1) {
    sections.push(readSection(view, header.sectionOffset + i * SHDR_SIZE, i, nameAt));
  }
  const file: ElfFile = { bytes, header, sections, named: byName(sections) };
  const [first] = sections;
  if (first === undefined || first.type !== SHT_NULL || first.size !== 0 || first.address !== 0) {
    reject(
      host,
      `ELF Spec violation: section 0 type(${(first?.type ?? 0) | 0})!=SH_NULL or non-zero len or addr`,
    );
  }
  for (const section of sections) {
    if (section.index > 0) checkSection(section, file, nameTable.size, host);
  }
  return file;
};
