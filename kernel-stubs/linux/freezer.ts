/** include/linux/freezer.h, as kernel/freezer.c does it: the machine is never suspended. */
import { stub } from "../../src/stub/declare.ts";

const PF_NOFREEZE = 0x8000;

export const setFreezable = stub("bool set_freezable(void)", (k) => {
  k.struct("task_struct", k.current.taskStruct).flags &= ~PF_NOFREEZE;
  return false;
});
export const freezingSlowPath = stub("bool freezing_slow_path(struct task_struct *p)", () => false);
export const refrigerator = stub("bool __refrigerator(bool check_kthr_stop)", { sleeps: true }, () => false);
