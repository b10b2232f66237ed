/** include/linux/scatterlist.h: page by page through a list (lib/scatterlist.c). */
import { type Address, PAGE_SIZE } from "../../src/base/address.ts";
import { sgNext } from "../../src/kernel/data/scatterlist.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const ATOMIC = 1;
const POINTER_FLAGS = 3n;
const PAGE_STRUCT = 64;

/** Fields of a struct in guest memory, by name. */
interface Fields {
  get(field: string): number;
  set(field: string, value: number): void;
}
const WIDE = new Set(["page", "addr", "length", "consumed", "sg"]);

const fieldsOf = (k: Kernel, struct: string, at: Address): Fields => ({
  get(field) {
    const place = at + k.offsetOf(struct, field);
    return WIDE.has(field) ? k.memory.pointer(place) : k.memory.u32(place);
  },
  set(field, value) {
    const place = at + k.offsetOf(struct, field);
    if (WIDE.has(field)) k.memory.setPointer(place, value);
    else k.memory.setU32(place, value);
  },
});

const startPages = (k: Kernel, piter: Address, list: Address, entries: number, page: number): void => {
  const iter = fieldsOf(k, "sg_page_iter", piter);
  iter.set("__pg_advance", 0);
  iter.set("__nents", entries);
  iter.set("sg", list);
  iter.set("sg_pgoffset", page);
};

const nextPage = (k: Kernel, piter: Address): boolean => {
  const iter = fieldsOf(k, "sg_page_iter", piter);
  let [entry, left] = [iter.get("sg"), iter.get("__nents")];
  if (left === 0 || entry === 0) return false;
  let page = iter.get("sg_pgoffset") + iter.get("__pg_advance");
  iter.set("__pg_advance", 1);
  for (;;) {
    const { offset, length } = k.struct("scatterlist", entry);
    const count = Math.ceil((offset + length) / PAGE_SIZE);
    if (page < count) break;
    page -= count;
    entry = sgNext(k, entry);
    left -= 1;
    if (left === 0 || entry === 0) break;
  }
  iter.set("sg", entry);
  iter.set("__nents", left);
  iter.set("sg_pgoffset", page);
  return left > 0 && entry !== 0;
};

const piterOf = (k: Kernel, miter: Address): Address => miter + k.offsetOf("sg_mapping_iter", "piter");

/** sg_miter_get_next_page(): the rest of the page at hand, or the next one. */
const getPage = (k: Kernel, miter: Address): boolean => {
  const iter = fieldsOf(k, "sg_mapping_iter", miter);
  if (iter.get("__remaining") > 0) return true;
  if (!nextPage(k, piterOf(k, miter))) return false;
  const pages = fieldsOf(k, "sg_page_iter", piterOf(k, miter));
  const { offset, length } = k.struct("scatterlist", pages.get("sg"));
  const first = pages.get("sg_pgoffset") === 0 ? offset : 0;
  const page = pages.get("sg_pgoffset") + Math.floor(first / PAGE_SIZE);
  const within = first % PAGE_SIZE;
  pages.set("sg_pgoffset", page);
  iter.set("__offset", within);
  iter.set("__remaining", Math.min(offset + length - page * PAGE_SIZE - within, PAGE_SIZE - within));
  return true;
};

const preemption = (k: Kernel, by: number): void => k.cpu.addPreemptCount(by);

/** What was consumed of the last piece is done with. */
const stop = (k: Kernel, miter: Address): void => {
  const iter = fieldsOf(k, "sg_mapping_iter", miter);
  if (iter.get("addr") === 0) return;
  iter.set("__offset", iter.get("__offset") + iter.get("consumed"));
  iter.set("__remaining", iter.get("__remaining") - iter.get("consumed"));
  if ((iter.get("__flags") & ATOMIC) !== 0) preemption(k, -1);
  for (const field of ["page", "addr", "length", "consumed"]) iter.set(field, 0);
};

export const sgPageIterStart = stub(
  `void __sg_page_iter_start(struct sg_page_iter *piter, struct scatterlist *sglist, unsigned int nents,
      unsigned long pgoffset)`,
  (k, { piter, sglist, nents, pgoffset }) => startPages(k, piter, sglist, nents, Number(pgoffset)),
);
export const sgPageIterNext = stub("bool __sg_page_iter_next(struct sg_page_iter *piter)", (k, { piter }) =>
  nextPage(k, piter),
);

export const sgMiterStart = stub(
  `void sg_miter_start(struct sg_mapping_iter *miter, struct scatterlist *sgl, unsigned int nents,
      unsigned int flags)`,
  (k, { miter, sgl, nents, flags }) => {
    k.memory.fill(miter, 0, k.sizeOf("sg_mapping_iter"));
    startPages(k, piterOf(k, miter), sgl, nents, 0);
    fieldsOf(k, "sg_mapping_iter", miter).set("__flags", flags);
  },
);
export const sgMiterNext = stub("bool sg_miter_next(struct sg_mapping_iter *miter)", (k, { miter }) => {
  stop(k, miter);
  if (!getPage(k, miter)) return false;
  const iter = fieldsOf(k, "sg_mapping_iter", miter);
  const pages = fieldsOf(k, "sg_page_iter", piterOf(k, miter));
  const link = k.struct("scatterlist", pages.get("sg")).page_link & ~POINTER_FLAGS;
  const page = Number(BigInt.asIntN(64, link)) + pages.get("sg_pgoffset") * PAGE_STRUCT;
  iter.set("page", page);
  iter.set("addr", k.pages.pageToVirt(page) + iter.get("__offset"));
  iter.set("length", iter.get("__remaining"));
  iter.set("consumed", iter.get("__remaining"));
  if ((iter.get("__flags") & ATOMIC) !== 0) preemption(k, 1);
  return true;
});
export const sgMiterSkip = stub(
  "bool sg_miter_skip(struct sg_mapping_iter *miter, off_t offset)",
  (k, { miter, offset }) => {
    stop(k, miter);
    const iter = fieldsOf(k, "sg_mapping_iter", miter);
    for (let left = Number(offset); left > 0;) {
      if (!getPage(k, miter)) return false;
      const consumed = Math.min(left, iter.get("__remaining"));
      iter.set("__offset", iter.get("__offset") + consumed);
      iter.set("__remaining", iter.get("__remaining") - consumed);
      left -= consumed;
    }
    return true;
  },
);
export const sgMiterStop = stub("void sg_miter_stop(struct sg_mapping_iter *miter)", (k, { miter }) =>
  stop(k, miter),
);
