/** include/linux/mman.h, as mm/util.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const vmMemoryCommitted = stub("unsigned long vm_memory_committed(void)", () => 0n);
