/** include/linux/cpu.h, as kernel/cpu.c does it: no CPU ever comes or goes. */
import { stub } from "../../src/stub/declare.ts";

export const cpusReadLock = stub("void cpus_read_lock(void)", { sleeps: true }, () => {});
export const cpusReadTrylock = stub("int cpus_read_trylock(void)", () => 1);
export const cpusReadUnlock = stub("void cpus_read_unlock(void)", () => {});
