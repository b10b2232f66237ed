/** Shadow variables: data attached to an object without its knowledge (kernel/livepatch/shadow.c). */
import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

export interface Shadow {
  readonly object: Address;
  readonly id: bigint;
  /** The struct klp_shadow, whose end is the data. */
  readonly at: Address;
}

export interface Shadows {
  readonly all: JournalMap<Address, Shadow>;
  find(object: Address, id: bigint): Shadow | undefined;
  /** struct klp_shadow before the data: hlist_node, rcu_head, object, id. */
  readonly headerSize: number;
}

export const createShadows = (k: Kernel): Shadows => {
  const all: JournalMap<Address, Shadow> = k.journal.map();
  return {
    all,
    headerSize: 48,
    find(object, id) {
      for (const shadow of all.values()) if (shadow.object === object && shadow.id === id) return shadow;
      return undefined;
    },
  };
};

/** Calls the destructor, if there is one, and frees the variable. */
export function* freeShadow(k: Kernel, { object, at }: Shadow, destructor: Address): Routine<void> {
  const { shadows } = k.probes;
  if (!shadows.all.delete(at)) return;
  if (destructor !== 0) yield* k.call(destructor, object, at + shadows.headerSize);
  k.heap.kfree(at);
}
