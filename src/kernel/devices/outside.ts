import type { AccessSize } from "./model.ts";

/**
 * What reaches the kernel from outside of it: registers, ports, configuration space, random numbers.
 * Whoever experiments with a driver may answer in the place of the devices. No state of the kernel's:
 * a snapshot does not put it back.
 */
export interface Outside {
  /** Asked at each read of a device: the value, unsigned; undefined leaves the answer to the device. */
  answer: ((size: AccessSize) => bigint | undefined) | undefined;
  /** From now on device memory that is mapped is asked for, too, where no model answers. */
  everywhere: boolean;
}

export const createOutside = (): Outside => ({ answer: undefined, everywhere: false });

/** What is read: the answer from outside where there is one, else the device's own. */
export const heard = ({ answer }: Pick<Outside, "answer">, size: AccessSize, own: () => bigint): bigint =>
  answer?.(size) ?? own();
