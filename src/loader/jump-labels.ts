import type { Address } from "../base/address.ts";
import { toAddress } from "../base/address.ts";
import { heapSort } from "./heap-sort.ts";
import { imageBytes, regionAt } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { tableBytes, swapDisplacements } from "./loaded-table.ts";
import type { LoadedTable } from "./loaded-table.ts";
import type { Table } from "./module-sections.ts";
import { branch32, equalBytes, JMP32_OPCODE, JMP8_OPCODE, nopOf, relativeTarget } from "./text-patching.ts";

/** struct jump_entry: s32 code, s32 target, s64 key with flags in its low bits. */
const ENTRY_SIZE = 16;
const BRANCH_BIT = 1;
const INIT_BIT = 2;
/** Offset of the union in struct static_key, and the flags that share its word with the pointer. */
const KEY_ENTRIES = 8;
const JUMP_TYPE_MASK = 3;

/** One branch of a static key. */
export interface JumpEntry {
  readonly code: Address;
  readonly target: Address;
  readonly key: Address;
  /** The branch is likely: it jumps when the key is false. */
  readonly branch: boolean;
  /** It stands in init code: not to be touched once the module is live. */
  readonly init: boolean;
  /** Bytes of the instruction. */
  readonly size: 2 | 5;
}

/** A piece of code to write: `bytes` at `address`. */
export interface CodePatch {
  readonly address: Address;
  readonly bytes: Uint8Array;
}

/** jump_label_type(): what a branch must be while its key is so. */
export const jumpLabelType = (entry: JumpEntry, keyEnabled: boolean): "jmp" | "nop" =>
  keyEnabled === entry.branch ? "nop" : "jmp";

/** __jump_label_patch() of arch/x86/kernel/jump_label.c: the bytes that make a branch so. */
export const jumpLabelPatch = (entry: JumpEntry, type: "jmp" | "nop"): CodePatch => {
  const { code: address, target, size } = entry;
  if (type === "nop") return { address, bytes: nopOf(size) };
  if (size === 5) return { address, bytes: branch32(JMP32_OPCODE, address, target) };
  return { address, bytes: Uint8Array.of(JMP8_OPCODE, (target - (address + 2)) & 0xff) };
};

const keyWord = (table: LoadedTable, index: number): bigint =>
  table.view.getBigInt64(index * ENTRY_SIZE + 8, true);

const keyOf = (table: LoadedTable, index: number): Address =>
  table.address + index * ENTRY_SIZE + 8 + toAddress(keyWord(table, index) & ~3n);

const codeOf = (table: LoadedTable, index: number): Address =>
  relativeTarget(table.view, table.address, index * ENTRY_SIZE);

/** jump_label_sort_entries(): by key, then by code; displacements are kept true. */
const sortEntries = (table: LoadedTable, count: number): void => {
  heapSort(
    count,
    (a, b) => Math.sign(keyOf(table, a) - keyOf(table, b)) || Math.sign(codeOf(table, a) - codeOf(table, b)),
    (a, b) => {
      swapDisplacements(table, ENTRY_SIZE, [a, b], [0, 4]);
      const delta = (b - a) * ENTRY_SIZE;
      const left = keyWord(table, a);
      const right = keyWord(table, b);
      table.view.setBigInt64(a * ENTRY_SIZE + 8, right + BigInt(delta), true);
      table.view.setBigInt64(b * ENTRY_SIZE + 8, left - BigInt(delta), true);
    },
  );
};

/** 2 or 5 by the instruction that stands there, which is a nop or a jump of that size. */
const entrySize = (image: ModuleImage, code: Address): 2 | 5 | undefined => {
  const short = imageBytes(image, code, 2);
  if (short === undefined) return undefined;
  if (short[0] === JMP8_OPCODE || equalBytes(short, nopOf(2))) return 2;
  const long = imageBytes(image, code, 5);
  return long !== undefined && (long[0] === JMP32_OPCODE || equalBytes(long, nopOf(5))) ? 5 : undefined;
};

const readEntry = (image: ModuleImage, table: LoadedTable, index: number): JumpEntry | undefined => {
  const code = codeOf(table, index);
  const size = entrySize(image, code);
  if (size === undefined) return undefined;
  const at = index * ENTRY_SIZE;
  return {
    code,
    target: relativeTarget(table.view, table.address, at + 4),
    key: keyOf(table, index),
    branch: (table.view.getUint8(at + 8) & BRANCH_BIT) !== 0,
    init: (table.view.getUint8(at + 8) & INIT_BIT) !== 0,
    size,
  };
};

/** A key of the kernel or of another module, as it is now. */
export interface StaticKeyState {
  readonly enabled: boolean;
  /** How it was declared: DEFINE_STATIC_KEY_TRUE or _FALSE. */
  readonly initially: boolean;
}

/**
 * jump_label_add_module() of kernel/jump_label.c: sorts and marks the table, points the module's own
 * keys at it, and brings branches on foreign keys up to date. Answers with all branches, in table
 * order, for flipping keys later. Entries that stand on no jump or nop are left out.
 */
export const addJumpLabels = (
  image: ModuleImage,
  jumpEntries: Table,
  foreignKey: (key: Address) => StaticKeyState | undefined,
): JumpEntry[] => {
  const table = tableBytes(image, jumpEntries, ENTRY_SIZE);
  if (table === undefined) return [];
  sortEntries(table, jumpEntries.count);
  const entries: JumpEntry[] = [];
  let previous: Address | undefined;
  for (let i = 0; i < jumpEntries.count; i += 1) {
    const flags = i * ENTRY_SIZE + 8;
    const inInit = image.init !== undefined && regionAt(image, codeOf(table, i), 1) === image.init;
    const word = table.view.getUint8(flags) & ~INIT_BIT;
    table.view.setUint8(flags, word | (inInit ? INIT_BIT : 0));
    const key = keyOf(table, i);
    const entry = readEntry(image, table, i);
    const own = imageBytes(image, key + KEY_ENTRIES, 8);
    if (own !== undefined && key !== previous) pointKeyAt(own, table.address + i * ENTRY_SIZE);
    previous = key;
    if (entry === undefined) continue;
    entries.push(entry);
    const state = own === undefined ? foreignKey(key) : undefined;
    if (state === undefined || state.enabled === state.initially) continue;
    const { bytes } = jumpLabelPatch(entry, jumpLabelType(entry, state.enabled));
    imageBytes(image, entry.code, entry.size)?.set(bytes);
  }
  return entries;
};

/** static_key_set_entries(): the pointer shares its word with the key's type. */
const pointKeyAt = (word: Uint8Array, entries: Address): void => {
  const type = (word[0] ?? 0) & JUMP_TYPE_MASK;
  new DataView(word.buffer, word.byteOffset, 8).setBigInt64(0, BigInt(entries + type), true);
};
