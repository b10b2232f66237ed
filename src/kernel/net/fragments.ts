/** Data of a socket buffer that lies in pages of its own (net/core/skbuff.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** MAX_SKB_FRAGS */
const MAX_FRAGMENTS = 17;
/** More is in no packet, whatever a length says. */
const MAX_SIZE = 1 << 22;

/** skb_shinfo() */
const sharedInfo = (k: Kernel, skb: Address): Address => {
  const { head, end } = k.struct("sk_buff", skb);
  return head + end;
};

const fragmentAt = (k: Kernel, skb: Address, index: number): Address =>
  sharedInfo(k, skb) + k.offsetOf("skb_shared_info", "frags") + index * k.sizeOf("bio_vec");

const count = (k: Kernel, skb: Address): number =>
  Math.min(k.struct("skb_shared_info", sharedInfo(k, skb)).nr_frags, MAX_FRAGMENTS);

export interface Piece {
  readonly at: Address;
  readonly length: number;
}

const fragments = (k: Kernel, skb: Address): Piece[] =>
  Array.from({ length: count(k, skb) }, (_, index) => {
    const {
      bv_page: page,
      bv_offset: offset,
      bv_len: length,
    } = k.struct("bio_vec", fragmentAt(k, skb, index));
    return { at: k.pages.pageToVirt(page) + offset, length };
  });

/** skb_headlen() */
export const headLength = (k: Kernel, skb: Address): number => {
  const { len, data_len: paged } = k.struct("sk_buff", skb);
  return Math.max(0, len - paged);
};

/** Where `length` bytes from `offset` lie; undefined when the buffer does not have them. */
export const piecesOf = (k: Kernel, skb: Address, offset: number, length: number): Piece[] | undefined => {
  const { data, len } = k.struct("sk_buff", skb);
  if (offset < 0 || length < 0 || offset + length > len || length > MAX_SIZE) return undefined;
  const found: Piece[] = [];
  let [skip, left] = [offset, length];
  for (const piece of [{ at: data as Address, length: headLength(k, skb) }, ...fragments(k, skb)]) {
    const begin = Math.min(skip, piece.length);
    const take = Math.min(left, piece.length - begin);
    if (take > 0) found.push({ at: piece.at + begin, length: take });
    skip -= begin;
    left -= take;
  }
  return left === 0 ? found : undefined;
};

export const readPieces = (k: Kernel, pieces: readonly Piece[]): Uint8Array =>
  Buffer.concat(pieces.map(({ at, length }) => k.memory.bytes(at, length).slice()));

/** skb_fill_page_desc() */
export const setFragment = (
  k: Kernel,
  skb: Address,
  index: number,
  { page, offset, size }: { readonly page: Address; readonly offset: number; readonly size: number },
): void => {
  if (index < 0 || index >= MAX_FRAGMENTS) return;
  const fragment = k.struct("bio_vec", fragmentAt(k, skb, index));
  fragment.bv_page = page as typeof fragment.bv_page;
  fragment.bv_offset = offset;
  fragment.bv_len = size;
  k.struct("skb_shared_info", sharedInfo(k, skb)).nr_frags = index + 1;
};

/** Drops the pages from the `from`th fragment on. */
export const dropFragments = (k: Kernel, skb: Address, from = 0): void => {
  for (let index = from; index < count(k, skb); index += 1) {
    k.pages.putPage(k.struct("bio_vec", fragmentAt(k, skb, index)).bv_page);
  }
  k.struct("skb_shared_info", sharedInfo(k, skb)).nr_frags = from;
};

/** Takes `length` bytes off the beginning of the paged data. */
export const eatFragments = (k: Kernel, skb: Address, length: number): void => {
  const left: { page: Address; offset: number; size: number }[] = [];
  let eat = length;
  for (let index = 0; index < count(k, skb); index += 1) {
    const { bv_page: page, bv_offset: offset, bv_len: size } = k.struct("bio_vec", fragmentAt(k, skb, index));
    const part = Math.min(eat, size);
    eat -= part;
    if (part === size) k.pages.putPage(page);
    else left.push({ page, offset: offset + part, size: size - part });
  }
  k.struct("skb_shared_info", sharedInfo(k, skb)).nr_frags = 0;
  for (const [index, fragment] of left.entries()) setFragment(k, skb, index, fragment);
};

/** Shortens the paged data to `length` bytes. */
export const cutFragments = (k: Kernel, skb: Address, length: number): void => {
  let [left, keep] = [length, 0];
  for (; keep < count(k, skb) && left > 0; keep += 1) {
    const fragment = k.struct("bio_vec", fragmentAt(k, skb, keep));
    fragment.bv_len = Math.min(fragment.bv_len, left);
    left -= fragment.bv_len;
  }
  dropFragments(k, skb, keep);
};
