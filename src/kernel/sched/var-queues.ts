import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** bit_wait_table of kernel/sched/wait_bit.c: wait queues in guest memory that variables share by their hash. */
export interface VarQueues {
  of(variable: Address): Address;
}

const QUEUES = 256;
/** Variables lie eight bytes from each other or more. */
const SPACING = 8;

export const createVarQueues = (k: Kernel): VarQueues => {
  const state: { table: Address } = { table: 0 };
  const size = k.sizeOf("wait_queue_head");
  const make = (): Address => {
    const table = k.statics.allocate(QUEUES * size);
    for (let index = 0; index < QUEUES; index += 1) {
      const head = table + index * size + k.offsetOf("wait_queue_head", "head");
      k.memory.setPointer(head, head);
      k.memory.setPointer(head + 8, head);
    }
    return table;
  };
  return {
    of(variable) {
      if (state.table === 0) k.journal.touch(state).table = make();
      return state.table + Math.abs(Math.floor(variable / SPACING) % QUEUES) * size;
    },
  };
};
