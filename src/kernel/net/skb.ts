/** Socket buffers in guest memory (net/core/skbuff.c). */
import type { Address } from "../../base/address.ts";
import { kmallocRoundup } from "../memory/kmalloc.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { takeEthernetHeader } from "./ethernet.ts";
import { dropFragments, eatFragments, headLength, piecesOf, readPieces } from "./fragments.ts";

/** SKB_DATA_ALIGN: whole cache lines. */
const align = (size: number): number => Math.ceil(size / 64) * 64;
/** An offset that has not been set (skb_transport_header_was_set()). */
const UNSET = 0xffff;
const MAX_SIZE = 1 << 22;

const overhead = (k: Kernel): number => align(k.sizeOf("skb_shared_info"));

const zero = (k: Kernel, at: Address, size: number): void => k.memory.fill(at, 0, size);

/** Room for `size` bytes of data; 0 when there is no memory. */
export const allocateSkb = (k: Kernel, size: number, gfp: number): Address => {
  if (size < 0 || size > MAX_SIZE) return 0;
  const skb = k.heap.kmalloc(k.sizeOf("sk_buff"), gfp);
  const whole = kmallocRoundup(align(size) + overhead(k));
  const head = skb === 0 ? 0 : k.heap.kmalloc(whole, gfp);
  if (head === 0) {
    k.heap.kfree(skb);
    return 0;
  }
  zero(k, skb, k.sizeOf("sk_buff"));
  const view = k.struct("sk_buff", skb);
  view.head = head as typeof view.head;
  view.data = head as unknown as typeof view.data;
  view.end = whole - overhead(k);
  view.truesize = align(k.sizeOf("sk_buff")) + whole;
  view.users.refs.counter = 1;
  view.mac_header = UNSET;
  view.transport_header = UNSET;
  zero(k, head + view.end, k.sizeOf("skb_shared_info"));
  setShares(k, skb, 1);
  return skb;
};

const sharesAt = (k: Kernel, skb: Address): Address => {
  const { head, end } = k.struct("sk_buff", skb);
  return head + end + k.offsetOf("skb_shared_info", "dataref");
};
const setShares = (k: Kernel, skb: Address, count: number): void =>
  k.memory.setU32(sharesAt(k, skb), count >>> 0);

/** Drops a reference; frees the buffer with the last one, its data with the last of its clones. */
export const releaseSkb = (k: Kernel, skb: Address): boolean => {
  const view = k.struct("sk_buff", skb);
  view.users.refs.counter -= 1;
  if (view.users.refs.counter > 0) return false;
  const shares = (k.memory.u32(sharesAt(k, skb)) & 0xffff) - 1;
  setShares(k, skb, shares);
  if (shares <= 0) {
    dropFragments(k, skb);
    k.heap.kfree(view.head);
  }
  k.heap.kfree(skb);
  return true;
};

/** kfree_skb(): runs the buffer's destructor with its last reference. */
export function* freeSkb(k: Kernel, skb: Address): Routine<void> {
  if (skb === 0) return;
  const { destructor, users } = k.struct("sk_buff", skb);
  if (destructor !== 0 && users.refs.counter === 1) yield* k.call(destructor, skb);
  releaseSkb(k, skb);
}

export const cloneSkb = (k: Kernel, skb: Address, gfp: number): Address => {
  const clone = k.heap.kmalloc(k.sizeOf("sk_buff"), gfp);
  if (clone === 0) return 0;
  k.memory.write(clone, k.memory.bytes(skb, k.sizeOf("sk_buff")).slice());
  const view = k.struct("sk_buff", clone);
  for (const list of ["next", "prev", "sk", "destructor"] as const) view[list] = 0 as never;
  view.users.refs.counter = 1;
  view.cloned = 1;
  k.struct("sk_buff", skb).cloned = 1;
  setShares(k, skb, (k.memory.u32(sharesAt(k, skb)) & 0xffff) + 1);
  return clone;
};

/** A buffer of its own with the same content, and more room around it. */
export const copySkb = (
  k: Kernel,
  skb: Address,
  gfp: number,
  room: { head: number; tail: number },
): Address => {
  const from = k.struct("sk_buff", skb);
  const headroom = room.head;
  const copy = allocateSkb(k, headroom + from.len + room.tail, gfp);
  if (copy === 0) return 0;
  const to = k.struct("sk_buff", copy);
  to.data = (to.head + headroom) as typeof to.data;
  to.tail = headroom + from.len;
  to.len = from.len;
  k.memory.write(to.data, skbBytes(k, skb));
  const moved = headroom - (from.data - from.head);
  for (const field of ["mac_header", "network_header", "transport_header"] as const) {
    to[field] = from[field] === UNSET ? UNSET : from[field] + moved;
  }
  for (const field of [
    "protocol",
    "dev",
    "ip_summed",
    "mark",
    "priority",
    "pkt_type",
    "csum",
    "mac_len",
  ] as const) {
    to[field] = from[field] as never;
  }
  k.memory.write(
    copy + k.offsetOf("sk_buff", "cb"),
    k.memory.bytes(skb + k.offsetOf("sk_buff", "cb"), 48).slice(),
  );
  return copy;
};

/** Makes a buffer that holds a packet: an IPv4 header at `data`, or what `protocol` says. */
export const packetSkb = (
  k: Kernel,
  bytes: Uint8Array,
  { device, protocol, gfp }: { readonly device: Address; readonly protocol: number; readonly gfp: number },
): Address => {
  const skb = allocateSkb(k, bytes.length + HEADROOM, gfp);
  if (skb === 0) return 0;
  const view = k.struct("sk_buff", skb);
  view.data = (view.head + HEADROOM) as typeof view.data;
  view.tail = HEADROOM + bytes.length;
  view.len = bytes.length;
  view.network_header = HEADROOM;
  view.mac_header = HEADROOM - MAC_HEADER;
  view.transport_header = HEADROOM + ((bytes[0] ?? 0) & 15) * 4;
  view.protocol = ((protocol & 0xff) << 8) | (protocol >> 8);
  view.dev = device as typeof view.dev;
  k.memory.write(view.data, bytes);
  return skb;
};
const HEADROOM = 64;
const MAC_HEADER = 14;

/** All that is in the buffer. */
export const skbBytes = (k: Kernel, skb: Address): Uint8Array => {
  const { len } = k.struct("sk_buff", skb);
  return readPieces(k, piecesOf(k, skb, 0, Math.min(len, MAX_SIZE)) ?? []);
};

/** __pskb_pull_tail(): makes `delta` more bytes linear; false when they are not there, or there is no memory. */
export const pullTail = (k: Kernel, skb: Address, delta: number): boolean => {
  const view = k.struct("sk_buff", skb);
  const linear = headLength(k, skb);
  const pieces = piecesOf(k, skb, linear, delta);
  if (pieces === undefined || delta < 0) return false;
  if (view.tail + delta > view.end && !grow(k, skb, delta)) return false;
  k.memory.write(view.head + view.tail, readPieces(k, pieces));
  eatFragments(k, skb, delta);
  view.tail += delta;
  view.data_len -= delta;
  return true;
};

/** pskb_expand_head(): the same data in larger memory. */
const grow = (k: Kernel, skb: Address, room: number): boolean => {
  const view = k.struct("sk_buff", skb);
  const whole = kmallocRoundup(align(view.end + room) + overhead(k));
  if (whole > MAX_SIZE) return false;
  const head = k.heap.kmalloc(whole, GFP_ATOMIC);
  if (head === 0) return false;
  const end = whole - overhead(k);
  k.memory.write(head, k.memory.bytes(view.head, view.tail).slice());
  k.memory.write(head + end, k.memory.bytes(view.head + view.end, k.sizeOf("skb_shared_info")).slice());
  const before: Address = view.head;
  view.data = (head + (view.data - before)) as typeof view.data;
  view.head = head as typeof view.head;
  view.end = end;
  setShares(k, skb, 1);
  k.heap.kfree(before);
  return true;
};
const GFP_ATOMIC = 0xa20;

/** A frame that comes in by the device it went out by. */
export const unlinkHeader = (k: Kernel, skb: Address): void => {
  const view = k.struct("sk_buff", skb);
  view.protocol = takeEthernetHeader(k, skb, view.dev);
};
