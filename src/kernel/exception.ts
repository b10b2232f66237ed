import { type Address, toPattern } from "../base/address.ts";
import type { FaultPlace, GuestFault } from "../base/errors.ts";

/** An exception that the CPU raised, or would have raised. */
export interface Exception {
  readonly vector: number;
  readonly errorCode: number;
  /** CR2, for a page fault. */
  readonly address: bigint;
  /** The stub whose host code touched bad memory, if it was not the guest itself. */
  readonly stub: string | undefined;
  /** Where the real function would have faulted. */
  readonly place?: FaultPlace | undefined;
}

const isCanonicalAddress = (address: Address): boolean => address >= -(2 ** 47) && address < 2 ** 47;

/** What the CPU would have raised: #PF, or #GP where the address is not canonical. */
export const faultException = (fault: GuestFault, stub: string | undefined): Exception => {
  const { place } = fault;
  if (!isCanonicalAddress(fault.address)) {
    return { vector: 13, errorCode: 0, address: place?.address ?? toPattern(fault.address), stub, place };
  }
  const errorCode = (fault.present ? 1 : 0) | (fault.write ? 2 : 0);
  return { vector: 14, errorCode, address: toPattern(fault.address), stub, place };
};
