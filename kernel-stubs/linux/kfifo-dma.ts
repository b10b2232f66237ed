/** include/linux/kfifo.h: handing a FIFO's memory to a device, as lib/kfifo.c does it. */
import type { Address } from "../../src/base/address.ts";
import {
  advance,
  type Fifo,
  inIndex,
  openFifo,
  outIndex,
  pieces,
  pokeLength,
  unused,
  used,
} from "../../src/kernel/data/kfifo.ts";
import { SG_SIZE, sgSetBuffer } from "../../src/kernel/data/scatterlist.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { longestRecord, skipRecord } from "./kfifo.ts";

interface Request {
  readonly fifo: Address;
  readonly sgl: Address;
  readonly nents: number;
  readonly len: number;
}

/** Where a device goes on: room to fill behind "in", elements to fetch from "out". */
const edge = (fifo: Fifo, end: "in" | "out"): { readonly left: number; readonly index: number } =>
  end === "in" ? { left: unused(fifo), index: inIndex(fifo) } : { left: used(fifo), index: outIndex(fifo) };

/** Entries filled for `length` elements from `index`: what lies together in memory takes one. */
const describe = (k: Kernel, fifo: Fifo, { sgl, nents }: Request, length: number, index: number): number => {
  const stretches = pieces(fifo, index, length).filter(([, bytes]) => bytes > 0);
  const fitting = stretches.slice(0, Math.max(nents, 0));
  for (const [entry, [at, bytes]] of fitting.entries()) sgSetBuffer(k, sgl + entry * SG_SIZE, at, bytes);
  return fitting.length;
};

const prepare = (k: Kernel, request: Request, end: "in" | "out"): number => {
  const fifo = openFifo(k, request.fifo);
  const { left, index } = edge(fifo, end);
  return describe(k, fifo, request, Math.min(request.len, left), index);
};

/** A record goes whole, behind its length, or not at all. */
const prepareRecord = (
  k: Kernel,
  request: Request & { readonly recsize: number },
  end: "in" | "out",
): number => {
  const fifo = openFifo(k, request.fifo);
  const { left, index } = edge(fifo, end);
  const length = longestRecord(request.len, request.recsize);
  if (length + request.recsize > left) return 0;
  return describe(k, fifo, request, length, index + request.recsize);
};

export const kfifoDmaInPrepare = stub(
  "unsigned int __kfifo_dma_in_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len)",
  (k, request) => prepare(k, request, "in"),
);

export const kfifoDmaOutPrepare = stub(
  "unsigned int __kfifo_dma_out_prepare(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len)",
  (k, request) => prepare(k, request, "out"),
);

export const kfifoDmaInPrepareR = stub(
  "unsigned int __kfifo_dma_in_prepare_r(struct __kfifo *fifo, struct scatterlist *sgl, int nents, unsigned int len, size_t recsize)",
  (k, request) => prepareRecord(k, request, "in"),
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
  (k, request) => prepareRecord(k, request, "out"),
);

export const kfifoDmaOutFinishR = stub(
  "void __kfifo_dma_out_finish_r(struct __kfifo *fifo, size_t recsize)",
  (k, { fifo, recsize }) => skipRecord(openFifo(k, fifo), recsize),
);
