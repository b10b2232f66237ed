import type { Address } from "../base/address.ts";
import { toPattern } from "../base/address.ts";
import { RIP, type RegisterFile } from "../abi/calls.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Stub } from "./declare.ts";

/** "memcpy_erms+0x6" as an address. */
const addressOf = (k: Kernel, place: string): Address | undefined => {
  const [name = "", offset = "0"] = place.split("+");
  const start = k.symbols.address(name);
  return start === undefined ? undefined : start + Number(offset);
};

/**
 * Before an oops: moves RIP to where the real function would have faulted, if the stub says so. The
 * argument is the one that points nearest below the fault. RIP of a stub is one byte behind its place.
 */
export const placeFault = (
  k: Kernel,
  { faultsAt }: Stub,
  args: Readonly<Record<string, unknown>>,
  registers: RegisterFile,
  fault: Address,
): void => {
  let nearest: string | undefined;
  let distance = Infinity;
  for (const [argument, place] of Object.entries(faultsAt ?? {})) {
    const away = fault - (args[argument] as Address);
    if (away < 0 || away >= distance) continue;
    nearest = place;
    distance = away;
  }
  const address = nearest === undefined ? undefined : addressOf(k, nearest);
  if (address !== undefined) registers.u64[RIP] = toPattern(address + 1);
};
