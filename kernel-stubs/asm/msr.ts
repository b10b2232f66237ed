/**
 * arch/x86/include/asm/msr.h: what paravirt calls are patched to. The machine knows no register whose access
 * faults; writes change what is read again, not the engine.
 */
import { stub } from "../../src/stub/declare.ts";

const level = { partial: "what is written is read again, and has no effect" } as const;

const wide = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

export const nativeReadMsr = stub("unsigned long long native_read_msr(unsigned int msr)", (k, { msr }) =>
  k.msrs.read(msr),
);
export const nativeReadMsrSafe = stub(
  "unsigned long long native_read_msr_safe(unsigned int msr, int *err)",
  (k, { msr, err }) => {
    k.memory.setU32(err, 0);
    return k.msrs.read(msr);
  },
);
export const nativeWriteMsr = stub(
  "void native_write_msr(unsigned int msr, u32 low, u32 high)",
  { level },
  (k, { msr, low, high }) => k.msrs.write(msr, wide(low, high)),
);
export const nativeWriteMsrSafe = stub(
  "int native_write_msr_safe(unsigned int msr, u32 low, u32 high)",
  { level },
  (k, { msr, low, high }) => {
    k.msrs.write(msr, wide(low, high));
    return 0;
  },
);
