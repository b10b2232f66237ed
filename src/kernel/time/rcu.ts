import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";

/** What happens when a grace period is over: callbacks in softirq context, objects freed (kernel/rcu/tree.c). */
export const handleRcu = (k: Kernel): void => {
  k.interrupts.handle("rcu", {
    context: "softirq",
    name: "rcu_do_batch+0x19a/0x540",
    callers: DEFERRED_CALLERS.rcu,
    *act(head) {
      yield* k.call(k.struct("callback_head", head).func, head);
    },
  });
  k.interrupts.handle("rcu-free", {
    context: "softirq",
    name: "kvfree_rcu_bulk+0x9a/0x110",
    *act(object) {
      k.vmalloc.kvfree(object);
    },
  });
};
