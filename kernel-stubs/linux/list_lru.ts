/** include/linux/list_lru.h, as mm/list_lru.c does it for one node and without memory groups. */
import type { Address } from "../../src/base/address.ts";
import { addTail, initList, removeInit } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const nodeOf = (k: Kernel, lru: Address): Address => k.struct("list_lru", lru).node;
const listAt = (k: Kernel, lru: Address): Address => nodeOf(k, lru) + k.offsetOf("list_lru_node", "lru.list");
const isEmpty = (k: Kernel, item: Address): boolean => k.memory.pointer(item) === item;
/** Both counters of a node: that of its list, and its own. */
const count = (k: Kernel, lru: Address, by: bigint): void => {
  for (const field of ["lru.nr_items", "nr_items"]) {
    const at = nodeOf(k, lru) + k.offsetOf("list_lru_node", field);
    k.memory.setU64(at, BigInt.asUintN(64, k.memory.u64(at) + by));
  }
};

export const listLruInit = stub(
  "int __list_lru_init(struct list_lru *lru, bool memcg_aware, struct lock_class_key *key, struct shrinker *shrinker)",
  { fails: ["ENOMEM"], sleeps: true, acquires: { list_lru: "lru" } },
  (k, { lru, memcg_aware, shrinker }) => {
    const view = k.struct("list_lru", lru);
    view.shrinker_id = shrinker === 0 ? -1 : k.memory.i32(shrinker + k.offsetOf("shrinker", "id"));
    view.memcg_aware = memcg_aware;
    view.xa.xa_head = 0 as typeof view.xa.xa_head;
    view.node = k.heap.internal(new Uint8Array(k.sizeOf("list_lru_node"))) as typeof view.node;
    initList(k.memory, listAt(k, lru));
    initList(k.memory, lru + k.offsetOf("list_lru", "list"));
    return 0;
  },
);
export const listLruDestroy = stub(
  "void list_lru_destroy(struct list_lru *lru)",
  { releases: { list_lru: "lru" } },
  (k, { lru }) => {
    const view = k.struct("list_lru", lru);
    if (view.node === 0) return;
    k.heap.kfree(view.node);
    view.node = 0 as typeof view.node;
    view.shrinker_id = -1;
  },
);
export const listLruAdd = stub(
  "bool list_lru_add(struct list_lru *lru, struct list_head *item)",
  (k, { lru, item }) => {
    if (!isEmpty(k, item)) return false;
    addTail(k.memory, item, listAt(k, lru));
    count(k, lru, 1n);
    return true;
  },
);
export const listLruDel = stub(
  "bool list_lru_del(struct list_lru *lru, struct list_head *item)",
  (k, { lru, item }) => {
    if (isEmpty(k, item)) return false;
    removeInit(k.memory, item);
    count(k, lru, -1n);
    return true;
  },
);
export const listLruCountNode = stub(
  "unsigned long list_lru_count_node(struct list_lru *lru, int nid)",
  (k, { lru }) => k.memory.u64(nodeOf(k, lru) + k.offsetOf("list_lru_node", "nr_items")),
);
export const listLruCountOne = stub(
  "unsigned long list_lru_count_one(struct list_lru *lru, int nid, struct mem_cgroup *memcg)",
  (k, { lru }) => k.memory.u64(nodeOf(k, lru) + k.offsetOf("list_lru_node", "lru.nr_items")),
);
