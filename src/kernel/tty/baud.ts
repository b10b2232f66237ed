/** Speeds in a struct ktermios (drivers/tty/tty_baudrate.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

const SPEEDS: readonly number[] = [
  0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200,
  230_400, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000,
  3_000_000, 3_500_000, 4_000_000,
];
const CBAUD = 0o10017;
const CBAUDEX = 0o10000;
/** Any speed: the number stands beside. */
const BOTHER = CBAUDEX;
/** Those of the input are the same bits, so much higher. */
const IBSHIFT = 16;
const BITS = 15;

const bitsOf = (index: number): number => (index <= BITS ? index : CBAUDEX | (index - BITS));
const speedOf = (bits: number): number =>
  SPEEDS[(bits & CBAUDEX) === 0 ? bits : (bits & ~CBAUDEX) + BITS] ?? 0;

/** tty_termios_baud_rate() */
export const baudRate = (k: Kernel, termios: Address): number => {
  const { c_cflag: flags, c_ospeed: speed } = k.struct("ktermios", termios);
  const bits = flags & CBAUD;
  return bits === BOTHER ? speed : speedOf(bits);
};

/** Entries of the table that a speed is as good as; one that is asked for by number has to be met. */
const closeTo = (speed: number, exact: boolean): number[] => {
  const near = exact ? 0 : Math.trunc(speed / 50);
  return [...SPEEDS.keys()].filter((index) => Math.abs((SPEEDS[index] ?? 0) - speed) <= near);
};

/** tty_termios_encode_baud_rate() */
export const encodeBaudRate = (k: Kernel, termios: Address, input: number, output: number): void => {
  const view = k.struct("ktermios", termios);
  const before = view.c_cflag;
  const wanted = (before >>> IBSHIFT) & CBAUD;
  const inputSpeed = output === 0 ? 0 : input;
  view.c_ispeed = inputSpeed;
  view.c_ospeed = output;
  let flags = before & ~CBAUD & ~(CBAUD << IBSHIFT);
  const exact = (before & CBAUD) === BOTHER;
  const out = closeTo(output, exact);
  const into = closeTo(inputSpeed, wanted === BOTHER || (exact && wanted === 0));
  // Of several that are close, the kernel's loop sets the bits of all.
  for (const index of out) flags |= bitsOf(index);
  for (const index of into) if (wanted !== 0 || !out.includes(index)) flags |= bitsOf(index) << IBSHIFT;
  if (out.length === 0) flags |= BOTHER;
  if (into.length === 0 && (inputSpeed !== output || wanted !== 0)) flags |= BOTHER << IBSHIFT;
  view.c_cflag = flags >>> 0;
};
