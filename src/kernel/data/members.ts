/** Members of structures by address. */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** Address of a member. */
export const at = (k: Kernel, struct: string, base: Address, field: string): Address =>
  base + k.offsetOf(struct, field);

/** Sets a member that is a pointer. */
export const point = (k: Kernel, struct: string, base: Address, field: string, value: Address): void =>
  k.memory.setPointer(base + k.offsetOf(struct, field), value);
