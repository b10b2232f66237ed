/** arch/x86/include/asm/uaccess_64.h, as arch/x86/lib/copy_user_64.S, clear_page_64.S and usercopy_64.c do it. */
import { RCX, RDI, registerAddress, type RegisterFile } from "../../src/abi/calls.ts";
import { userAddress } from "../../src/abi/user-pointer.ts";
import { copyUser, clearUser } from "../../src/kernel/data/user-copy.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, registerStub } from "../../src/stub/declare.ts";

/** Behind raw_copy_*_user: the caller has checked the range; which side is the user's, the address tells. */
export const copyUserGeneric = stub(
  "unsigned long copy_user_generic_unrolled(void *to, const void *from, unsigned int len)",
  {
    fails: ["UNCOPIED"],
    aliases: ["copy_user_generic_string", "copy_user_enhanced_fast_string", "copy_user_fast_string"],
  },
  (k, { to, from, len }) => copyUser(k, to, from, len),
);

/** With zerorest the target is zeroed where the source ended. */
export const copyUserNocache = stub(
  "long __copy_user_nocache(void *dst, const void __user *src, unsigned int size, int zerorest)",
  { fails: ["UNCOPIED"] },
  (k, { dst, src, size, zerorest }) => {
    const left = copyUser(k, dst, userAddress(src), size);
    if (zerorest !== 0 && left > 0) k.memory.fill(dst + size - left, 0, left);
    return left;
  },
);

/** Address in RDI, count in RCX; what is left in RCX. */
const clear = (k: Kernel, registers: RegisterFile): void => {
  const at = registerAddress(registers, RDI);
  const size = registerAddress(registers, RCX);
  registers.u64[RCX] = BigInt(size < 0 ? size : clearUser(k, at, size));
};

export const clearUserStubs = ["clear_user_original", "clear_user_rep_good", "clear_user_erms"].map((name) =>
  // What is left stays what it was: everything.
  registerStub(name, clear, { fails: ["UNCOPIED"] }),
);
