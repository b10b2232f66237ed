/** include/linux/kfifo.h: handing a FIFO's memory to a device, as lib/kfifo.c does it. */
import type { Address } from "../../src/base/address.ts";
import {
  advance,
  type Fifo,
  inIndex,
  openFifo,
  outIndex,
  peekLength,
  pieces,
  pokeLength,
  unused,
  used,
} from "../../src/kernel/data/kfifo.ts";
import { SG_SIZE, sgSetBuffer } from "../../src/kernel/data/scatterlist.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { longestRecord } from "./kfifo.ts";

interface Table {
  readonly sgl: Address;
  readonly nents: number;
}

/** Entries filled for `length` elements from `index`: what lies together in memory takes one. */
const describe = (k: Kernel, fifo: Fifo, { sgl, nents }: Table, length: number, index: number): number => {
  const stretches = pieces(fifo, index, length).filter(([, bytes]) => bytes > 0);
  const fitting = stretches.slice(0, Math.max(nents, 0));
  for (const [entry, [at, bytes]] of fitting.entries()) sgSetBuffer(k, sgl + entry * SG_SIZE, at, bytes);
  return fitting.length;
};

export const kfifoDmaInPrepare = stub(
  "unsigned int __kfifo_dma_in_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len)",
  (k, { fifo: at, len, ...table }) => {
    const fifo = openFifo(k, at);
    return describe(k, fifo, table, Math.min(len, unused(fifo)), inIndex(fifo));
  },
);

export const kfifoDmaOutPrepare = stub(
  "unsigned int __kfifo_dma_out_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len)",
  (k, { fifo: at, len, ...table }) => {
    const fifo = openFifo(k, at);
    return describe(k, fifo, table, Math.min(len, used(fifo)), outIndex(fifo));
  },
);

export const kfifoDmaInPrepareR = stub(
  "unsigned int __kfifo_dma_in_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len, size_t recsize)",
  (k, { fifo: at, len, recsize, ...table }) => {
    const fifo = openFifo(k, at);
    const length = longestRecord(len, recsize);
    if (length + recsize > unused(fifo)) return 0;
    return describe(k, fifo, table, length, inIndex(fifo) + recsize);
  },
);

export const kfifoDmaInFinishR = stub(
  "void __kfifo_dma_in_finish_r(struct __kfifo *fifo, unsigned int len, size_t recsize)",
  (k, { fifo: at, len, recsize }) => {
    const fifo = openFifo(k, at);
    const length = longestRecord(len, recsize);
    pokeLength(fifo, length, recsize);
    advance(fifo, "in", length + recsize);
  },
);

export const kfifoDmaOutPrepareR = stub(
  "unsigned int __kfifo_dma_out_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len, size_t recsize)",
  (k, { fifo: at, len, recsize, ...table }) => {
    const fifo = openFifo(k, at);
    const length = longestRecord(len, recsize);
    if (length + recsize > used(fifo)) return 0;
    return describe(k, fifo, table, length, outIndex(fifo) + recsize);
  },
);

export const kfifoDmaOutFinishR = stub(
  "void __kfifo_dma_out_finish_r(struct __kfifo *fifo, size_t recsize)",
  (k, { fifo: at, recsize }) => {
    const fifo = openFifo(k, at);
    advance(fifo, "out", peekLength(fifo, recsize) + recsize);
  },
);
