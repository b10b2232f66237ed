import type { Address } from "../base/address.ts";
import { type Table, type TableData, findBlock } from "./container.ts";
import type { ImageSection, KernelImage } from "./image.ts";
import { type ProfileInputs, globalSymbols } from "./inputs.ts";
import { keyedTable } from "./keyed-table.ts";

/** Initial content of a piece of kernel memory. */
export interface Piece {
  readonly address: Address;
  readonly bytes: Uint8Array;
}

interface Extent {
  readonly address: Address;
  readonly size: number;
}

/** Larger objects are tables that nothing exported points to but by accident. */
const MAX_OBJECT = 128 << 10;
const MAX_STRING = 256;
/** Tables of the kernel's own that stubs read: the console's key maps, the keyboard's scancodes. */
const OWN_TABLES = ["key_maps", "atkbd_set2_keycode", "atkbd_unxlate_table"];
const PRINTABLE = /^[\t\n\x20-\x7e]+$/;

/** Keys in address order as text: the low half, per-CPU offsets (positive) behind it. */
const keyOf = (address: Address): string =>
  address < 0
    ? (address + 2 ** 32).toString(16).padStart(8, "0")
    : `p${address.toString(16).padStart(8, "0")}`;

const addressOf = (key: string): Address =>
  key.startsWith("p") ? parseInt(key.slice(1), 16) : parseInt(key, 16) - 2 ** 32;

interface ObjectMap {
  /** The symbol's object that holds an address. */
  objectAt(address: Address): Extent | undefined;
}

const objectMap = (symbols: ProfileInputs["symbols"]): ObjectMap => {
  const starts = [...new Set(symbols.map((one) => one.address))].sort((a, b) => a - b);
  return {
    objectAt(address) {
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] ?? 0) <= address) low = middle + 1;
        else high = middle;
      }
      const start = starts[low - 1];
      return start === undefined ? undefined : { address: start, size: (starts[low] ?? start) - start };
    },
  };
};

const sectionOf = (image: KernelImage, address: Address): ImageSection | undefined =>
  address >= 0 ? image.section(".data..percpu") : image.sectionAt(address);

const contentOf = (image: KernelImage, { address, size }: Extent): Buffer | undefined => {
  const section = sectionOf(image, address);
  if (section?.content === undefined || section.executable || size > MAX_OBJECT) return undefined;
  const start = address - section.address;
  return section.content.subarray(start, start + size);
};

/** The pointers into the image among the aligned words of `bytes`. */
const pointersIn = (bytes: Buffer): Address[] => {
  const found: Address[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const low = bytes.readUInt32LE(at);
    if (bytes.readInt32LE(at + 4) === -1 && low >= 2 ** 31) found.push(low - 2 ** 32);
  }
  return found;
};

/** A string constant: compilers leave them without a symbol, merged, in read-only data. */
const stringAt = (image: KernelImage, address: Address): Extent | undefined => {
  const section = image.sectionAt(address);
  if (section?.content === undefined || section.name !== ".rodata") return undefined;
  const start = address - section.address;
  const end = section.content.indexOf(0, start);
  if (end < 0 || end - start > MAX_STRING) return undefined;
  const text = section.content.toString("latin1", start, end);
  return PRINTABLE.test(text) ? { address, size: end + 1 - start } : undefined;
};

/**
 * The exported variables and some tables, and what their pointers lead to: other variables, strings. The image is
 * linked at its final addresses, so that pointers inside are true ones. Zeros at the end are cut.
 */
export const contentTable = ({ image, symbols, exported }: ProfileInputs): TableData => {
  const { objectAt } = objectMap(symbols);
  const byName = globalSymbols(symbols);
  const rows = new Map<Address, string>();
  const names = [...exported.map(({ name }) => name), ...OWN_TABLES];
  const queue = names.flatMap((name): Extent[] => {
    const object = objectAt(byName.get(name)?.address ?? -1);
    return object === undefined ? [] : [object];
  });
  for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
    const bytes = contentOf(image, object);
    if (bytes === undefined || rows.has(object.address)) continue;
    rows.set(object.address, bytes.toString("hex").replace(/(00)+$/, ""));
    for (const pointer of pointersIn(bytes)) {
      const target = objectAt(pointer);
      const text = target?.address === pointer ? undefined : stringAt(image, pointer);
      const next = text ?? target;
      if (next !== undefined) queue.push(next);
    }
  }
  const kept = [...rows].filter(([, hex]) => hex !== "");
  return keyedTable(
    "contents",
    8 << 10,
    kept.map(([address, hex]) => [keyOf(address), hex]),
  );
};

export interface Contents {
  /** What the piece that starts at `address` holds; undefined where all is zero or not known. */
  at(address: Address): Uint8Array | undefined;
  /** The pieces that touch [from, to), in address order. */
  between(from: Address, to: Address): Iterable<Piece>;
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

export const openContents = (open: () => Table): Contents => {
  const linesFrom = function* (table: Table, block: number): Generator<readonly [key: string, hex: string]> {
    for (let index = Math.max(0, block); index < table.blockCount; index++) {
      for (const line of table.block(0, index).split("\n")) {
        const tab = line.indexOf("\t");
        yield [line.slice(0, tab), line.slice(tab + 1)];
      }
    }
  };
  return {
    at(address) {
      const table = open();
      const key = keyOf(address);
      for (const [found, hex] of linesFrom(table, findBlock(table, key, byText))) {
        if (found === key) return Buffer.from(hex, "hex");
        if (found > key) break;
      }
      return undefined;
    },
    *between(from, to) {
      const table = open();
      const last = keyOf(to);
      // The piece that holds `from` is in its block, or the last of the block before.
      for (const [key, hex] of linesFrom(table, findBlock(table, keyOf(from), byText) - 1)) {
        if (key >= last) return;
        const address = addressOf(key);
        if (address + hex.length / 2 > from) yield { address, bytes: Buffer.from(hex, "hex") };
      }
    },
  };
};
