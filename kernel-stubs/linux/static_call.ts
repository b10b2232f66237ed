/** include/linux/static_call.h, as kernel/static_call_inline.c does it. */
import { updateStaticCall } from "../../src/kernel/static-calls.ts";
import { guestCode, stub } from "../../src/stub/declare.ts";

export const staticCallUpdate = stub(
  "void __static_call_update(struct static_call_key *key, void *tramp, void *func)",
  { sleeps: true },
  (k, { key, tramp, func }) => updateStaticCall(k, key, tramp, func),
);

/** xor %eax, %eax; ret */
export const staticCallReturn0 = guestCode("__static_call_return0", [0x31, 0xc0, 0xc3]);
