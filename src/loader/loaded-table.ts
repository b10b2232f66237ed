import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";
import { SHF_ALLOC, viewOf } from "./elf.ts";
import { imageBytes, loadedSection } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import type { LoadInfo } from "./load-info.ts";
import type { Table } from "./module-sections.ts";

/** A table inside the image; writes to its bytes go there. */
export interface LoadedTable {
  readonly address: Address;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Swaps two entries' 32-bit displacements, which are kept true. `fields`: where they stand in an entry. */
export const swapDisplacements = (
  { view }: LoadedTable,
  entrySize: number,
  [a, b]: readonly [number, number],
  fields: readonly number[],
): void => {
  const delta = (b - a) * entrySize;
  for (const field of fields) {
    const left = view.getInt32(a * entrySize + field, true);
    const right = view.getInt32(b * entrySize + field, true);
    view.setInt32(a * entrySize + field, right + delta, true);
    view.setInt32(b * entrySize + field, left - delta, true);
  }
};

/** module_finalize() takes the last section of a name. Undefined when absent or not loaded. */
export const lastLoadedSection = (
  info: LoadInfo,
  image: ModuleImage,
  name: ByteString,
): LoadedTable | undefined => {
  const section = info.elf.named.get(name)?.at(-1);
  if (section === undefined || (section.flags & SHF_ALLOC) === 0) return undefined;
  const bytes = loadedSection(info, image, section.index);
  return { address: image.sectionAddresses[section.index] ?? 0, bytes, view: viewOf(bytes) };
};

/** The bytes of one of struct module's tables; undefined when absent or not loaded. */
export const tableBytes = (image: ModuleImage, table: Table, entrySize: number): LoadedTable | undefined => {
  if (table.address === 0 || table.count === 0) return undefined;
  const bytes = imageBytes(image, table.address, table.count * entrySize);
  return bytes === undefined ? undefined : { address: table.address, bytes, view: viewOf(bytes) };
};
