/** include/linux/percpu.h, as mm/percpu.c does it. */
import { GFP_KERNEL, maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

export const allocPercpu = stub(
  "void *__alloc_percpu(size_t size, size_t align)",
  { fails: ["NULL"], sleeps: true, acquires: { percpu: "return" } },
  (k, { size, align }) => k.percpu.alloc(size, align, GFP_KERNEL),
);

export const allocPercpuGfp = stub(
  "void *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)",
  { fails: ["NULL"], sleeps: ({ gfp }) => maySleep(gfp), acquires: { percpu: "return" } },
  (k, { size, align, gfp }) => k.percpu.alloc(size, align, gfp),
);

export const freePercpu = stub("void free_percpu(void *ptr)", { releases: { percpu: "ptr" } }, (k, { ptr }) =>
  k.percpu.free(ptr),
);
