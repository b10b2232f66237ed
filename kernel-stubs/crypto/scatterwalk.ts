/** include/crypto/scatterwalk.h, as crypto/scatterwalk.c does it. */
import { sgRead, sgWrite } from "../../src/kernel/data/scatterlist.ts";
import { stub } from "../../src/stub/declare.ts";

export const scatterwalkMapAndCopy = stub(
  `void scatterwalk_map_and_copy(void *buf, struct scatterlist *sg, unsigned int start, unsigned int nbytes,
      int out)`,
  (k, { buf, sg, start, nbytes, out }) => {
    if (nbytes === 0) return;
    if (out === 0) k.memory.write(buf, sgRead(k, sg, nbytes, start));
    else sgWrite(k, sg, k.memory.bytes(buf, nbytes).slice(), start);
  },
);
