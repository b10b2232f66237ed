/** include/linux/gpio/consumer.h, as drivers/gpio/gpiolib.c does it. */
import type { Address } from "../../../src/base/address.ts";
import { isErr } from "../../../src/base/err.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import {
  FLAG,
  directionInput,
  directionOutput,
  directionOutputRaw,
  flagOf,
  getDirection,
  getRaw,
  getValue,
  lineAt,
  lineIrq,
  setRaw,
  setValue,
  toggleActiveLow,
} from "../../../src/kernel/gpio/lines.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import type { Routine } from "../../../src/kernel/routine.ts";
import { type Stub, stub } from "../../../src/stub/declare.ts";

type Line = NonNullable<ReturnType<typeof lineAt>>;
type Read = (k: Kernel, line: Line) => Routine<number>;
type Write = (k: Kernel, line: Line, value: number) => Routine<void>;

/** Each has a twin that may sleep. */
const reads: readonly (readonly [string, Read])[] = [
  ["gpiod_get_value", getValue],
  ["gpiod_get_raw_value", getRaw],
];
const writes: readonly (readonly [string, Write])[] = [
  ["gpiod_set_value", setValue],
  ["gpiod_set_raw_value", setRaw],
];

export const gpiodReads: readonly Stub[] = reads.flatMap(([name, read]) =>
  [name, `${name}_cansleep`].map((each) =>
    stub(
      `int ${each}(const struct gpio_desc *desc)` as "int f(const struct gpio_desc *desc)",
      each === name ? { fails: ["EIO"] } : { fails: ["EIO"], sleeps: true },
      function* (k, { desc }) {
        const line = lineAt(k, desc);
        return line === undefined ? 0 : yield* read(k, line);
      },
    ),
  ),
);
export const gpiodWrites: readonly Stub[] = writes.flatMap(([name, write]) =>
  [name, `${name}_cansleep`].map((each) =>
    stub(
      `void ${each}(struct gpio_desc *desc, int value)` as "void f(struct gpio_desc *desc, int value)",
      each === name ? {} : { sleeps: true },
      function* (k, { desc, value }) {
        try {
          const line = lineAt(k, desc);
          if (line !== undefined) yield* write(k, line, value);
        } catch (error) {
          // Of a wrong descriptor or a chip that cannot, nobody hears.
          if (!(error instanceof Errno)) throw error;
        }
      },
    ),
  ),
);

export const gpiodDirectionInput = stub(
  "int gpiod_direction_input(struct gpio_desc *desc)",
  { fails: ["EIO"] },
  function* (k, { desc }) {
    const line = lineAt(k, desc);
    if (line !== undefined) yield* directionInput(k, line);
    return 0;
  },
);
const outputs: readonly (readonly [string, Write])[] = [
  ["gpiod_direction_output", directionOutput],
  ["gpiod_direction_output_raw", directionOutputRaw],
];
export const gpiodOutputs: readonly Stub[] = outputs.map(([name, write]) =>
  stub(
    `int ${name}(struct gpio_desc *desc, int value)` as "int f(struct gpio_desc *desc, int value)",
    { fails: ["EIO"] },
    function* (k, { desc, value }) {
      const line = lineAt(k, desc);
      if (line !== undefined) yield* write(k, line, value);
      return 0;
    },
  ),
);
export const gpiodGetDirection = stub(
  "int gpiod_get_direction(struct gpio_desc *desc)",
  { fails: ["EINVAL"] },
  function* (k, { desc }) {
    const line = lineAt(k, desc);
    if (line === undefined) throw new Errno(EINVAL);
    return yield* getDirection(k, line);
  },
);
export const gpiodToIrq = stub(
  "int gpiod_to_irq(const struct gpio_desc *desc)",
  { fails: ["ENXIO"] },
  function* (k, { desc }) {
    const line = lineAt(k, desc);
    if (line === undefined) throw new Errno(EINVAL);
    return yield* lineIrq(k, line);
  },
);

const known = (k: Kernel, desc: Address): Line | undefined => (desc === 0 ? undefined : lineAt(k, desc));

export const gpiodCansleep = stub("int gpiod_cansleep(const struct gpio_desc *desc)", (k, { desc }) => {
  const guest = known(k, desc)?.chip.guest ?? 0;
  return guest === 0 ? 0 : Number(k.struct("gpio_chip", guest).can_sleep);
});
export const gpiodIsActiveLow = stub(
  "int gpiod_is_active_low(const struct gpio_desc *desc)",
  (k, { desc }) => {
    const line = known(k, desc);
    return line !== undefined && flagOf(k, line, FLAG.ACTIVE_LOW) ? 1 : 0;
  },
);
export const gpiodToggleActiveLow = stub(
  "void gpiod_toggle_active_low(struct gpio_desc *desc)",
  (k, { desc }) => {
    const line = isErr(desc) ? undefined : k.gpio.lineOf(desc);
    if (line !== undefined) toggleActiveLow(k, { ...line, desc });
  },
);
export const descToGpio = stub("int desc_to_gpio(const struct gpio_desc *desc)", (k, { desc }) => {
  const line = known(k, desc);
  return line === undefined ? -1 : line.chip.base + line.line;
});
export const gpioToDesc = stub("struct gpio_desc *gpio_to_desc(unsigned int gpio)", (k, { gpio }) => {
  const desc = k.gpio.descOf(gpio);
  if (desc === 0 && gpio >= 1024) k.printk(4, `invalid GPIO ${gpio | 0}`);
  return desc;
});
