/** rhashtable_init (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import { EINVAL } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import { initWork } from "../../sched/init-work.ts";
import type { Kernel } from "../../kernel.ts";
import { GFP, GFP_KERNEL } from "../../memory/gfp.ts";
import { initList } from "../guest-list.ts";
import { allocateTable } from "./buckets.ts";
import { deferredWork } from "./rehash.ts";
import { byteHash, type HashTable, roundUp, wordHash } from "./table.ts";

const DEFAULT_SIZE = 64;
const MIN_SIZE = 4;
const MAX_ELEMENTS = 2 ** 31;

const roundDown = (value: number): number => 2 ** (31 - Math.clz32(value));

const setLimits = (ht: HashTable): void => {
  const { p } = ht;
  ht.max_elems = MAX_ELEMENTS;
  if (p.max_size !== 0) {
    p.max_size = roundDown(p.max_size);
    if (p.max_size < MAX_ELEMENTS / 2) ht.max_elems = p.max_size * 2;
  }
  p.min_size = Math.max(p.min_size === 0 ? 0 : roundUp(p.min_size) & 0xffff, MIN_SIZE);
};

const setHash = (k: Kernel, ht: HashTable): void => {
  ht.key_len = ht.p.key_len;
  if (ht.p.hashfn !== 0) return;
  const words = ht.key_len % 4 === 0;
  if (words) ht.key_len /= 4;
  ht.p.hashfn = words ? wordHash(k) : byteHash(k);
};

/** rhashtable_init. EINVAL. */
export const initialise = (k: Kernel, at: Address, params: Address): HashTable => {
  const ht = k.struct("rhashtable", at);
  const given = k.memory.bytes(params, k.sizeOf("rhashtable_params"));
  const wanted = k.struct("rhashtable_params", params);
  if (wanted.obj_hashfn === 0 ? wanted.key_len === 0 : wanted.obj_cmpfn === 0) throw new Errno(EINVAL);
  k.memory.fill(at, 0, k.sizeOf("rhashtable"));
  initList(k.memory, ht.mutex.wait_list.$address);
  k.memory.write(ht.p.$address, given);
  setLimits(ht);
  setHash(k, ht);
  const { nelem_hint: hint, min_size: least } = ht.p;
  const size = Math.max(hint === 0 ? DEFAULT_SIZE : roundUp(Math.floor((hint * 4) / 3)), least);
  const table = allocateTable(k, size, GFP_KERNEL) ?? allocateTable(k, least, GFP_KERNEL | GFP.NOFAIL);
  ht.tbl = table?.$address ?? 0;
  initWork(
    k,
    ht.run_work.$address,
    k.hostCode.address("rht_deferred_worker", (at) =>
      deferredWork(k, (at ?? 0) - k.offsetOf("rhashtable", "run_work")),
    ),
  );
  return ht;
};
