/** include/linux/swap.h, as mm/swapfile.c does it: there is no swap. */
import { variable } from "../../src/stub/declare.ts";

export const nrSwapPages = variable("atomic_long_t nr_swap_pages", (k, { address }) =>
  k.memory.setU64(address, 0n),
);
