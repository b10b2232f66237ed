import type { Address } from "../base/address.ts";
import { toAddress } from "../base/address.ts";
import { viewOf } from "./elf.ts";
import { malformed } from "./failure.ts";
import { heapSort } from "./heap-sort.ts";
import { imageBytes, regionAt } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import type { CodePatch } from "./jump-labels.ts";
import { tableBytes, swapDisplacements } from "./loaded-table.ts";
import type { LoadedTable } from "./loaded-table.ts";
import type { Table } from "./module-sections.ts";
import { branch32, CALL_OPCODE, equalBytes, JMP32_OPCODE, nopOf } from "./text-patching.ts";
import type { TextPatching } from "./text-patching.ts";
import { returnCode } from "./thunks.ts";

/** struct static_call_site: s32 displacements of the call and of the key, flags in the key's low bits. */
const ENTRY_SIZE = 8;
const TAIL_BIT = 1;
const INIT_BIT = 2;

/** cs cs cs xorl %eax, %eax: what a call of __static_call_return0 becomes. */
const RETURN_ZERO = [0x2e, 0x2e, 0x2e, 0x31, 0xc0];

/** One call through a static_call_key. */
export interface StaticCallSite {
  readonly address: Address;
  readonly key: Address;
  readonly tail: boolean;
  /** It stands in init code: not to be touched once the module is live. */
  readonly init: boolean;
  /** Bytes of the instruction: 6 for a conditional tail call. */
  readonly size: 5 | 6;
}

/** What static calls outside the module are, as far as the host knows. */
export interface StaticCallKeys {
  /** tramp_key_lookup(): the key of a trampoline in kernel text; undefined for other addresses. */
  keyOfTrampoline(trampoline: Address): Address | undefined;
  /** The function a foreign key calls now, 0 for none; undefined leaves calls of it on the trampoline. */
  functionOf(key: Address): Address | undefined;
  /** __static_call_return0, if there is one. */
  readonly returnZero: Address | undefined;
}

const addressOf = (table: LoadedTable, index: number): Address =>
  table.address + index * ENTRY_SIZE + table.view.getInt32(index * ENTRY_SIZE, true);

/** Key and flags, __static_call_key(). */
const keyWord = (table: LoadedTable, index: number): Address => {
  const at = index * ENTRY_SIZE + 4;
  return table.address + at + table.view.getInt32(at, true);
};

const flagsOf = (word: Address): number => word - Math.floor(word / 4) * 4;
const keyOf = (word: Address): Address => word - flagsOf(word);

const setKeyWord = (table: LoadedTable, index: number, word: Address): void => {
  const at = index * ENTRY_SIZE + 4;
  table.view.setInt32(at, (word - (table.address + at)) | 0, true);
};

/** static_call_sort_entries(): by key alone. */
const sortSites = (table: LoadedTable, count: number): void => {
  heapSort(
    count,
    (a, b) => Math.sign(keyOf(keyWord(table, a)) - keyOf(keyWord(table, b))),
    (a, b) => swapDisplacements(table, ENTRY_SIZE, [a, b], [0, 4]),
  );
};

const isLongConditional = (code: Uint8Array): boolean => code[0] === 0x0f && ((code[1] ?? 0) & 0xf0) === 0x80;

/**
 * __static_call_transform() of arch/x86/kernel/static_call.c: the code of a site that shall call
 * `target` (0: none). `current` is what stands there, its length the site's size.
 */
export const staticCallPatch = (
  site: Pick<StaticCallSite, "address" | "tail">,
  target: Address,
  current: Uint8Array,
  patching: TextPatching,
  returnZero?: Address,
): CodePatch => {
  const { address, tail } = site;
  if (tail && isLongConditional(current)) {
    const bytes = current.slice(0, 6);
    const to = target === 0 ? patching.compiledReturnThunk : target;
    viewOf(bytes).setInt32(2, (to - (address + 6)) | 0, true);
    return { address, bytes };
  }
  if (tail) {
    const bytes = target === 0 ? returnCode(address, patching) : branch32(JMP32_OPCODE, address, target);
    return { address, bytes };
  }
  if (target === 0) return { address, bytes: nopOf(5) };
  if (target === returnZero) return { address, bytes: Uint8Array.from(RETURN_ZERO) };
  return { address, bytes: branch32(CALL_OPCODE, address, target) };
};

/** __static_call_validate(): anything else there, and the kernel stops. */
const isStaticCall = (code: Uint8Array, tail: boolean): boolean => {
  if (tail) return code[0] === JMP32_OPCODE || code[0] === 0xc3 || isLongConditional(code);
  const five = code.subarray(0, 5);
  return code[0] === CALL_OPCODE || equalBytes(five, nopOf(5)) || equalBytes(five, RETURN_ZERO);
};

const functionOf = (image: ModuleImage, key: Address, keys: StaticCallKeys): Address | undefined => {
  const own = imageBytes(image, key, 8);
  return own === undefined ? keys.functionOf(key) : toAddress(viewOf(own).getBigUint64(0, true));
};

/** Trampolines of keys that are not exported stand in the table in place of the key. */
const fixupKeys = (table: LoadedTable, count: number, keys: StaticCallKeys): void => {
  for (let i = 0; i < count; i += 1) {
    const word = keyWord(table, i);
    const key = keys.keyOfTrampoline(keyOf(word));
    if (key !== undefined) setKeyWord(table, i, key + flagsOf(word));
  }
};

/**
 * static_call_add_module() of kernel/static_call_inline.c: sorts and marks the table and patches
 * every site to call its key's function. Answers with the sites, for changing them later. Throws
 * LoadFailure where the kernel would stop: a site with no call in it.
 */
export const addStaticCalls = (
  image: ModuleImage,
  sites: Table,
  keys: StaticCallKeys,
  patching: TextPatching,
): StaticCallSite[] => {
  const table = tableBytes(image, sites, ENTRY_SIZE);
  if (table === undefined) return [];
  fixupKeys(table, sites.count, keys);
  sortSites(table, sites.count);
  const found: StaticCallSite[] = [];
  for (let i = 0; i < sites.count; i += 1) {
    const address = addressOf(table, i);
    const region = regionAt(image, address, 6);
    const init = region !== undefined && region === image.init;
    const word = keyWord(table, i);
    if (init) setKeyWord(table, i, keyOf(word) + (flagsOf(word) | INIT_BIT));
    const tail = (flagsOf(word) & TAIL_BIT) !== 0;
    const code = imageBytes(image, address, 6);
    if (code === undefined || !isStaticCall(code, tail)) throw malformed("a static call site without a call");
    const size = tail && isLongConditional(code) ? 6 : 5;
    const site: StaticCallSite = { address, key: keyOf(word), tail, init, size };
    found.push(site);
    const target = functionOf(image, site.key, keys);
    if (target === undefined) continue;
    code.set(staticCallPatch(site, target, code.subarray(0, size), patching, keys.returnZero).bytes);
  }
  return found;
};
