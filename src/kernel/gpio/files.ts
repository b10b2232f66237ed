/** GPIO chips in debugfs and sysfs (drivers/gpio/gpiolib.c, gpiolib-sysfs.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EPERM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { putText, staticText } from "../data/text.ts";
import { registerClass } from "../devices/classes.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { createDevice, unregisterDevice } from "../devices/device.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { attributeFile } from "../vfs/attribute-file.ts";
import type { Chip } from "./chips.ts";
import { FLAG, flagOf, getDirection, getRaw, lineAt } from "./lines.ts";

const column = (text: ByteString): ByteString => text.slice(0, 20).padEnd(20);

function* chipText(k: Kernel, chip: Chip): Routine<ByteString> {
  const last = chip.base + chip.ngpio - 1;
  let text = `gpiochip${chip.id}: GPIOs ${chip.base}-${last}, ${chip.label}:\n`;
  for (let number = chip.base; number <= last; number += 1) {
    const line = lineAt(k, k.gpio.descOf(number));
    if (line === undefined || !flagOf(k, line, FLAG.REQUESTED)) continue;
    const { label } = k.struct("gpio_desc", line.desc);
    const out = (yield* getDirection(k, line)) === 0;
    const level = (yield* getRaw(k, line)) === 0 ? "lo" : "hi";
    const low = flagOf(k, line, FLAG.ACTIVE_LOW) ? "ACTIVE LOW" : "";
    const name = label === 0 ? "?" : k.memory.cstring(label, 64);
    text += ` gpio-${`${number}`.padEnd(3)} (${column("")}|${column(name)}) ${out ? "out" : "in "} ${level} ${low}\n`;
  }
  return text;
}

/** Text of /sys/kernel/debug/gpio. */
function* gpioText(k: Kernel): Routine<ByteString> {
  const parts: ByteString[] = [];
  for (const chip of k.gpio.chips.values()) parts.push(yield* chipText(k, chip));
  return parts.join("\n");
}

/** struct class "gpio"; made with the first chip. */
function* gpioClass(k: Kernel): Routine<Address> {
  for (const family of k.driverCore.classes.keys())
    if (k.memory.cstring(k.struct("class", family).name, 16) === "gpio") return family;
  const family = k.statics.allocate(k.sizeOf("class"));
  k.struct("class", family).name = staticText(k, "gpio");
  yield* registerClass(k, family);
  const kobject = k.driverCore.classes.get(family)?.kobject ?? 0;
  for (const each of ["export", "unexport"]) {
    const operations = attributeFile(k, {
      // Exporting a line to user space is not played.
      *store() {
        throw new Errno(EPERM);
      },
    });
    k.vfs.sysfs.addFile(kobject, { name: each, mode: 0o200, attribute: 0, operations });
  }
  return family;
}

/** Gives the chip its place in sysfs and the file in debugfs; its device. */
export function* showChip(k: Kernel, chip: Chip): Routine<Address> {
  if (k.vfs.tree.find("/sys/kernel/debug/gpio") === undefined) {
    const operations = attributeFile(k, {
      *show(page) {
        return putText(k.memory, page, (yield* gpioText(k)).slice(0, 4095));
      },
    });
    k.vfs.debugfs.create({ name: "gpio", mode: 0o444, parent: 0, data: 0, server: { operations } });
  }
  const family = yield* gpioClass(k);
  const parent = chip.guest === 0 ? 0 : k.struct("gpio_chip", chip.guest).parent;
  const name = `gpiochip${chip.base}`;
  return yield* createDevice(k, { class: family, parent, devt: 0, data: 0, groups: 0, name });
}

/** Takes it out of sysfs. */
export function* hideChip(k: Kernel, chip: Chip): Routine<void> {
  const name = `gpiochip${chip.base}`;
  for (const device of k.driverCore.devices.keys()) {
    const kobject = deviceKobject(k, device);
    if (k.driverCore.kobjects.name(kobject) === name) return yield* unregisterDevice(k, device);
  }
}
