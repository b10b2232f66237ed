/** include/linux/skbuff.h, as net/core/skbuff.c does it: buffers and what is in them. */
import type { Address } from "../../src/base/address.ts";
import { EFAULT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { partialSum } from "../../src/kernel/net/checksum.ts";
import {
  type Piece,
  cutFragments,
  headLength,
  piecesOf,
  readPieces,
  setFragment,
} from "../../src/kernel/net/fragments.ts";
import { allocateSkb, cloneSkb, copySkb, freeSkb, pullTail } from "../../src/kernel/net/skb.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

const NET_SKB_PAD = 64;

export const allocSkb = stub(
  "struct sk_buff *__alloc_skb(unsigned int size, gfp_t priority, int flags, int node)",
  {
    fails: ["NULL"],
    sleeps: ({ priority }) => maySleep(priority),
    acquires: { "socket buffer": "return" },
  },
  (k, { size, priority }) => allocateSkb(k, size, priority),
);

/** With room for a driver's header in front. */
export const netdevAllocSkb = stub(
  "struct sk_buff *__netdev_alloc_skb(struct net_device *dev, unsigned int len, gfp_t gfp_mask)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, { dev, len, gfp_mask }) => {
    const skb = allocateSkb(k, len + NET_SKB_PAD, gfp_mask);
    if (skb === 0) return 0;
    const view = k.struct("sk_buff", skb);
    view.data = (view.data + NET_SKB_PAD) as typeof view.data;
    view.tail = NET_SKB_PAD;
    view.dev = dev;
    return skb;
  },
);

export const kfreeSkbReason = stub(
  "void kfree_skb_reason(struct sk_buff *skb, enum skb_drop_reason reason)",
  { releases: { "socket buffer": "skb" } },
  function* (k, { skb }) {
    yield* freeSkb(k, skb);
  },
);

export const consumeSkb = stub(
  "void consume_skb(struct sk_buff *skb)",
  { releases: { "socket buffer": "skb" } },
  function* (k, { skb }) {
    yield* freeSkb(k, skb);
  },
);

/** skb_over_panic and skb_under_panic: a driver that writes outside the buffer stops the kernel. */
const overflow = (k: Kernel, skb: Address, what: "over" | "under", size: number): never => {
  const { len, head, data, tail, end } = k.struct("sk_buff", skb);
  const hex = (value: number): string => BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, "0");
  k.printk(
    0,
    `skbuff: skb_${what}_panic: text:${k.symbols.format(0)} len:${len} put:${size} head:${hex(head)} data:${hex(data)} tail:0x${tail.toString(16)} end:0x${end.toString(16)} dev:<NULL>`,
  );
  return k.traces.bug({ source: "net/core/skbuff.c:118", at: "skb_panic+0x48/0x4a" });
};

export const skbPut = stub("void *skb_put(struct sk_buff *skb, unsigned int len)", (k, { skb, len }) => {
  const view = k.struct("sk_buff", skb);
  const at = view.head + view.tail;
  view.tail += len;
  view.len += len;
  if (view.tail > view.end) return overflow(k, skb, "over", len);
  return at;
});

export const skbPush = stub("void *skb_push(struct sk_buff *skb, unsigned int len)", (k, { skb, len }) => {
  const view = k.struct("sk_buff", skb);
  view.data = (view.data - len) as typeof view.data;
  view.len += len;
  if (view.data < view.head) return overflow(k, skb, "under", len);
  return view.data as Address;
});

const pull = (k: Kernel, skb: Address, length: number): Address => {
  const view = k.struct("sk_buff", skb);
  if (length > view.len) return 0;
  view.len -= length;
  view.data = (view.data + length) as typeof view.data;
  return view.data;
};

export const skbPull = stub("void *skb_pull(struct sk_buff *skb, unsigned int len)", (k, { skb, len }) =>
  pull(k, skb, len),
);

/** skb_trim() leaves paged data alone; ___pskb_trim() does not. */
const trim = (k: Kernel, skb: Address, length: number): void => {
  const view = k.struct("sk_buff", skb);
  if (length >= view.len) return;
  const linear = headLength(k, skb);
  cutFragments(k, skb, Math.max(0, length - linear));
  view.data_len = Math.max(0, length - linear);
  view.len = length;
  if (length < linear) view.tail = view.data - view.head + length;
};

export const skbTrim = stub("void skb_trim(struct sk_buff *skb, unsigned int len)", (k, { skb, len }) =>
  trim(k, skb, len),
);

export const pskbTrim = stub(
  "int ___pskb_trim(struct sk_buff *skb, unsigned int len)",
  { fails: ["ENOMEM"] },
  (k, { skb, len }) => {
    trim(k, skb, len);
    return 0;
  },
);

export const pskbPullTail = stub(
  "void *__pskb_pull_tail(struct sk_buff *skb, int delta)",
  { fails: ["NULL"] },
  (k, { skb, delta }) => {
    if (!pullTail(k, skb, delta)) return 0;
    const { head, tail } = k.struct("sk_buff", skb);
    return head + tail;
  },
);

export const skbAddRxFrag = stub(
  "void skb_add_rx_frag(struct sk_buff *skb, int i, struct page *page, int off, int size, unsigned int truesize)",
  (k, { skb, i, page, off, size, truesize }) => {
    setFragment(k, skb, i, { page, offset: off, size });
    const view = k.struct("sk_buff", skb);
    view.len += size;
    view.data_len += size;
    view.truesize += truesize;
  },
);

export const skbClone = stub(
  "struct sk_buff *skb_clone(struct sk_buff *skb, gfp_t gfp_mask)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, { skb, gfp_mask }) => cloneSkb(k, skb, gfp_mask),
);

const headroom = (k: Kernel, skb: Address): number => {
  const { head, data } = k.struct("sk_buff", skb);
  return data - head;
};
const tailroom = (k: Kernel, skb: Address): number => {
  const { tail, end } = k.struct("sk_buff", skb);
  return end - tail;
};

export const skbCopy = stub(
  "struct sk_buff *skb_copy(const struct sk_buff *skb, gfp_t gfp_mask)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, { skb, gfp_mask }) => copySkb(k, skb, gfp_mask, { head: headroom(k, skb), tail: tailroom(k, skb) }),
);

export const pskbCopy = stub(
  "struct sk_buff *__pskb_copy_fclone(struct sk_buff *skb, int headroom, gfp_t gfp_mask, bool fclone)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, args) => copySkb(k, args.skb, args.gfp_mask, { head: args.headroom, tail: 0 }),
);

export const skbCopyExpand = stub(
  "struct sk_buff *skb_copy_expand(const struct sk_buff *skb, int newheadroom, int newtailroom, gfp_t gfp_mask)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, { skb, newheadroom, newtailroom, gfp_mask }) =>
    copySkb(k, skb, gfp_mask, { head: newheadroom, tail: newtailroom }),
);

export const skbReallocHeadroom = stub(
  "struct sk_buff *skb_realloc_headroom(struct sk_buff *skb, unsigned int headroom)",
  { fails: ["NULL"], acquires: { "socket buffer": "return" } },
  (k, args) => copySkb(k, args.skb, ATOMIC, { head: args.headroom, tail: tailroom(k, args.skb) }),
);
const ATOMIC = 0xa20;

/** Where a part lies; Errno EFAULT when it is not in the buffer. */
const within = (k: Kernel, skb: Address, offset: number, length: number): readonly Piece[] => {
  const pieces = piecesOf(k, skb, offset, length);
  if (pieces === undefined) throw new Errno(EFAULT);
  return pieces;
};

export const skbCopyBits = stub(
  "int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)",
  { fails: ["EFAULT"] },
  (k, { skb, offset, to, len }) => {
    k.memory.write(to, readPieces(k, within(k, skb, offset, len)));
    return 0;
  },
);

export const skbStoreBits = stub(
  "int skb_store_bits(struct sk_buff *skb, int offset, const void *from, int len)",
  { fails: ["EFAULT"] },
  (k, { skb, offset, from, len }) => {
    let source: Address = from;
    for (const { at, length } of within(k, skb, offset, len)) {
      k.memory.write(at, k.memory.bytes(source, length).slice());
      source += length;
    }
    return 0;
  },
);

export const skbChecksum = stub(
  "__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum csum)",
  (k, { skb, offset, len, csum }) => {
    const pieces = piecesOf(k, skb, offset, len);
    if (pieces === undefined) return bugAt(k, "__skb_checksum:78");
    return partialSum(readPieces(k, pieces), csum);
  },
);
