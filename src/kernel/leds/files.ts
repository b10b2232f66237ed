/** /sys/class/leds/NAME: how bright it is, and by what (drivers/leds/led-class.c, led-triggers.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { putText } from "../data/text.ts";
import { deviceKobject } from "../devices/device-members.ts";
import type { Kernel } from "../kernel.ts";
import { type AttributeHandlers, attributeFile } from "../vfs/attribute-file.ts";

const LED_SYSFS_DISABLE = 1 << 17;
const MAX_TRIGGERS = 1000;

/** The file's text without its newline. */
const written = (k: Kernel, page: Address, length: number): string =>
  Buffer.from(k.memory.bytes(page, length)).toString("latin1").replace(/\n$/, "");

const brightness = (k: Kernel, led: Address): AttributeHandlers => ({
  *show(page) {
    const self = k.struct("led_classdev", led);
    if (self.brightness_get !== 0) {
      const now = asInt(yield* k.call(self.brightness_get, led));
      if (now >= 0) self.brightness = now;
    }
    return putText(k.memory, page, `${self.brightness}\n`);
  },
  *store(page, length) {
    if ((k.struct("led_classdev", led).flags & LED_SYSFS_DISABLE) !== 0) throw new Errno(EBUSY);
    const text = written(k, page, length);
    if (!/^\d+$/.test(text)) throw new Errno(EINVAL);
    const value = Number(text);
    if (value === 0) yield* k.leds.setTrigger(led, 0);
    yield* k.leds.setBrightness(led, value);
    return length;
  },
});

const trigger = (k: Kernel, led: Address): AttributeHandlers => ({
  *show(page) {
    const { trigger: own, trigger_type: kind } = k.struct("led_classdev", led);
    const names = [...k.leds.triggers().entries()].slice(0, MAX_TRIGGERS).flatMap(([at, name]) => {
      const { trigger_type: type } = k.struct("led_trigger", at);
      if (type !== 0 && type !== kind) return [];
      return [at === own ? `[${name}]` : name];
    });
    return putText(k.memory, page, `${[own === 0 ? "[none]" : "none", ...names].join(" ")}\n`);
  },
  *store(page, length) {
    if ((k.struct("led_classdev", led).flags & LED_SYSFS_DISABLE) !== 0) throw new Errno(EBUSY);
    const text = written(k, page, length);
    const found = [...k.leds.triggers().entries()].find(([, name]) => name === text)?.[0];
    if (found === undefined && text !== "none") throw new Errno(EINVAL);
    if (found !== undefined && k.struct("led_classdev", led).trigger === found) return length;
    yield* k.leds.setTrigger(led, found ?? 0);
    return length;
  },
});

const most = (k: Kernel, led: Address): AttributeHandlers => ({
  *show(page) {
    return putText(k.memory, page, `${k.struct("led_classdev", led).max_brightness}\n`);
  },
});

export const addLedFiles = (k: Kernel, led: Address): void => {
  const kobject = deviceKobject(k, k.struct("led_classdev", led).dev);
  const add = (name: string, mode: number, handlers: AttributeHandlers): void =>
    k.vfs.sysfs.addFile(kobject, { name, mode, attribute: 0, operations: attributeFile(k, handlers) });
  add("brightness", 0o644, brightness(k, led));
  add("max_brightness", 0o444, most(k, led));
  add("trigger", 0o644, trigger(k, led));
};
