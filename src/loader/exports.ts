import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { ENOEXEC } from "../base/errno.ts";
import { LoadFailure } from "./failure.ts";
import { KERN_ERR } from "./host.ts";
import type { LoadHost } from "./host.ts";
import { imageBytes, regionAt } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { stringAt, viewOf } from "./elf.ts";
import type { LoadInfo } from "./load-info.ts";
import type { ModuleSections, Table } from "./module-sections.ts";
import { relativeTarget } from "./text-patching.ts";
import type { SymbolResolver } from "./symbols.ts";

/** struct kernel_symbol: s32 displacements of value, name and namespace. */
const ENTRY_SIZE = 12;
const MAX_NAME = 511;

/** A symbol a module offers to those loaded after it. */
export interface ModuleExport {
  readonly name: ByteString;
  readonly value: Address;
  readonly crc: number | undefined;
  readonly gplOnly: boolean;
  readonly namespace: ByteString | undefined;
}

const textAt = (image: ModuleImage, address: Address): ByteString => {
  const region = regionAt(image, address, 1);
  return region === undefined ? "" : stringAt(region.bytes, address - region.base, MAX_NAME);
};

const readTable = (
  image: ModuleImage,
  table: Table,
  crcs: Address,
  license: "any" | "gpl",
): ModuleExport[] => {
  const bytes = imageBytes(image, table.address, table.count * ENTRY_SIZE);
  if (bytes === undefined) return [];
  const view = viewOf(bytes);
  const sums = crcs === 0 ? undefined : imageBytes(image, crcs, table.count * 4);
  const found: ModuleExport[] = [];
  for (let i = 0; i < table.count; i += 1) {
    const at = i * ENTRY_SIZE;
    const namespace = view.getInt32(at + 8, true);
    found.push({
      name: textAt(image, relativeTarget(view, table.address, at + 4)),
      value: relativeTarget(view, table.address, at),
      crc: sums === undefined ? undefined : viewOf(sums).getUint32(i * 4, true),
      gplOnly: license === "gpl",
      namespace: namespace === 0 ? undefined : textAt(image, table.address + at + 8 + namespace),
    });
  }
  return found;
};

/** What a relocated module exports: __ksymtab, then __ksymtab_gpl. */
export const moduleExports = (image: ModuleImage, sections: ModuleSections): ModuleExport[] => [
  ...readTable(image, sections.syms, sections.crcs, "any"),
  ...readTable(image, sections.gplSyms, sections.gplCrcs, "gpl"),
];

/** verify_exported_symbols(): ENOEXEC when the kernel or a module has one of the names already. */
export const verifyExportedSymbols = (
  info: LoadInfo,
  exports: readonly ModuleExport[],
  resolver: Pick<SymbolResolver, "findSymbol">,
  host: Pick<LoadHost, "log">,
): void => {
  for (const { name } of exports) {
    const found = resolver.findSymbol(name, true);
    if (found === undefined) continue;
    const owner = found.owner?.name ?? "kernel";
    const text = `${info.moduleName}: exports duplicate symbol ${name} (owned by ${owner})`;
    host.log(KERN_ERR, text);
    throw new LoadFailure(ENOEXEC, text);
  }
};
