/** include/linux/scatterlist.h, as lib/scatterlist.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  SG_SIZE,
  sgEntries,
  sgMarkEnd,
  sgNext as nextEntry,
  sgPieces,
  sgRead,
  sgSetBuffer,
  sgWrite,
} from "../../src/kernel/data/scatterlist.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { bugAt } from "../reports.ts";
import { stub } from "../../src/stub/declare.ts";

const init = (k: Kernel, list: Address, entries: number): void => {
  k.memory.fill(list, 0, entries * SG_SIZE);
  if (entries > 0) sgMarkEnd(k, list + (entries - 1) * SG_SIZE);
};

export const sgInitTable = stub(
  "void sg_init_table(struct scatterlist *sgl, unsigned int nents)",
  (k, { sgl, nents }) => init(k, sgl, nents),
);

export const sgInitOne = stub(
  "void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int buflen)",
  (k, { sg, buf, buflen }) => {
    init(k, sg, 1);
    sgSetBuffer(k, sg, buf, buflen);
  },
);

export const sgNext = stub("struct scatterlist *sg_next(struct scatterlist *sg)", (k, { sg }) =>
  nextEntry(k, sg),
);

export const sgNents = stub(
  "int sg_nents(struct scatterlist *sg)",
  (k, { sg }) => [...sgEntries(k, sg)].length,
);

export const sgNentsForLen = stub(
  "int sg_nents_for_len(struct scatterlist *sg, u64 len)",
  { fails: ["EINVAL"] },
  (k, { sg, len }) => {
    if (len === 0n) return 0;
    let [total, count] = [0n, 0];
    for (const { length } of sgEntries(k, sg)) {
      count += 1;
      total += BigInt(length);
      if (total >= len) return count;
    }
    throw new Errno(EINVAL);
  },
);

export const sgLast = stub(
  "struct scatterlist *sg_last(struct scatterlist *sgl, unsigned int nents)",
  (k, { sgl, nents }) => {
    const last = [...sgEntries(k, sgl, nents)].at(-1)?.entry ?? 0;
    return nextEntry(k, last) === 0 ? last : bugAt(k, "sg_last:109");
  },
);

/** `nents` entries of a list and a buffer; they end with the shorter one. */
interface Copy {
  readonly sgl: Address;
  readonly nents: number;
  readonly buf: Address;
  readonly buflen: number;
}

const copyFrom = (k: Kernel, { sgl, nents, buf, buflen }: Copy, skip = 0): number =>
  sgWrite(k, sgl, k.memory.bytes(buf, buflen).slice(), skip, nents);

const copyTo = (k: Kernel, { sgl, nents, buf, buflen }: Copy, skip = 0): number => {
  const bytes = sgRead(k, sgl, buflen, skip, nents);
  k.memory.write(buf, bytes);
  return bytes.length;
};

export const sgCopyBuffer = stub(
  "size_t sg_copy_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen, off_t skip, bool to_buffer)",
  (k, args) => (args.to_buffer ? copyTo : copyFrom)(k, args, Number(args.skip)),
);

export const sgCopyFromBuffer = stub(
  "size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf, size_t buflen)",
  (k, args) => copyFrom(k, args),
);

export const sgCopyToBuffer = stub(
  "size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen)",
  (k, args) => copyTo(k, args),
);

export const sgPcopyFromBuffer = stub(
  "size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int nents, const void *buf, size_t buflen, off_t skip)",
  (k, args) => copyFrom(k, args, Number(args.skip)),
);

export const sgPcopyToBuffer = stub(
  "size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int nents, void *buf, size_t buflen, off_t skip)",
  (k, args) => copyTo(k, args, Number(args.skip)),
);

export const sgZeroBuffer = stub(
  "size_t sg_zero_buffer(struct scatterlist *sgl, unsigned int nents, size_t buflen, off_t skip)",
  (k, { sgl, nents, buflen, skip }) => {
    let done = 0;
    for (const { address, length } of sgPieces(k, sgl, buflen, Number(skip), nents)) {
      k.memory.fill(address, 0, length);
      done += length;
    }
    return done;
  },
);
