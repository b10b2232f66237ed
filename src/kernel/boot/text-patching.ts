import { type Address, toAddress } from "../../base/address.ts";
import { viewOf } from "../../loader/elf.ts";
import type { TextPatching } from "../../loader/text-patching.ts";
import type { Profile } from "../../profile/profile.ts";
import { cpuHas } from "./cpu-info.ts";

/** Patched by though CPUID does not tell of them: X86_FEATURE_UP, the kernel's own; X86_FEATURE_FSRM. */
const ALSO: ReadonlySet<number> = new Set([3 * 32 + 9, 18 * 32 + 4]);

/** How this kernel patches the text of modules. What few modules need is looked up when they do. */
export const textPatching = (profile: Profile): TextPatching => {
  const exported = (name: string): Address => profile.symbol(name)?.address ?? 0;
  const hidden = (name: string): Address => profile.kernelSymbol(name)?.address ?? 0;
  let operations: DataView | undefined;
  return {
    cpuHas: (feature) => ALSO.has(feature) || cpuHas(feature),
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
