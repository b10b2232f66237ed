/** include/linux/leds.h, as drivers/leds does it. */
import type { Address } from "../../src/base/address.ts";
import { Errno } from "../../src/base/errors.ts";
import { disown, ownWith } from "../../src/kernel/devices/devres.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 64;

export const ledTriggerRegister = stub(
  "int led_trigger_register(struct led_trigger *trig)",
  { fails: ["EEXIST"], sleeps: true, acquires: { led_trigger: "trig" } },
  function* (k, { trig }) {
    yield* k.leds.addTrigger(trig);
    return 0;
  },
);
export const ledTriggerUnregister = stub(
  "void led_trigger_unregister(struct led_trigger *trig)",
  { sleeps: true, releases: { led_trigger: "trig" } },
  function* (k, { trig }) {
    yield* k.leds.removeTrigger(trig);
  },
);

/** A trigger that has no more than a name; NULL where it cannot be had. */
export const ledTriggerRegisterSimple = stub(
  "void led_trigger_register_simple(const char *name, struct led_trigger **trigger)",
  { sleeps: true, acquires: { simple_led_trigger: (k, { trigger }) => k.memory.pointer(trigger) } },
  function* (k, { name, trigger }) {
    const made = k.heap.internal(new Uint8Array(k.sizeOf("led_trigger")));
    k.struct("led_trigger", made).name = name;
    try {
      yield* k.leds.addTrigger(made);
      k.memory.setPointer(trigger, made);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      k.heap.kfree(made);
      const text = k.memory.cstring(name, NAME_MAX);
      k.printk(4, `LED trigger ${text} failed to register (${-error.errno})`);
      k.memory.setPointer(trigger, 0);
    }
  },
);
export const ledTriggerUnregisterSimple = stub(
  "void led_trigger_unregister_simple(struct led_trigger *trigger)",
  { sleeps: true, releases: { simple_led_trigger: "trigger" } },
  function* (k, { trigger }) {
    if (trigger === 0) return;
    yield* k.leds.removeTrigger(trigger);
    k.heap.kfree(trigger);
  },
);
export const ledTriggerEvent = stub(
  "void led_trigger_event(struct led_trigger *trigger, enum led_brightness event)",
  function* (k, { trigger, event }) {
    yield* k.leds.event(trigger, event);
  },
);

/** Lit as long as the delays say; nothing blinks. */
const BLINK = { level: { partial: "a light is lit once and does not blink" } } as const;
const lit = function* (k: Kernel, trigger: Address): Routine<void> {
  if (trigger !== 0) yield* k.leds.event(trigger, 1);
};
export const ledTriggerBlink = stub(
  "void led_trigger_blink(struct led_trigger *trigger, unsigned long *delay_on, unsigned long *delay_off)",
  BLINK,
  function* (k, { trigger }) {
    yield* lit(k, trigger);
  },
);
export const ledTriggerBlinkOneshot = stub(
  `void led_trigger_blink_oneshot(struct led_trigger *trigger, unsigned long *delay_on,
      unsigned long *delay_off, int invert)`,
  BLINK,
  function* (k, { trigger }) {
    yield* lit(k, trigger);
  },
);

export const ledTriggerSet = stub(
  "int led_trigger_set(struct led_classdev *led_cdev, struct led_trigger *trigger)",
  { sleeps: true, fails: ["ENOMEM"] },
  function* (k, { led_cdev: led, trigger }) {
    yield* k.leds.setTrigger(led, trigger);
    return 0;
  },
);
export const ledTriggerSetDefault = stub(
  "void led_trigger_set_default(struct led_classdev *led_cdev)",
  { sleeps: true },
  function* (k, { led_cdev: led }) {
    yield* k.leds.setDefaultTrigger(led);
  },
);
export const ledTriggerRemove = stub(
  "void led_trigger_remove(struct led_classdev *led_cdev)",
  { sleeps: true },
  function* (k, { led_cdev: led }) {
    yield* k.leds.setTrigger(led, 0);
  },
);

const LEVEL = { partial: "what firmware nodes say of a light is not read; nothing blinks" } as const;
const register = function* (k: Kernel, parent: Address, led: Address, data: Address): Routine<void> {
  const given = data === 0 ? 0 : k.struct("led_init_data", data).default_label;
  const { name } = k.struct("led_classdev", led);
  const text = [name, given].find((each) => each !== 0) ?? 0;
  yield* k.leds.register(led, parent, text === 0 ? "" : k.memory.cstring(text, NAME_MAX));
};
export const ledClassdevRegisterExt = stub(
  `int led_classdev_register_ext(struct device *parent, struct led_classdev *led_cdev,
      struct led_init_data *init_data)`,
  { fails: ["ENOMEM", "EINVAL", "EEXIST"], sleeps: true, acquires: { led: "led_cdev" }, level: LEVEL },
  function* (k, { parent, led_cdev: led, init_data: data }) {
    yield* register(k, parent, led, data);
    return 0;
  },
);
export const ledClassdevUnregister = stub(
  "void led_classdev_unregister(struct led_classdev *led_cdev)",
  { sleeps: true, releases: { led: "led_cdev" } },
  function* (k, { led_cdev: led }) {
    yield* k.leds.unregister(led);
  },
);

export const ledSetBrightness = stub(
  "void led_set_brightness(struct led_classdev *led_cdev, unsigned int brightness)",
  function* (k, { led_cdev: led, brightness }) {
    yield* k.leds.setBrightness(led, brightness);
  },
);

export const devmLedTriggerRegister = stub(
  "int devm_led_trigger_register(struct device *dev, struct led_trigger *trigger)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true },
  function* (k, { dev, trigger }) {
    yield* k.leds.addTrigger(trigger);
    ownWith(k, dev, "led_trigger", trigger);
    return 0;
  },
);
export const devmLedClassdevRegisterExt = stub(
  `int devm_led_classdev_register_ext(struct device *parent, struct led_classdev *led_cdev,
      struct led_init_data *init_data)`,
  { fails: ["ENOMEM", "EINVAL", "EEXIST"], sleeps: true, level: LEVEL },
  function* (k, { parent, led_cdev: led, init_data: data }) {
    yield* register(k, parent, led, data);
    ownWith(k, parent, "led", led);
    return 0;
  },
);
export const devmLedClassdevUnregister = stub(
  "void devm_led_classdev_unregister(struct device *parent, struct led_classdev *led_cdev)",
  { sleeps: true },
  function* (k, { parent, led_cdev: led }) {
    if (disown(k, parent, "led", led)) yield* k.leds.unregister(led);
  },
);
