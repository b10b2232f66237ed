import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import { SHF_ALLOC, SHT_NOBITS, SHT_SYMTAB, stringAt } from "./elf.ts";
import type { Section } from "./elf.ts";
import type { ElfFile } from "./elf-validity.ts";
import { LoadFailure, malformed } from "./failure.ts";
import { KERN_WARNING } from "./host.ts";
import type { KernelBuild, LoadHost } from "./host.ts";
import { parseModinfo } from "./modinfo.ts";
import type { Modinfo } from "./modinfo.ts";

/** finit_module(2) flags (include/uapi/linux/module.h). */
export const MODULE_INIT_IGNORE_MODVERSIONS = 1;
export const MODULE_INIT_IGNORE_VERMAGIC = 2;

/** MODULE_NAME_LEN: 64 - sizeof(unsigned long). */
const MODULE_NAME_LENGTH = 56;

/** What is known about a module while it loads: struct load_info, and what struct module gathers. */
export interface LoadInfo {
  readonly elf: ElfFile;
  readonly modinfo: Modinfo;
  /** For messages before there is a struct module: .modinfo's name, else the struct's. */
  readonly name: ByteString;
  /** struct module's name field, by which the module is known from then on. */
  readonly moduleName: ByteString;
  /** Section numbers; 0 means absent. */
  readonly index: {
    readonly info: number;
    readonly sym: number;
    readonly str: number;
    readonly mod: number;
    readonly vers: number;
    readonly pcpu: number;
  };
  sigOk: boolean;
  /** struct module's taints: a bit per TAINT_ number. */
  taints: number;
  usingGplOnlySymbols: boolean;
}

export const sectionAt = (elf: ElfFile, index: number): Section => {
  const section = elf.sections[index];
  if (section === undefined) throw malformed(`no section ${index}`);
  return section;
};

/** find_sec(): an allocated section of that name, 0 when there is none. */
export const findSection = (elf: ElfFile, name: ByteString): number =>
  elf.named.get(name)?.find(({ flags }) => (flags & SHF_ALLOC) !== 0)?.index ?? 0;

/** find_any_sec(): the same, allocated or not. */
export const findAnySection = (elf: ElfFile, name: ByteString): number =>
  elf.named.get(name)?.[0]?.index ?? 0;

/** The bytes of a section in the file; a view. Empty without contents; throws when outside the file. */
export const sectionContents = (elf: ElfFile, section: Section): Uint8Array => {
  if (section.type === SHT_NOBITS || section.size === 0) return new Uint8Array(0);
  if (section.offset + section.size > elf.bytes.length) {
    throw malformed(`section ${section.index} lies outside the file`);
  }
  return elf.bytes.subarray(section.offset, section.offset + section.size);
};

const NO_NAME = "(missing .modinfo section or name field)";

const reject = (host: Pick<LoadHost, "log">, text: ByteString): never => {
  host.log(KERN_WARNING, text);
  throw new LoadFailure(ENOEXEC, text);
};

/** The struct module a module carries must be whole, or every access to it is out of bounds. */
const readModuleName = (elf: ElfFile, index: number, build: KernelBuild): ByteString => {
  const contents = sectionContents(elf, sectionAt(elf, index));
  if (contents.length < build.moduleStruct.size) {
    throw malformed(
      `.gnu.linkonce.this_module has ${contents.length} bytes, struct module ${build.moduleStruct.size}`,
    );
  }
  return stringAt(contents, build.moduleStruct.offset("name") ?? contents.length, MODULE_NAME_LENGTH - 1);
};

/**
 * setup_load_info() and rewrite_section_headers() of kernel/module/main.c. `flags` are
 * finit_module's. Throws LoadFailure.
 */
export const setupLoadInfo = (
  elf: ElfFile,
  flags: number,
  build: KernelBuild,
  host: Pick<LoadHost, "log">,
): LoadInfo => {
  const info = findSection(elf, ".modinfo");
  const modinfo = parseModinfo(info === 0 ? new Uint8Array(0) : sectionContents(elf, sectionAt(elf, info)));
  const name = modinfo.get("name");
  const symtab = elf.sections.find((section) => section.index > 0 && section.type === SHT_SYMTAB);
  if (symtab === undefined) return reject(host, `${name ?? NO_NAME}: module has no symbols (stripped?)`);
  const mod = findSection(elf, ".gnu.linkonce.this_module");
  if (mod === 0) reject(host, `${name ?? NO_NAME}: No module found in object`);
  const moduleName = readModuleName(elf, mod, build);
  const vers = (flags & MODULE_INIT_IGNORE_MODVERSIONS) !== 0 ? 0 : findSection(elf, "__versions");
  const pcpu = findSection(elf, ".data..percpu");
  // Tracked, but not kept.
  sectionAt(elf, vers).flags &= ~SHF_ALLOC;
  sectionAt(elf, info).flags &= ~SHF_ALLOC;
  return {
    elf,
    modinfo,
    name: name ?? moduleName,
    moduleName,
    index: { info, sym: symtab.index, str: symtab.link, mod, vers, pcpu },
    sigOk: false,
    taints: 0,
    usingGplOnlySymbols: false,
  };
};
