/** GPIO chips and their lines (drivers/gpio/gpiolib.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";

/** Lines as a test sees them. */
export interface GpioModel {
  readonly label: ByteString;
  /** First number; picked when left out. */
  readonly base?: number;
  readonly lines: number;
  /** Level at an input, 0 or 1; what was driven last when left out. */
  readonly get?: (line: number) => number;
  /** The kernel drives an output. */
  readonly set?: (line: number, level: number) => void;
  /** Interrupt of a line. */
  readonly irq?: (line: number) => number | undefined;
}

export interface Chip {
  readonly id: number;
  /** The guest's struct gpio_chip, 0 where a model answers. */
  readonly guest: Address;
  readonly model: GpioModel | undefined;
  readonly label: ByteString;
  readonly owner: Address;
  readonly base: number;
  readonly ngpio: number;
  /** Array of struct gpio_desc. */
  readonly descs: Address;
}

export interface Gpio {
  /** By struct gpio_chip, or a number below zero for a model. */
  readonly chips: JournalMap<number, Chip>;
  /** Levels that outputs of models are driven to, by number. */
  readonly driven: JournalMap<number, number>;
  /** EINVAL, EBUSY when numbers are taken. */
  add(chip: Pick<Chip, "guest" | "model" | "label" | "owner" | "base" | "ngpio">): Chip;
  remove(chip: Chip): void;
  /** struct gpio_desc of a number; 0 when there is none. */
  descOf(gpio: number): Address;
  lineOf(desc: Address): { readonly chip: Chip; readonly line: number } | undefined;
}

const ARCH_NR_GPIOS = 1024;
/** FASTPATH_LIMIT, more than any chip has. */
const MAX_LINES = 4096;

export const createGpio = (k: Kernel): Gpio => {
  const chips: Gpio["chips"] = k.journal.map();
  const descSize = (): number => k.sizeOf("gpio_desc");
  const overlaps = (base: number, ngpio: number): boolean =>
    [...chips.values()].some((each) => each.base < base + ngpio && base < each.base + each.ngpio);
  /** gpiochip_find_base(): as high as there is room. */
  const findBase = (ngpio: number): number => {
    for (let base = ARCH_NR_GPIOS - ngpio; base >= 0; base -= 1) if (!overlaps(base, ngpio)) return base;
    throw new Errno(EBUSY);
  };
  const freeId = (): number => {
    const taken = new Set([...chips.values()].map(({ id }) => id));
    let id = 0;
    while (taken.has(id)) id += 1;
    return id;
  };
  const find = (matches: (chip: Chip) => boolean): Chip | undefined => [...chips.values()].find(matches);
  return {
    chips,
    driven: k.journal.map(),
    add(wanted) {
      const { ngpio, guest } = wanted;
      if (ngpio === 0 || ngpio > MAX_LINES) throw new Errno(EINVAL);
      const base = wanted.base < 0 ? findBase(ngpio) : wanted.base;
      if (overlaps(base, ngpio)) {
        k.printk(3, "GPIO integer space overlap, cannot add chip");
        throw new Errno(EBUSY);
      }
      const descs = k.heap.kmalloc(descSize() * ngpio, GFP_KERNEL);
      k.memory.fill(descs, 0, descSize() * ngpio);
      const chip: Chip = { ...wanted, id: freeId(), base, descs };
      chips.set(guest === 0 ? -1 - chip.id : guest, chip);
      return chip;
    },
    remove(chip) {
      chips.delete(chip.guest === 0 ? -1 - chip.id : chip.guest);
      k.heap.kfree(chip.descs);
    },
    descOf(gpio) {
      const chip = find(({ base, ngpio }) => gpio >= base && gpio < base + ngpio);
      return chip === undefined ? 0 : chip.descs + (gpio - chip.base) * descSize();
    },
    lineOf(desc) {
      const chip = find(({ descs, ngpio }) => desc >= descs && desc < descs + ngpio * descSize());
      return chip === undefined ? undefined : { chip, line: Math.floor((desc - chip.descs) / descSize()) };
    },
  };
};
