import type { Kernel } from "../kernel.ts";

/** One buffer that grows: contents last until the next use. */
export const scratchMemory = (k: Kernel): Kernel["scratch"] => {
  const state = { address: 0, size: 0 };
  return (size) => {
    if (size > state.size) {
      k.journal.touch(state).address = k.statics.allocate(size);
      state.size = size;
    }
    return state.address;
  };
};
