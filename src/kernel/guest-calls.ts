import { REG } from "unicorn-engine";
import { type Address, addressFromHalves, highHalf, lowHalf } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { GuestCall } from "./routine.ts";
import type { GuestFrame, Task } from "./task.ts";

/** A register file with a view of its 32-bit halves: most values are numbers, and bigints are dear. */
export interface Registers {
  readonly patterns: BigUint64Array;
  /** Register n is halves[2n] (low) and halves[2n + 1]. */
  readonly halves: Int32Array;
}

export const registersOf = (patterns: BigUint64Array): Registers => ({
  patterns,
  halves: new Int32Array(patterns.buffer, patterns.byteOffset, patterns.length * 2),
});

export const readRegister = ({ halves }: Registers, index: number): Address =>
  addressFromHalves(halves[index * 2] ?? 0, halves[index * 2 + 1] ?? 0);

export const writeRegister = ({ halves }: Registers, index: number, value: Address): void => {
  halves[index * 2] = lowHalf(value);
  halves[index * 2 + 1] = highHalf(value);
};

const ARGUMENTS = [REG.RDI, REG.RSI, REG.RDX, REG.RCX, REG.R8, REG.R9] as const;
/** Reserved bit 1. */
const RFLAGS = 2;
const INTERRUPTS_ON = 0x200;

const HALVES = 36;

/** A copy for a frame. */
const halvesOf = ({ halves }: Registers): number[] => {
  const copy: number[] = [];
  for (let index = 0; index < HALVES; index += 1) copy.push(halves[index] ?? 0);
  return copy;
};

/** A register of a frame's. */
export const frameRegister = ({ registers }: GuestFrame, index: number): Address =>
  addressFromHalves(registers[index * 2] ?? 0, registers[index * 2 + 1] ?? 0);

/** Sets registers and stack up for `call`; the caller's registers become a frame of the task. */
export const enterCall = (
  memory: GuestMemory,
  task: Task,
  registers: Registers,
  { fn, args }: GuestCall,
  returnTo: Address,
): void => {
  const { patterns, halves } = registers;
  task.frames.push({ kind: "guest", fn, registers: halvesOf(registers) });
  // Skip nothing: the kernel has no red zone. Align as a call expects it.
  let stack = Math.floor(readRegister(registers, REG.RSP) / 16) * 16;
  const extra = Math.max(0, args.length - ARGUMENTS.length);
  stack -= (extra + (extra & 1)) * 8;
  for (let index = 0; index < args.length; index += 1) {
    const value = args[index] ?? 0;
    const target = ARGUMENTS[index];
    if (target === undefined) {
      memory.setU64(stack + (index - ARGUMENTS.length) * 8, BigInt.asUintN(64, BigInt(value)));
    } else if (typeof value === "number") writeRegister(registers, target, value);
    else patterns[target] = BigInt.asUintN(64, value);
  }
  stack -= 8;
  memory.setPointer(stack, returnTo);
  writeRegister(registers, REG.RSP, stack);
  writeRegister(registers, REG.RIP, fn);
  // The function inherits whether interrupts are on, and nothing else.
  halves[REG.RFLAGS * 2] = RFLAGS | ((halves[REG.RFLAGS * 2] ?? 0) & INTERRUPTS_ON);
  halves[REG.RFLAGS * 2 + 1] = 0;
};

/** Puts the caller's registers back; what the function did to the flags stays done. */
export const leaveCall = ({ halves }: Registers, { registers }: GuestFrame): void => {
  const flags = halves[REG.RFLAGS * 2] ?? 0;
  for (let index = 0; index < HALVES; index += 1) halves[index] = registers[index] ?? 0;
  halves[REG.RFLAGS * 2] = flags;
  halves[REG.RFLAGS * 2 + 1] = 0;
};
