/** FIFOs in guest memory (lib/kfifo.c): indexes that only grow, taken modulo a power of two. */
import type { Address } from "../../base/address.ts";
import { copyForward } from "./guest-bytes.ts";
import { accessOk, copyUser, type Memories } from "./user-copy.ts";

/** struct __kfifo { unsigned int in, out, mask, esize; void *data; } */
const [IN, OUT, MASK, ESIZE, DATA] = [0, 4, 8, 12, 16] as const;

export interface Fifo {
  readonly memories: Memories;
  readonly at: Address;
  readonly size: number;
  /** Bytes of an element. */
  readonly esize: number;
  readonly data: Address;
}

export const openFifo = (memories: Memories, at: Address): Fifo => ({
  memories,
  at,
  size: (memories.memory.u32(at + MASK) + 1) >>> 0,
  esize: memories.memory.u32(at + ESIZE),
  data: memories.memory.pointer(at + DATA),
});

export const setUp = (
  { memory }: Memories,
  at: Address,
  size: number,
  esize: number,
  data: Address,
): void => {
  memory.setU32(at + IN, 0);
  memory.setU32(at + OUT, 0);
  memory.setU32(at + MASK, size < 2 || data === 0 ? 0 : size - 1);
  memory.setU32(at + ESIZE, esize);
  memory.setPointer(at + DATA, data);
};

const word = ({ memories, at }: Fifo, offset: number): number => memories.memory.u32(at + offset);
export const inIndex = (fifo: Fifo): number => word(fifo, IN);
export const outIndex = (fifo: Fifo): number => word(fifo, OUT);
export const used = (fifo: Fifo): number => (inIndex(fifo) - outIndex(fifo)) >>> 0;
export const unused = (fifo: Fifo): number => (fifo.size - used(fifo)) >>> 0;
export const advance = (fifo: Fifo, end: "in" | "out", by: number): void => {
  const offset = end === "in" ? IN : OUT;
  fifo.memories.memory.setU32(fifo.at + offset, (word(fifo, offset) + by) >>> 0);
};

/** A stretch of elements as one or two pieces of memory. */
export const pieces = (
  fifo: Fifo,
  index: number,
  length: number,
): readonly (readonly [Address, number])[] => {
  const start = (index & (fifo.size - 1)) * fifo.esize;
  const bytes = length * fifo.esize;
  const first = Math.min(bytes, fifo.size * fifo.esize - start);
  return [
    [fifo.data + start, first],
    [fifo.data, bytes - first],
  ];
};

export const copyIn = (fifo: Fifo, source: Address, length: number, index: number): void => {
  let from = source;
  for (const [at, bytes] of pieces(fifo, index, length)) {
    copyForward(fifo.memories.memory, at, from, bytes);
    from += bytes;
  }
};

export const copyOut = (fifo: Fifo, target: Address, length: number, index: number): void => {
  let to = target;
  for (const [at, bytes] of pieces(fifo, index, length)) {
    copyForward(fifo.memories.memory, to, at, bytes);
    to += bytes;
  }
};

/** Copies from or to user memory; answers with the bytes that faulted away, rounded up to elements. */
export const copyWithUser = (
  fifo: Fifo,
  user: Address,
  length: number,
  index: number,
  direction: "from-user" | "to-user",
): number => {
  let at = user;
  let left = length * fifo.esize;
  for (const [data, bytes] of pieces(fifo, index, length)) {
    const [to, from] = direction === "from-user" ? [data, at] : [at, data];
    const missing = accessOk(at, bytes) ? copyUser(fifo.memories, to, from, bytes) : bytes;
    // What copy_from_user() could not read it zeroes.
    if (missing > 0 && direction === "from-user") {
      fifo.memories.memory.fill(to + bytes - missing, 0, missing);
    }
    left -= bytes - missing;
    at += bytes;
    if (missing > 0) break;
  }
  return Math.ceil(left / fifo.esize) * fifo.esize;
};

const byteAt = (fifo: Fifo, index: number): Address => fifo.data + (index & (fifo.size - 1));

/** Length of the next record, in `recsize` bytes before it. */
export const peekLength = (fifo: Fifo, recsize: number): number => {
  const { memory } = fifo.memories;
  const low = memory.u8(byteAt(fifo, outIndex(fifo)));
  return recsize === 1 ? low : low | (memory.u8(byteAt(fifo, outIndex(fifo) + 1)) << 8);
};

export const pokeLength = (fifo: Fifo, length: number, recsize: number): void => {
  const { memory } = fifo.memories;
  memory.setU8(byteAt(fifo, inIndex(fifo)), length & 0xff);
  if (recsize > 1) memory.setU8(byteAt(fifo, inIndex(fifo) + 1), (length >> 8) & 0xff);
};
