/** include/linux/gpio.h, as drivers/gpio/gpiolib-legacy.c does it: lines by number. */
import type { Address } from "../../src/base/address.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  FLAG,
  directionInput,
  directionOutputRaw,
  freeLine,
  lineAt,
  requestLine,
  setFlag,
} from "../../src/kernel/gpio/lines.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const EPROBE_DEFER = 517;
const GPIOF = { DIR_IN: 1, INIT_HIGH: 2, ACTIVE_LOW: 4, OPEN_DRAIN: 8, OPEN_SOURCE: 16 } as const;
/** struct gpio: number, flags, label. */
const ENTRY = { FLAGS: 8, LABEL: 16, SIZE: 24 } as const;

/** A line by its number: one that may come later is waited for. */
const numbered = (k: Kernel, gpio: number): NonNullable<ReturnType<typeof lineAt>> => {
  const line = lineAt(k, k.gpio.descOf(gpio));
  if (line === undefined) throw new Errno(EPROBE_DEFER);
  return line;
};

function* free(k: Kernel, gpio: number): Routine<void> {
  const line = lineAt(k, k.gpio.descOf(gpio));
  if (line !== undefined) yield* freeLine(k, line);
}

function* requestOne(k: Kernel, gpio: number, flags: number, label: Address): Routine<void> {
  const line = numbered(k, gpio);
  yield* requestLine(k, line, label);
  if ((flags & GPIOF.OPEN_DRAIN) !== 0) setFlag(k, line, FLAG.OPEN_DRAIN);
  if ((flags & GPIOF.OPEN_SOURCE) !== 0) setFlag(k, line, FLAG.OPEN_SOURCE);
  if ((flags & GPIOF.ACTIVE_LOW) !== 0) setFlag(k, line, FLAG.ACTIVE_LOW);
  try {
    if ((flags & GPIOF.DIR_IN) !== 0) yield* directionInput(k, line);
    else yield* directionOutputRaw(k, line, flags & GPIOF.INIT_HIGH);
  } catch (error) {
    if (error instanceof Errno) yield* freeLine(k, line);
    throw error;
  }
}

/** The ledger's name of a line. */
const descOf = (k: Kernel, { gpio }: { readonly gpio: number }): Address => k.gpio.descOf(gpio);
const REQUESTS = { fails: ["EBUSY", "EPROBE_DEFER"], acquires: { gpio: descOf } } as const;

export const gpioRequest = stub(
  "int gpio_request(unsigned int gpio, const char *label)",
  REQUESTS,
  function* (k, { gpio, label }) {
    yield* requestLine(k, numbered(k, gpio), label);
    return 0;
  },
);
export const gpioRequestOne = stub(
  "int gpio_request_one(unsigned int gpio, unsigned long flags, const char *label)",
  REQUESTS,
  function* (k, { gpio, flags, label }) {
    yield* requestOne(k, gpio, Number(flags & 0xffn), label);
    return 0;
  },
);
export const gpioFree = stub(
  "void gpio_free(unsigned int gpio)",
  { releases: { gpio: descOf } },
  function* (k, { gpio }) {
    yield* free(k, gpio);
  },
);

const MAX_ARRAY = 4096;

export const gpioRequestArray = stub(
  "int gpio_request_array(const struct gpio *array, size_t num)",
  { fails: ["EBUSY", "EPROBE_DEFER"] },
  function* (k, { array, num }) {
    for (let index = 0; index < Math.min(num, MAX_ARRAY); index += 1) {
      const at = array + index * ENTRY.SIZE;
      const flags = k.memory.u32(at + ENTRY.FLAGS);
      try {
        yield* requestOne(k, k.memory.u32(at), flags, k.memory.pointer(at + ENTRY.LABEL));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        for (let back = index - 1; back >= 0; back -= 1)
          yield* free(k, k.memory.u32(array + back * ENTRY.SIZE));
        throw error;
      }
    }
    return 0;
  },
);
export const gpioFreeArray = stub(
  "void gpio_free_array(const struct gpio *array, size_t num)",
  function* (k, { array, num }) {
    for (let index = Math.min(num, MAX_ARRAY) - 1; index >= 0; index -= 1)
      yield* free(k, k.memory.u32(array + index * ENTRY.SIZE));
  },
);
