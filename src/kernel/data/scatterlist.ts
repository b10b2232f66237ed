/** struct scatterlist in guest memory (include/linux/scatterlist.h). */
import { type Address, toAddress } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

export const SG_SIZE = 32;
const SG_CHAIN = 1n;
const SG_END = 2n;
const FLAGS = 3n;
/** More entries than that are a list that goes round. */
const MAX_ENTRIES = 1 << 20;

export interface Segment {
  readonly entry: Address;
  /** Of the first byte, in the direct map. */
  readonly address: Address;
  readonly length: number;
}

export const sgSetBuffer = (k: Kernel, entry: Address, buffer: Address, length: number): void => {
  const view = k.struct("scatterlist", entry);
  const page = k.pages.virtToPage(buffer);
  view.page_link = BigInt.asUintN(64, BigInt(page)) | (view.page_link & FLAGS);
  view.offset = ((buffer % 4096) + 4096) % 4096;
  view.length = length;
};

export const sgMarkEnd = (k: Kernel, entry: Address): void => {
  const view = k.struct("scatterlist", entry);
  view.page_link = (view.page_link | SG_END) & ~SG_CHAIN;
};

/** sg_next(): 0 after the last. */
export const sgNext = (k: Kernel, entry: Address): Address => {
  if ((k.struct("scatterlist", entry).page_link & SG_END) !== 0n) return 0;
  const next = entry + SG_SIZE;
  const { page_link: link } = k.struct("scatterlist", next);
  return (link & SG_CHAIN) === 0n ? next : toAddress(link & ~FLAGS);
};

const sgVirt = (k: Kernel, entry: Address): Address => {
  const { page_link: link, offset } = k.struct("scatterlist", entry);
  return k.pages.pageToVirt(toAddress(link & ~FLAGS)) + offset;
};

/** The first `most` entries of a list, or as many as there are. */
export function* sgEntries(k: Kernel, list: Address, most = MAX_ENTRIES): Generator<Segment> {
  let left = Math.min(most, MAX_ENTRIES);
  for (let entry = list; entry !== 0 && left > 0; entry = sgNext(k, entry), left -= 1) {
    yield { entry, address: sgVirt(k, entry), length: k.struct("scatterlist", entry).length };
  }
}

/** Pieces of [skip, skip + length) of a list; shorter where the list ends before. */
export function* sgPieces(
  k: Kernel,
  list: Address,
  length: number,
  skip = 0,
  most = MAX_ENTRIES,
): Generator<Segment> {
  let [toSkip, left] = [skip, length];
  for (const segment of sgEntries(k, list, most)) {
    if (left <= 0) return;
    const skipped = Math.min(toSkip, segment.length);
    toSkip -= skipped;
    const size = Math.min(segment.length - skipped, left);
    if (size > 0) yield { entry: segment.entry, address: segment.address + skipped, length: size };
    left -= size;
  }
}

export const sgRead = (
  k: Kernel,
  list: Address,
  length: number,
  skip = 0,
  most = MAX_ENTRIES,
): Uint8Array => {
  const pieces = [...sgPieces(k, list, length, skip, most)].map((piece) =>
    k.memory.bytes(piece.address, piece.length),
  );
  return Uint8Array.from(Buffer.concat(pieces));
};

/** Bytes written: fewer than `bytes` where the list ends before. */
export const sgWrite = (
  k: Kernel,
  list: Address,
  bytes: Uint8Array,
  skip = 0,
  most = MAX_ENTRIES,
): number => {
  let done = 0;
  for (const piece of sgPieces(k, list, bytes.length, skip, most)) {
    k.memory.write(piece.address, bytes.subarray(done, done + piece.length));
    done += piece.length;
  }
  return done;
};
