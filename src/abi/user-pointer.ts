import type { Address } from "../base/address.ts";
import type { UserPtr } from "./prototype-types.ts";

/** The number behind a `__user` pointer: for range checks and for the user half of memory only. */
export const userAddress = (pointer: UserPtr<string>): Address => pointer as unknown as Address;
