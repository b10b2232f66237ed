/** The end of a struct rhashtable (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import type { Kernel } from "../../kernel.ts";
import type { Routine } from "../../routine.ts";
import { BrokenStructure } from "../broken.ts";
import { type BucketTable, chain, chainOf, freeTable } from "./buckets.ts";
import { lockTables } from "./rehash.ts";
import type { HashTable } from "./table.ts";

/** Calls the guest for one entry, the one given by its object. */
export type FreeEntry = (object: Address) => Routine<void>;

function* freeEntries(k: Kernel, ht: HashTable, table: BucketTable, free: FreeEntry): Routine<void> {
  const { head_offset: offset } = ht.p;
  for (let slot = 0; slot < table.size; slot++) {
    for (const entry of chain(k, chainOf(k, table, slot))) {
      let list: Address = entry;
      do {
        const object = list - offset;
        list = ht.rhlist ? k.struct("rhlist_head", list).next : 0;
        yield* free(object);
      } while (list !== 0);
    }
  }
}

/** cancel_work_sync() of the worker that resizes. */
function* stopWorker(k: Kernel, { run_work: { $address: work } }: HashTable): Routine<void> {
  k.workqueues.cancel(work);
  while (k.workqueues.workState(work).running && k.workqueues.currentWork(k.current) !== work) {
    yield k.workqueues.awaitIdle(work);
  }
}

const MOST_TABLES = 64;

/** rhashtable_free_and_destroy */
export function* destroy(k: Kernel, ht: HashTable, free: FreeEntry | undefined): Routine<void> {
  yield* stopWorker(k, ht);
  yield* lockTables(k, ht);
  let at: Address = ht.tbl;
  for (let steps = 0; at !== 0; steps += 1) {
    if (steps > MOST_TABLES) throw new BrokenStructure();
    const table = k.struct("bucket_table", at);
    if (free !== undefined) yield* freeEntries(k, ht, table, free);
    at = table.future_tbl;
    freeTable(k, table);
  }
  k.mutexes.release(ht.mutex.$address);
}
