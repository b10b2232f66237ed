import type { Address } from "../base/address.ts";
import { type Table, type TableData, findBlock } from "./container.ts";
import type { KernelSymbol } from "./kallsyms.ts";

/** All of a kernel's symbols, by address and (slower) by name. */
export interface SymbolMap {
  /** As kallsyms_lookup() answers: the first symbol at the nearest address below, size up to the next. */
  at(
    address: Address,
  ): { readonly name: string; readonly address: Address; readonly size: number } | undefined;
  /** As kallsyms_lookup_name(): the first one of this name. */
  find(name: string): KernelSymbol | undefined;
  entries(): IterableIterator<KernelSymbol>;
}

const NAMES = 0;
const STEPS = 1;

const hex = (value: number): string => value.toString(16);

/**
 * `symbols` in numeric order, so per-CPU ones (offsets, positive) last.
 * Columns: names; nm's letter and the distance from the symbol before (in a block's first line 0).
 */
export const symbolMapTable = (symbols: readonly KernelSymbol[], blockSize: number): TableData => {
  const distance = (line: number): number =>
    (symbols[line]?.address ?? 0) - (symbols[line - 1]?.address ?? symbols[line]?.address ?? 0);
  return {
    name: "kallsyms",
    blockSize,
    // Symbols of one address stay in one block: the first one's size is then the way to the next block.
    splits: (line) => distance(line) !== 0,
    keyOf: (line) => String(symbols[line]?.address ?? 0),
    columns: [
      symbols.map((one) => one.name),
      symbols.map((one, line) => `${one.type}${distance(line) === 0 ? "" : hex(distance(line))}`),
    ],
  };
};

interface Block {
  readonly names: readonly string[];
  readonly types: readonly string[];
  readonly addresses: readonly Address[];
}

export const openSymbolMap = (open: () => Table, imageEnd: Address): SymbolMap => {
  const blocks: (Block | undefined)[] = [];
  const unpack = (index: number): Block => {
    const table = open();
    let address = Number(table.key(index));
    const steps = table.block(STEPS, index).split("\n");
    return {
      names: table.block(NAMES, index).split("\n"),
      types: steps.map((step) => step.slice(0, 1)),
      addresses: steps.map((step, line) =>
        line === 0 ? address : (address += parseInt(step.slice(1) || "0", 16)),
      ),
    };
  };
  const block = (index: number): Block => (blocks[index] ??= unpack(index));
  const endOf = (index: number): Address => Number(open().key(index + 1) || "0");
  const find = (name: string): KernelSymbol | undefined => {
    const table = open();
    for (let index = 0; index < table.blockCount; index++) {
      if (!table.block(NAMES, index).includes(name)) continue;
      const { names, types, addresses } = block(index);
      const line = names.indexOf(name);
      if (line >= 0) return { name, type: types[line] ?? "?", address: addresses[line] ?? 0 };
    }
    return undefined;
  };
  return {
    find,
    at(address) {
      // is_ksym_addr(): per-CPU offsets are no addresses.
      if (address >= 0 || address >= imageEnd) return undefined;
      const index = findBlock(open(), address, (key, wanted) => Number(key) - wanted);
      if (index < 0) return undefined;
      const { names, addresses } = block(index);
      const after = upperBound(addresses, address);
      const start = addresses[after - 1];
      if (start === undefined) return undefined;
      const first = lowerBound(addresses, start);
      return { name: names[first] ?? "", address: start, size: (addresses[after] ?? endOf(index)) - start };
    },
    *entries() {
      for (let index = 0; index < open().blockCount; index++) {
        const { names, types, addresses } = block(index);
        for (const [line, name] of names.entries()) {
          yield { name, type: types[line] ?? "?", address: addresses[line] ?? 0 };
        }
      }
    },
  };
};

/** First index whose address is above `address`. */
const upperBound = (addresses: readonly Address[], address: Address): number => {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((addresses[middle] ?? 0) <= address) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** First index whose address is not below `address`. */
const lowerBound = (addresses: readonly Address[], address: Address): number => {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((addresses[middle] ?? 0) < address) low = middle + 1;
    else high = middle;
  }
  return low;
};
