/** What is done with one GPIO line (drivers/gpio/gpiolib.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { isErr } from "../../base/err.ts";
import { EBUSY, EINVAL, EIO, ENXIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceMessage } from "../devices/message.ts";
import type { Chip } from "./chips.ts";

/** Bits of gpio_desc.flags (drivers/gpio/gpiolib.h). */
export const FLAG = {
  REQUESTED: 1n << 0n,
  IS_OUT: 1n << 1n,
  ACTIVE_LOW: 1n << 6n,
  OPEN_DRAIN: 1n << 7n,
  OPEN_SOURCE: 1n << 8n,
} as const;

const EPROBE_DEFER = 517;
const ENOTSUPP = 524;
const OUT = 0;
const IN = 1;

interface Line {
  readonly chip: Chip;
  readonly line: number;
  readonly desc: Address;
}

/** validate_desc(): undefined for NULL, which every call lets pass; EINVAL for what is none. */
export const lineAt = (k: Kernel, desc: Address): Line | undefined => {
  if (desc === 0) return undefined;
  if (isErr(desc)) throw new Errno(-desc);
  const found = k.gpio.lineOf(desc);
  if (found === undefined) throw new Errno(EINVAL);
  return { ...found, desc };
};

const view = (k: Kernel, { desc }: Line): ReturnType<typeof k.struct<"gpio_desc">> =>
  k.struct("gpio_desc", desc);
export const flagOf = (k: Kernel, line: Line, flag: bigint): boolean => (view(k, line).flags & flag) !== 0n;
const assign = (k: Kernel, line: Line, flag: bigint, value: boolean): void => {
  const { flags } = view(k, line);
  view(k, line).flags = value ? flags | flag : flags & ~flag;
};
export const setFlag = (k: Kernel, line: Line, flag: bigint): void => assign(k, line, flag, true);
export const toggleActiveLow = (k: Kernel, line: Line): void =>
  assign(k, line, FLAG.ACTIVE_LOW, !flagOf(k, line, FLAG.ACTIVE_LOW));

type Operation =
  | "request"
  | "free"
  | "get_direction"
  | "direction_input"
  | "direction_output"
  | "get"
  | "set"
  | "to_irq";

const has = (k: Kernel, { chip }: Line, operation: Operation): boolean =>
  chip.guest === 0
    ? operation !== "request" && operation !== "free"
    : k.struct("gpio_chip", chip.guest)[operation] !== 0;

const NO_IRQ = -ENXIO;

/** One of the chip's functions, the guest's or the model's; its int. */
function* operate(k: Kernel, { chip, line }: Line, operation: Operation, value = 0): Routine<number> {
  if (chip.guest !== 0) {
    const fn = k.struct("gpio_chip", chip.guest)[operation];
    return asInt(yield* k.call(fn, chip.guest, line, value));
  }
  const { model, base } = chip;
  const number = base + line;
  const known = k.gpio.driven.get(number);
  if (operation === "get_direction") return known === undefined ? IN : OUT;
  if (operation === "direction_input") k.gpio.driven.delete(number);
  else if (operation === "to_irq") return model?.irq?.(line) ?? NO_IRQ;
  else if (operation === "get") return known ?? ((model?.get?.(line) ?? 0) !== 0 ? 1 : 0);
  else if (operation === "set" || operation === "direction_output") {
    k.gpio.driven.set(number, value === 0 ? 0 : 1);
    model?.set?.(line, value === 0 ? 0 : 1);
  }
  return 0;
}

const check = (result: number): void => {
  if (result < 0) throw new Errno(-result);
};

/** gpiod_get_direction(): 0 out, 1 in; ENOTSUPP. */
export function* getDirection(k: Kernel, line: Line): Routine<number> {
  if (flagOf(k, line, FLAG.OPEN_DRAIN) && flagOf(k, line, FLAG.IS_OUT)) return OUT;
  if (!has(k, line, "get_direction")) throw new Errno(ENOTSUPP);
  const direction = yield* operate(k, line, "get_direction");
  check(direction);
  assign(k, line, FLAG.IS_OUT, direction === OUT);
  return direction === OUT ? OUT : IN;
}

/** gpiod_request(): EPROBE_DEFER, EBUSY, or the chip's own error. */
export function* requestLine(k: Kernel, line: Line, label: Address): Routine<void> {
  const owner = line.chip.owner === 0 ? undefined : k.modules.list.byStruct(line.chip.owner);
  if (owner !== undefined && !k.modules.references.tryGet(owner)) throw new Errno(EPROBE_DEFER);
  const drop = (): void => {
    if (owner !== undefined) k.modules.references.put(owner);
  };
  if (flagOf(k, line, FLAG.REQUESTED)) {
    drop();
    throw new Errno(EBUSY);
  }
  assign(k, line, FLAG.REQUESTED, true);
  view(k, line).label = label;
  const result = has(k, line, "request") ? yield* operate(k, line, "request") : 0;
  if (result !== 0) {
    assign(k, line, FLAG.REQUESTED, false);
    view(k, line).label = 0;
    drop();
    throw new Errno(-result);
  }
  if (has(k, line, "get_direction")) yield* getDirection(k, line);
}

/** gpiod_free() */
export function* freeLine(k: Kernel, line: Line): Routine<void> {
  if (!flagOf(k, line, FLAG.REQUESTED)) return;
  if (has(k, line, "free")) yield* operate(k, line, "free");
  const { REQUESTED, ACTIVE_LOW, OPEN_DRAIN, OPEN_SOURCE } = FLAG;
  view(k, line).flags &= ~(REQUESTED | ACTIVE_LOW | OPEN_DRAIN | OPEN_SOURCE);
  view(k, line).label = 0;
  const owner = line.chip.owner === 0 ? undefined : k.modules.list.byStruct(line.chip.owner);
  if (owner !== undefined) k.modules.references.put(owner);
}

const complain = (k: Kernel, { chip, line }: Line, text: ByteString): never => {
  deviceMessage(k, 4, 0, `gpio-${chip.base + line} (${chip.label}): ${text}`);
  throw new Errno(EIO);
};

export function* directionInput(k: Kernel, line: Line): Routine<void> {
  if (!has(k, line, "get") && has(k, line, "direction_input"))
    complain(k, line, "gpiod_direction_input: missing get() but have direction_input()");
  if (has(k, line, "direction_input")) check(yield* operate(k, line, "direction_input"));
  else if (has(k, line, "get_direction") && (yield* operate(k, line, "get_direction")) !== IN)
    complain(k, line, "gpiod_direction_input: missing direction_input() operation and line is output");
  assign(k, line, FLAG.IS_OUT, false);
}

export function* directionOutputRaw(k: Kernel, line: Line, value: number): Routine<void> {
  const level = value === 0 ? 0 : 1;
  if (!has(k, line, "set") && !has(k, line, "direction_output"))
    complain(k, line, "gpiod_direction_output_raw_commit: missing set() and direction_output() operations");
  if (has(k, line, "direction_output")) check(yield* operate(k, line, "direction_output", level));
  else {
    if (has(k, line, "get_direction") && (yield* operate(k, line, "get_direction")) !== OUT)
      complain(k, line, "gpiod_direction_output: missing direction_output() operation");
    yield* operate(k, line, "set", level);
  }
  assign(k, line, FLAG.IS_OUT, true);
}

const inverted = (k: Kernel, line: Line, value: number): number =>
  flagOf(k, line, FLAG.ACTIVE_LOW) ? Number(value === 0) : value;

/** gpiod_direction_output(): an open-drain line that is to be high is an input. */
export function* directionOutput(k: Kernel, line: Line, value: number): Routine<void> {
  const level = inverted(k, line, value);
  const floats = flagOf(k, line, level === 0 ? FLAG.OPEN_SOURCE : FLAG.OPEN_DRAIN);
  if (floats) yield* directionInput(k, line);
  else yield* directionOutputRaw(k, line, level);
}

export function* getRaw(k: Kernel, line: Line): Routine<number> {
  if (!has(k, line, "get")) throw new Errno(EIO);
  const value = yield* operate(k, line, "get");
  check(value);
  return value === 0 ? 0 : 1;
}
export function* getValue(k: Kernel, line: Line): Routine<number> {
  return inverted(k, line, yield* getRaw(k, line));
}
export function* setRaw(k: Kernel, line: Line, value: number): Routine<void> {
  if (has(k, line, "set")) yield* operate(k, line, "set", value === 0 ? 0 : 1);
}
export function* setValue(k: Kernel, line: Line, value: number): Routine<void> {
  const level = inverted(k, line, value);
  const floats = flagOf(k, line, level === 0 ? FLAG.OPEN_SOURCE : FLAG.OPEN_DRAIN);
  if (floats) yield* directionInput(k, line);
  else if (flagOf(k, line, FLAG.OPEN_DRAIN) || flagOf(k, line, FLAG.OPEN_SOURCE))
    yield* directionOutputRaw(k, line, level);
  else yield* setRaw(k, line, level);
}

/** gpiod_to_irq(): ENXIO. */
export function* lineIrq(k: Kernel, line: Line): Routine<number> {
  const irq = has(k, line, "to_irq") ? yield* operate(k, line, "to_irq") : NO_IRQ;
  check(irq === 0 ? NO_IRQ : irq);
  return irq;
}
