import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";

/** WORK_STRUCT_NO_POOL: nobody has queued it. */
export const NO_POOL = 0xf_ffff_ffe0n;

/** INIT_WORK() */
export const initWork = (k: Kernel, work: Address, func: Address): void => {
  const item = k.struct("work_struct", work);
  item.data.counter = NO_POOL;
  initList(k.memory, item.entry.$address);
  item.func = func as typeof item.func;
};
