/** include/linux/skbuff.h: queues of buffers (net/core/skbuff.c), which are lists in guest memory. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { releaseSkb } from "../../src/kernel/net/skb.ts";
import { stub } from "../../src/stub/declare.ts";

/** `next` and `prev` come first in struct sk_buff and in struct sk_buff_head. */
const next = (k: Kernel, at: Address): Address => k.memory.pointer(at);
const previous = (k: Kernel, at: Address): Address => k.memory.pointer(at + 8);

const insert = (k: Kernel, list: Address, skb: Address, before: Address): void => {
  const after = previous(k, before);
  k.memory.setPointer(skb, before);
  k.memory.setPointer(skb + 8, after);
  k.memory.setPointer(before + 8, skb);
  k.memory.setPointer(after, skb);
  k.struct("sk_buff_head", list).qlen += 1;
};

const unlink = (k: Kernel, list: Address, skb: Address): void => {
  const [after, before] = [next(k, skb), previous(k, skb)];
  k.memory.setPointer(before, after);
  k.memory.setPointer(after + 8, before);
  k.memory.setPointer(skb, 0);
  k.memory.setPointer(skb + 8, 0);
  k.struct("sk_buff_head", list).qlen -= 1;
};

export const skbQueueTail = stub(
  "void skb_queue_tail(struct sk_buff_head *list, struct sk_buff *newsk)",
  (k, { list, newsk }) => insert(k, list, newsk, list),
);

export const skbQueueHead = stub(
  "void skb_queue_head(struct sk_buff_head *list, struct sk_buff *newsk)",
  (k, { list, newsk }) => insert(k, list, newsk, next(k, list)),
);

export const skbAppend = stub(
  "void skb_append(struct sk_buff *old, struct sk_buff *newsk, struct sk_buff_head *list)",
  (k, { old, newsk, list }) => insert(k, list, newsk, next(k, old)),
);

export const skbUnlink = stub(
  "void skb_unlink(struct sk_buff *skb, struct sk_buff_head *list)",
  (k, { skb, list }) => unlink(k, list, skb),
);

const take = (k: Kernel, list: Address, skb: Address): Address => {
  if (skb === list || skb === 0) return 0;
  unlink(k, list, skb);
  return skb;
};

export const skbDequeue = stub(
  "struct sk_buff *skb_dequeue(struct sk_buff_head *list)",
  { fails: ["NULL"] },
  (k, { list }) => take(k, list, next(k, list)),
);

export const skbDequeueTail = stub(
  "struct sk_buff *skb_dequeue_tail(struct sk_buff_head *list)",
  { fails: ["NULL"] },
  (k, { list }) => take(k, list, previous(k, list)),
);

const MAX_QUEUE = 1_000_000;

/** All that are in a queue. */
const members = (k: Kernel, list: Address): Address[] => {
  const found: Address[] = [];
  for (let at = next(k, list); at !== list && at !== 0 && found.length < MAX_QUEUE; at = next(k, at)) {
    found.push(at);
  }
  return found;
};

export const skbQueuePurge = stub(
  "void skb_queue_purge(struct sk_buff_head *list)",
  { releases: { "socket buffer": (k, { list }) => members(k, list) } },
  function* (k, { list }) {
    for (let skb = take(k, list, next(k, list)); skb !== 0; skb = take(k, list, next(k, list))) {
      const { destructor } = k.struct("sk_buff", skb);
      if (destructor !== 0) yield* k.call(destructor, skb);
      releaseSkb(k, skb);
    }
  },
);
