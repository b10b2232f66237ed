/** include/linux/livepatch.h, as kernel/livepatch does it. */
import { asInt } from "../../src/abi/calls.ts";
import { hostArgs } from "../../src/abi/varargs.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { format } from "../../src/kernel/printf/format.ts";
import { freeShadow } from "../../src/kernel/probes/shadow.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { warnAt } from "../reports.ts";

interface NewShadow {
  readonly obj: Address;
  readonly id: bigint;
  readonly size: number;
  readonly gfp_flags: number;
  readonly ctor: Address;
  readonly ctor_data: Address;
}

/** "<pointer, id>" as the kernel's messages have it. */
const nameOf = (k: Kernel, { obj, id }: NewShadow): string =>
  format("<%p, %lx>", hostArgs([obj, id]), k.format).text;

function* create(k: Kernel, wanted: NewShadow): Routine<Address> {
  const { shadows } = k.probes;
  const at = k.heap.kmalloc(wanted.size + shadows.headerSize, wanted.gfp_flags);
  if (at === 0) return 0;
  k.memory.fill(at, 0, wanted.size + shadows.headerSize);
  const data = at + shadows.headerSize;
  if (wanted.ctor !== 0) {
    const error = asInt(yield* k.call(wanted.ctor, wanted.obj, data, wanted.ctor_data));
    if (error !== 0) {
      k.heap.kfree(at);
      k.printk(3, `livepatch: Failed to construct shadow variable ${nameOf(k, wanted)} (${error})`);
      return 0;
    }
  }
  shadows.all.set(at, { object: wanted.obj, id: wanted.id, at });
  return data;
}

export const klpShadowGet = stub("void *klp_shadow_get(void *obj, unsigned long id)", (k, { obj, id }) => {
  const found = k.probes.shadows.find(obj, id);
  return found === undefined ? 0 : found.at + k.probes.shadows.headerSize;
});

export const klpShadowAlloc = stub(
  "void *klp_shadow_alloc(void *obj, unsigned long id, size_t size, gfp_t gfp_flags, klp_shadow_ctor_t ctor, void *ctor_data)",
  { fails: ["NULL"], acquires: { "shadow variable": "return" } },
  function* (k, args) {
    if (k.probes.shadows.find(args.obj, args.id) === undefined) return yield* create(k, args);
    warnAt(k, "__klp_shadow_get_or_alloc:165", `Duplicate shadow variable ${nameOf(k, args)}`);
    return 0;
  },
);

export const klpShadowGetOrAlloc = stub(
  "void *klp_shadow_get_or_alloc(void *obj, unsigned long id, size_t size, gfp_t gfp_flags, klp_shadow_ctor_t ctor, void *ctor_data)",
  { fails: ["NULL"] },
  function* (k, args) {
    const found = k.probes.shadows.find(args.obj, args.id);
    return found === undefined ? yield* create(k, args) : found.at + k.probes.shadows.headerSize;
  },
);

export const klpShadowFree = stub(
  "void klp_shadow_free(void *obj, unsigned long id, klp_shadow_dtor_t dtor)",
  function* (k, { obj, id, dtor }) {
    const found = k.probes.shadows.find(obj, id);
    if (found !== undefined) yield* freeShadow(k, found, dtor);
  },
);

export const klpShadowFreeAll = stub(
  "void klp_shadow_free_all(unsigned long id, klp_shadow_dtor_t dtor)",
  function* (k, { id, dtor }) {
    for (const shadow of k.probes.shadows.all.values()) {
      if (shadow.id === id) yield* freeShadow(k, shadow, dtor);
    }
  },
);
