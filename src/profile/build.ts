import type { Address } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import { type Btf, type BtfType, readBtf } from "./btf.ts";
import { declare } from "./c-text.ts";
import { type TableData, writeContainer } from "./container.ts";
import { type KernelImage, readImage } from "./image.ts";
import { type KernelSymbol, readKallsyms } from "./kallsyms.ts";
import { keyedTable } from "./keyed-table.ts";
import { createLayoutWriter } from "./layout-text.ts";
import type { ProfileMeta } from "./profile.ts";
import { symbolMapTable } from "./symbol-map.ts";
import { type SymbolVersion, readSymvers } from "./symvers.ts";
import { exportedTypes } from "./reachable.ts";
import { unpackKernel } from "./unpack.ts";

export interface ProfileSources {
  /** vmlinuz or vmlinux. */
  readonly kernel: Buffer;
  /** Text of Module.symvers. */
  readonly symvers: string;
}

/** BTF says `void f(void)` of assembler functions; these take their arguments as C functions do. */
const ASSEMBLER_PROTOTYPES: Readonly<Record<string, string>> = {
  memcpy: "void *@(void *to, const void *from, size_t len)",
  memmove: "void *@(void *to, const void *from, size_t len)",
  memset: "void *@(void *s, int c, size_t n)",
  __memcpy: "void *@(void *to, const void *from, size_t len)",
  __memmove: "void *@(void *to, const void *from, size_t len)",
  __memset: "void *@(void *s, int c, size_t n)",
  clear_page_orig: "void @(void *page)",
  clear_page_rep: "void @(void *page)",
  clear_page_erms: "void @(void *page)",
  copy_page: "void @(void *to, void *from)",
  copy_user_enhanced_fast_string: "unsigned long @(void *to, const void *from, unsigned int len)",
  copy_user_generic_string: "unsigned long @(void *to, const void *from, unsigned int len)",
  copy_user_generic_unrolled: "unsigned long @(void *to, const void *from, unsigned int len)",
  __copy_user_nocache: "long @(void *dst, const void *src, unsigned int size, int zerorest)",
  asm_load_gs_index: "void @(unsigned int selector)",
  entry_ibpb: "void @(void)",
  clear_bhb_loop: "void @(void)",
};

/** Assembler functions with a register convention of their own: no prototype can say it. */
const OWN_CONVENTION =
  /^(__fentry__|__get_user_|__put_user_|__sw_hweight|clear_user_|preempt_schedule_(notrace_)?thunk)/;

const banner = (image: KernelImage): string => {
  const rodata = image.section(".rodata")?.content ?? Buffer.alloc(0);
  const text = rodata.toString("latin1");
  const found = /Linux version [^\0\n]* #\d+ [^\0\n]*/.exec(text);
  if (found === null) throw new KoboxError("bad-image", "kernel image: it has no version banner");
  return found[0];
};

const vermagic = (image: KernelImage, release: string): string => {
  const rodata = image.section(".rodata")?.content ?? Buffer.alloc(0);
  const start = rodata.indexOf(`\0${release} `, 0, "latin1") + 1;
  if (start === 0) throw new KoboxError("bad-image", "kernel image: it has no version magic");
  return rodata.toString("latin1", start, rodata.indexOf(0, start));
};

const metaOf = (image: KernelImage, symbols: readonly KernelSymbol[]): ProfileMeta => {
  const addressOf = (name: string): Address => symbols.find((one) => one.name === name)?.address ?? 0;
  const text = banner(image);
  const release = text.split(" ")[2] ?? "";
  const version = /#\d+ .*$/.exec(text)?.[0] ?? "";
  // Debian's patch makes oops headers show the package (lib/dump_stack.c).
  const packaged = /Debian \S+/.exec(version)?.[0];
  const build = `${version.split(" ")[0]}${packaged === undefined ? "" : `  ${packaged}`}`;
  return {
    release,
    vermagic: vermagic(image, release),
    banner: text,
    build,
    version,
    imageStart: addressOf("_text"),
    imageEnd: addressOf("_end"),
  };
};

/** By name; where a static symbol has the same one, the global. */
const globals = (symbols: readonly KernelSymbol[]): Map<string, KernelSymbol> => {
  const byName = new Map<string, KernelSymbol>();
  for (const symbol of symbols) {
    const known = byName.get(symbol.name);
    if (known === undefined || known.type === known.type.toLowerCase()) byName.set(symbol.name, symbol);
  }
  return byName;
};

/** Distance to the next symbol at a higher address. */
const sizes = (symbols: readonly KernelSymbol[]): Map<Address, number> => {
  const addresses = [...new Set(symbols.map((one) => one.address))].sort((a, b) => a - b);
  return new Map(addresses.map((address, index) => [address, (addresses[index + 1] ?? address) - address]));
};

const kindLetter = (image: KernelImage, symbol: KernelSymbol): string => {
  if (symbol.address >= 0) return "p";
  return image.sectionAt(symbol.address)?.executable === true ? "f" : "d";
};

const prototypes = (btf: Btf): Map<string, string> => {
  const found = new Map<string, string>();
  for (let id = btf.firstId; id < btf.endId; id++) {
    const type = btf.type(id);
    if (type.kind !== "function" || OWN_CONVENTION.test(type.name) || found.has(type.name)) continue;
    found.set(type.name, declare(btf, type.type, "@"));
  }
  for (const [name, text] of Object.entries(ASSEMBLER_PROTOTYPES)) {
    if (found.get(name) === "void @(void)") found.set(name, text);
  }
  return found;
};

interface Inputs {
  readonly image: KernelImage;
  readonly symbols: readonly KernelSymbol[];
  readonly exported: readonly SymbolVersion[];
  readonly btf: Btf;
}

const exportsTable = ({ image, symbols, exported, btf }: Inputs): TableData => {
  const byName = globals(symbols);
  const sizeAt = sizes(symbols);
  const texts = prototypes(btf);
  const rows = exported.map((one) => {
    const symbol = byName.get(one.name);
    if (symbol === undefined) {
      throw new KoboxError(
        "profile-mismatch",
        `Module.symvers exports ${one.name}, the kernel image has none`,
        {
          hint: "Give the Module.symvers of the same kernel build.",
        },
      );
    }
    const letter = kindLetter(image, symbol);
    const address = letter === "p" ? symbol.address : symbol.address + 2 ** 31;
    const values = [
      one.crc.toString(16).padStart(8, "0"),
      address.toString(16),
      (sizeAt.get(symbol.address) ?? 0).toString(16),
      letter + (one.gpl ? "G" : ""),
    ];
    if (one.namespace !== "") values.push(one.namespace);
    return [one.name, values.join("\t"), letter === "f" ? (texts.get(one.name) ?? "") : ""];
  });
  return keyedTable("exports", 8 << 10, rows);
};

const each = function* (btf: Btf): Generator<BtfType> {
  for (let id = btf.firstId; id < btf.endId; id++) yield btf.type(id);
};

const typedefsTable = (btf: Btf): TableData => {
  const found = new Map<string, string>();
  for (const type of each(btf)) {
    if (type.kind === "typedef" && !found.has(type.name)) found.set(type.name, declare(btf, type.type, ""));
  }
  return keyedTable("typedefs", 16 << 10, [...found]);
};

const enumeratorsTable = (btf: Btf): TableData => {
  const found = new Map<string, string>();
  for (const type of each(btf)) {
    if (type.kind !== "enum") continue;
    for (const { name, value } of type.values) if (!found.has(name)) found.set(name, String(value));
  }
  return keyedTable("enumerators", 16 << 10, [...found]);
};

const structsTable = ({ btf, exported }: Inputs): TableData => {
  const writer = createLayoutWriter(btf);
  for (const id of exportedTypes(btf, new Set(exported.map((one) => one.name)))) writer.add(id);
  return keyedTable(
    "structs",
    8 << 10,
    writer.lines().map(({ key, text }) => [key, text]),
  );
};

/** Builds a profile file from a kernel image and its Module.symvers. */
export const buildProfile = async (sources: ProfileSources): Promise<Buffer> => {
  const image = readImage(await unpackKernel(sources.kernel));
  const btfBytes = image.section(".BTF")?.content;
  if (btfBytes === undefined) {
    throw new KoboxError("bad-image", "kernel image: it has no .BTF section", {
      hint: "The kernel must be built with CONFIG_DEBUG_INFO_BTF.",
    });
  }
  const inputs: Inputs = {
    image,
    symbols: readKallsyms(image.file).sort((left, right) => left.address - right.address),
    exported: readSymvers(sources.symvers).filter((one) => one.provider === "vmlinux"),
    btf: readBtf(btfBytes),
  };
  return writeContainer(metaOf(image, inputs.symbols), [
    exportsTable(inputs),
    structsTable(inputs),
    typedefsTable(inputs.btf),
    enumeratorsTable(inputs.btf),
    symbolMapTable(inputs.symbols, 24 << 10),
  ]);
};
