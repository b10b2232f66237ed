import type { Address } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import type { Btf } from "./btf.ts";
import { declare } from "./c-text.ts";
import type { TableData } from "./container.ts";
import type { KernelImage } from "./image.ts";
import { type ProfileInputs, eachType, globalSymbols } from "./inputs.ts";
import type { KernelSymbol } from "./kallsyms.ts";
import { keyedTable } from "./keyed-table.ts";

/** A symbol that the kernel exports to modules. */
export interface ExportedSymbol {
  readonly name: string;
  /** Without KASLR; for "percpu" the offset in the per-CPU area. */
  readonly address: Address;
  /** Bytes up to the next symbol. */
  readonly size: number;
  readonly crc: number;
  readonly gpl: boolean;
  /** Undefined when it is in no namespace. */
  readonly namespace: string | undefined;
  readonly kind: "function" | "data" | "percpu";
}

const KINDS = { f: "function", d: "data", p: "percpu" } as const;
const TEXT_BASE = -(2 ** 31);

/** Reads a line of the `exports` table. */
export const readExport = (name: string, text: string): ExportedSymbol => {
  const [crc = "", address = "", size = "", flags = "", namespace] = text.split("\t");
  const kind = KINDS[flags[0] as keyof typeof KINDS] ?? "function";
  const value = parseInt(address, 16);
  return {
    name,
    address: kind === "percpu" ? value : value + TEXT_BASE,
    size: parseInt(size, 16),
    crc: parseInt(crc, 16),
    gpl: flags[1] === "G",
    namespace,
    kind,
  };
};

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
  /^(__fentry__|__get_user_|__put_user_|__sw_hweight|clear_user_|rep_|preempt_schedule_(notrace_)?thunk)/;

const prototypes = (btf: Btf): Map<string, string> => {
  const found = new Map<string, string>();
  for (const type of eachType(btf)) {
    if (type.kind !== "function" || OWN_CONVENTION.test(type.name) || found.has(type.name)) continue;
    found.set(type.name, declare(btf, type.type, "@"));
  }
  for (const [name, text] of Object.entries(ASSEMBLER_PROTOTYPES)) {
    if (found.get(name) === "void @(void)") found.set(name, text);
  }
  return found;
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

/** Columns: CRC, address, size, kind and licence, namespace; and the prototype, "@" for the name. */
export const exportTable = ({ image, symbols, exported, btf }: ProfileInputs): TableData => {
  const byName = globalSymbols(symbols);
  const sizeAt = sizes(symbols);
  const texts = prototypes(btf);
  const rows = exported.map((one) => {
    const symbol = byName.get(one.name);
    if (symbol === undefined) {
      throw new KoboxError(
        "profile-mismatch",
        `Module.symvers exports ${one.name}, the kernel image has no such symbol`,
        { hint: "Give the Module.symvers of the same kernel build." },
      );
    }
    const letter = kindLetter(image, symbol);
    const values = [
      one.crc.toString(16).padStart(8, "0"),
      (letter === "p" ? symbol.address : symbol.address - TEXT_BASE).toString(16),
      (sizeAt.get(symbol.address) ?? 0).toString(16),
      letter + (one.gpl ? "G" : ""),
    ];
    if (one.namespace !== "") values.push(one.namespace);
    return [one.name, values.join("\t"), letter === "f" ? (texts.get(one.name) ?? "") : ""];
  });
  return keyedTable("exports", 8 << 10, rows);
};
