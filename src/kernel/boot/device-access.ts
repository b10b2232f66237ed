import { RIP } from "../../abi/calls.ts";
import { PAGE_SIZE, toAddress } from "../../base/address.ts";
import type { Exception } from "../exception.ts";
import type { Kernel } from "../kernel.ts";
import { playInstruction } from "../memory/mmio.ts";

/** Bytes of the longest instruction. */
const INSTRUCTION_MAX = 15;

/** The guest's page fault, where it touched registers of a device that is a model: the access is played. */
export const touchDevice = (k: Kernel, exception: Exception): boolean => {
  const address = toAddress(exception.address);
  if (exception.stub !== undefined || !k.io.isDevice(address)) return false;
  const rip = k.executor.register(RIP);
  const length = k.memory.accessible(rip, INSTRUCTION_MAX, "read")
    ? INSTRUCTION_MAX
    : PAGE_SIZE - (rip & (PAGE_SIZE - 1));
  return playInstruction(k.executor, k.memory.bytes(rip, length), address, k.io);
};
