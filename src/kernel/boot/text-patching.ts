import { type Address, toAddress } from "../../base/address.ts";
import { viewOf } from "../../loader/elf.ts";
import type { TextPatching } from "../../loader/text-patching.ts";
import type { Profile } from "../../profile/profile.ts";

/**
 * CPU features that code is patched by: those of the recorded machine that the engine has, too.
 * Word and bit as in arch/x86/include/asm/cpufeatures.h.
 */
const FEATURES: ReadonlySet<number> = new Set(
  [
    [1, 27], // RDTSCP
    [3, 9], // UP
    [3, 16], // REP_GOOD
    [3, 18], // LFENCE_RDTSC
    [3, 21], // ALWAYS
    [4, 23], // POPCNT
    [9, 9], // ERMS
    [9, 20], // SMAP
    [11, 12], // RETPOLINE
    [18, 4], // FSRM
  ].map(([word = 0, bit = 0]) => word * 32 + bit),
);

/** How this kernel patches the text of modules. What few modules need is looked up when they do. */
export const textPatching = (profile: Profile): TextPatching => {
  const exported = (name: string): Address => profile.symbol(name)?.address ?? 0;
  const hidden = (name: string): Address => profile.kernelSymbol(name)?.address ?? 0;
  let operations: DataView | undefined;
  return {
    cpuHas: (feature) => FEATURES.has(feature),
    uniprocessor: true,
    compiledReturnThunk: exported("__x86_return_thunk"),
    returnThunk: exported("__x86_return_thunk"),
    indirectThunks: exported("__x86_indirect_thunk_rax"),
    paravirt: {
      operation(type) {
        operations ??= viewOf(profile.dataInit("pv_ops") ?? new Uint8Array(0));
        return type * 8 + 8 > operations.byteLength ? 0 : toAddress(operations.getBigUint64(type * 8, true));
      },
      get nop() {
        return hidden("_paravirt_nop");
      },
      get bug() {
        return hidden("paravirt_BUG");
      },
    },
  };
};
