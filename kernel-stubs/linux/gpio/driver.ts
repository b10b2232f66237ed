/** include/linux/gpio/driver.h, as drivers/gpio/gpiolib.c does it. */
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { hideChip, showChip } from "../../../src/kernel/gpio/files.ts";
import { stub } from "../../../src/stub/declare.ts";

export const gpiochipAddDataWithKey = stub(
  `int gpiochip_add_data_with_key(struct gpio_chip *gc, void *data, struct lock_class_key *lock_key,
      struct lock_class_key *request_key)`,
  {
    fails: ["ENOMEM", "EINVAL", "EBUSY"],
    sleeps: true,
    acquires: { gpio_chip: "gc" },
    level: { partial: "no /dev/gpiochipN, no export of lines to user space, no interrupt chip" },
  },
  function* (k, { gc, data }) {
    const view = k.struct("gpio_chip", gc);
    const label = view.label === 0 ? "unknown" : k.memory.cstring(view.label, 256);
    if (view.ngpio === 0) {
      k.printk(
        3,
        `gpiochip_add_data_with_key: GPIOs ${view.base}..${view.base - 1} (${label}) failed to register, -22`,
      );
      throw new Errno(EINVAL);
    }
    const { owner, base, ngpio } = view;
    const chip = k.gpio.add({ guest: gc, model: undefined, label, owner, base, ngpio });
    view.base = chip.base;
    const gdev = k.heap.internal(new Uint8Array(k.sizeOf("gpio_device")));
    const device = k.struct("gpio_device", gdev);
    Object.assign(device, { id: chip.id, chip: gc, descs: chip.descs, base: chip.base, ngpio, data });
    view.gpiodev = gdev as typeof view.gpiodev;
    yield* showChip(k, chip);
    return 0;
  },
);

export const gpiochipRemove = stub(
  "void gpiochip_remove(struct gpio_chip *gc)",
  { sleeps: true, releases: { gpio_chip: "gc" } },
  function* (k, { gc }) {
    const chip = k.gpio.chips.get(gc);
    if (chip === undefined) return;
    yield* hideChip(k, chip);
    k.gpio.remove(chip);
    k.heap.kfree(k.struct("gpio_chip", gc).gpiodev);
  },
);

export const gpiochipGetData = stub(
  "void *gpiochip_get_data(struct gpio_chip *gc)",
  (k, { gc }) => k.struct("gpio_device", k.struct("gpio_chip", gc).gpiodev).data,
);
