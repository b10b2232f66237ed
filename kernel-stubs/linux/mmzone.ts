/** include/linux/mmzone.h, as mm/sparse.c does it. */
import { variable } from "../../src/stub/declare.ts";

/** SPARSEMEM_EXTREME: what pfn_valid() reads (include/linux/mmzone.h). */
export const memSection = variable("struct mem_section **mem_section", (k, { address }) =>
  k.memory.setPointer(address, k.memSections()),
);
