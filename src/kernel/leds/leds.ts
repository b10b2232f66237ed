/** Lights and their triggers (drivers/leds/led-core.c, led-class.c, led-triggers.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EEXIST, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, entries, initList, removeInit } from "../data/guest-list.ts";
import { staticText } from "../data/text.ts";
import { registerClass } from "../devices/classes.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { createDevice, unregisterDevice } from "../devices/device.ts";
import { deviceMessage } from "../devices/message.ts";
import { addGroups, removeGroups } from "../devices/groups.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { type Routine, block } from "../routine.ts";
import { addLedFiles } from "./files.ts";

const MAX_NAME = 64;
const FULL = 255;
// flags of struct led_classdev
const SUSPENDED = 1;
const UNREGISTERING = 2;
const RETAIN_AT_SHUTDOWN = 1 << 22;
const INIT_DEFAULT_TRIGGER = 1 << 23;

export interface Leds {
  /** Errno EEXIST. */
  addTrigger(trigger: Address): Routine<void>;
  removeTrigger(trigger: Address): Routine<void>;
  /** By name, in the order they came. */
  triggers(): JournalMap<Address, ByteString>;
  /** led_trigger_set(): 0 takes it away. What the trigger's activate() answers. */
  setTrigger(led: Address, trigger: Address): Routine<void>;
  setDefaultTrigger(led: Address): Routine<void>;
  event(trigger: Address, brightness: number): Routine<void>;
  setBrightness(led: Address, value: number): Routine<void>;
  /** led_classdev_register(). Errno EEXIST, ENOMEM, EINVAL. */
  register(led: Address, parent: Address, name: ByteString): Routine<void>;
  unregister(led: Address): Routine<void>;
}

export const createLeds = (k: Kernel): Leds => {
  const triggers: JournalMap<Address, ByteString> = k.journal.map();
  /** Registered ones, and whether a worker still has to set one. */
  const leds: JournalMap<Address, { pending: boolean }> = k.journal.map();
  const state = { family: 0 };
  const view = (led: Address) => k.struct("led_classdev", led);
  const deviceOf = (led: Address): Address => view(led).dev;

  /** set_brightness_work */
  function* work(led: Address): Routine<number> {
    const own = leds.get(led);
    if (own === undefined) return 0;
    const { brightness_set_blocking: fn, delayed_set_value: value } = view(led);
    if (fn !== 0) yield* k.call(fn, led, value);
    k.journal.touch(own).pending = false;
    k.waits.wakeAll(led);
    return 0;
  }
  /** led_set_brightness_nosleep() */
  function* setBrightness(led: Address, value: number): Routine<void> {
    const self = view(led);
    self.brightness = Math.min(value, self.max_brightness);
    if ((self.flags & SUSPENDED) !== 0) return;
    if (self.brightness_set !== 0) {
      yield* k.call(self.brightness_set, led, self.brightness);
      return;
    }
    self.delayed_set_value = self.brightness;
    const own = leds.get(led);
    if (own === undefined || own.pending) return;
    k.journal.touch(own).pending = true;
    k.tasks.spawn({ comm: "kworker/0:0", kind: "kthread", callers: DEFERRED_CALLERS.work }, work(led));
  }
  /** flush_work() of the light's own. */
  function* flush(led: Address): Routine<void> {
    while (leds.get(led)?.pending === true) {
      k.waits.join(led, k.current);
      yield block("a light that is being set");
    }
    k.waits.leave(led, k.current);
  }
  function* detach(led: Address): Routine<void> {
    const self = view(led);
    const { deactivate, groups } = k.struct("led_trigger", self.trigger);
    removeInit(k.memory, self.trig_list.$address);
    yield* flush(led);
    yield* removeGroups(k, deviceKobject(k, deviceOf(led)), groups);
    if (deactivate !== 0) yield* k.call(deactivate, led);
    self.trigger = 0 as typeof self.trigger;
    self.trigger_data = 0 as typeof self.trigger_data;
    self.activated = false;
    yield* setBrightness(led, 0);
  }
  function* attach(led: Address, trigger: Address): Routine<void> {
    const self = view(led);
    const wanted = k.struct("led_trigger", trigger);
    addTail(k.memory, self.trig_list.$address, wanted.led_cdevs.$address);
    self.trigger = trigger as typeof self.trigger;
    if (wanted.activate === 0) yield* setBrightness(led, wanted.brightness);
    else {
      const answer = asInt(yield* k.call(wanted.activate, led));
      if (answer !== 0) {
        removeInit(k.memory, self.trig_list.$address);
        self.trigger = 0 as typeof self.trigger;
        self.trigger_data = 0 as typeof self.trigger_data;
        yield* setBrightness(led, 0);
        throw new Errno(-answer);
      }
    }
    yield* addGroups(k, deviceKobject(k, deviceOf(led)), wanted.groups);
  }
  function* setTrigger(led: Address, trigger: Address): Routine<void> {
    if (view(led).trigger !== 0) yield* detach(led);
    if (trigger !== 0) yield* attach(led, trigger);
  }
  const wants = (led: Address, name: ByteString, trigger: Address): boolean => {
    const { default_trigger: wanted, trigger_type: own } = view(led);
    const { trigger_type: type } = k.struct("led_trigger", trigger);
    return wanted !== 0 && k.memory.cstring(wanted, MAX_NAME) === name && (type === 0 || type === own);
  };
  function* setDefault(led: Address, trigger: Address): Routine<void> {
    view(led).flags |= INIT_DEFAULT_TRIGGER;
    try {
      yield* setTrigger(led, trigger);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  function* setDefaultTrigger(led: Address): Routine<void> {
    for (const [trigger, name] of triggers.entries())
      if (wants(led, name, trigger)) return yield* setDefault(led, trigger);
  }
  function* family(): Routine<Address> {
    if (state.family !== 0) return state.family;
    const made = k.statics.allocate(k.sizeOf("class"));
    k.struct("class", made).name = staticText(k, "leds");
    yield* registerClass(k, made);
    k.journal.touch(state).family = made;
    return made;
  }
  const isTaken = (name: ByteString): boolean =>
    [...leds.keys()].some(
      (led) => k.memory.cstring(k.struct("kobject", deviceKobject(k, deviceOf(led))).name, MAX_NAME) === name,
    );
  /** led_classdev_next_name() */
  const freeName = (wanted: ByteString): ByteString => {
    if (!isTaken(wanted)) return wanted;
    for (let count = 1; count < MAX_NAME; count += 1)
      if (!isTaken(`${wanted}_${count}`)) return `${wanted}_${count}`;
    throw new Errno(EBUSY);
  };

  return {
    *addTrigger(trigger) {
      const self = k.struct("led_trigger", trigger);
      initList(k.memory, self.led_cdevs.$address);
      const name = k.memory.cstring(self.name, MAX_NAME);
      for (const [other, known] of triggers.entries()) {
        const { trigger_type: type } = k.struct("led_trigger", other);
        const same = type === self.trigger_type || type === 0 || self.trigger_type === 0;
        if (known === name && same) throw new Errno(EEXIST);
      }
      initList(k.memory, self.next_trig.$address);
      triggers.set(trigger, name);
      for (const led of leds.keys())
        if (view(led).trigger === 0 && wants(led, name, trigger)) yield* setDefault(led, trigger);
    },
    *removeTrigger(trigger) {
      if (!triggers.delete(trigger)) return;
      for (const led of leds.keys()) if (view(led).trigger === trigger) yield* setTrigger(led, 0);
    },
    triggers: () => triggers,
    setTrigger,
    setDefaultTrigger,
    *event(trigger, brightness) {
      if (trigger === 0) return;
      const self = k.struct("led_trigger", trigger);
      self.brightness = brightness;
      const at = k.offsetOf("led_classdev", "trig_list");
      for (const entry of entries(k.memory, self.led_cdevs.$address))
        yield* setBrightness(entry - at, brightness);
    },
    setBrightness,
    *register(led, parent, wanted) {
      if (wanted === "") throw new Errno(EINVAL);
      const self = view(led);
      const name = freeName(wanted);
      const device = yield* createDevice(k, {
        class: yield* family(),
        parent,
        devt: 0,
        data: led,
        groups: self.groups,
        name,
      });
      self.dev = device as typeof self.dev;
      if (name !== wanted)
        deviceMessage(k, 4, parent, `Led ${wanted} renamed to ${name} due to name collision`);
      self.work_flags = 0n;
      for (const list of [self.trigger_lock.wait_list, self.led_access.wait_list, self.trig_list])
        initList(k.memory, list.$address);
      self.brightness_hw_changed = -1;
      if (self.max_brightness === 0) self.max_brightness = FULL;
      if (self.brightness_get !== 0) {
        const now = asInt(yield* k.call(self.brightness_get, led));
        if (now >= 0) self.brightness = now;
      }
      leds.set(led, { pending: false });
      addLedFiles(k, led);
      yield* setDefaultTrigger(led);
    },
    *unregister(led) {
      const own = leds.get(led);
      if (own === undefined) return;
      if (view(led).trigger !== 0) yield* setTrigger(led, 0);
      view(led).flags |= UNREGISTERING;
      if ((view(led).flags & RETAIN_AT_SHUTDOWN) === 0) yield* setBrightness(led, 0);
      yield* flush(led);
      yield* unregisterDevice(k, deviceOf(led));
      leds.delete(led);
    },
  };
};
