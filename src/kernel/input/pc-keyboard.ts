/** The keyboard of a PC: input0, behind the keyboard controller (drivers/input/keyboard/atkbd.c). */
import type { Address } from "../../base/address.ts";
import { staticText } from "../data/text.ts";
import { deviceKobject } from "../devices/device-members.ts";
import { createDevice, initialiseDevice } from "../devices/device.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { EV, bit, setBit } from "./bits.ts";
import { addInput, inputClass, inputDevice, prepareInput } from "./core.ts";
import { passEvent } from "./events.ts";
import { readScancodes } from "./keymap.ts";

const NAME = "AT Translated Set 2 keyboard";
const ID = { bustype: 0x11, vendor: 1, product: 1, version: 0xab41 } as const;
const MSC_SCAN = 4;
const LIGHTS = 7;
/** Milliseconds until a key repeats, and between repeats. */
const REPEAT = [250, 33] as const;
const EMUL0 = 0xe0;
const EMUL1 = 0xe1;
/** Answers of the keyboard that are also scancodes of keys released: atkbd_xl_table. */
const ANSWERS: readonly number[] = [0xaa, 0xff, 0xfa, 0xfe, 0xf1, 0xf2];
/** Two keys of Korean keyboards have codes of their own. */
const KOREAN = [122, 123];
const NOTHING = 255;
/** A second press so soon after the first is a keyboard's mistake. */
const BOUNCE_NS = (REPEAT[0] / 2) * 1e6;

/** struct atkbd. Plain data: touch before a change. */
interface Decoder {
  /** Bytes of a prefix still to come. */
  emul: number;
  release: boolean;
  /** Answers whose key is down. */
  translated: number;
  /** The last key pressed, and until when it counts as bouncing. */
  last: number;
  until: number;
  scancodes: readonly number[] | undefined;
}

export interface PcKeyboard {
  /** struct input_dev of input0, made when first asked for. */
  device(): Address;
  /** Keycodes by scancode, with 128 added behind a prefix. */
  scancodes(): readonly number[];
  /** atkbd_interrupt(): a byte has come from the keyboard. */
  receive(byte: number): Routine<void>;
}

/** The serio port behind the controller: input0's parent. */
function* makePort(k: Kernel): Routine<Address> {
  const port = k.statics.allocate(k.sizeOf("device"));
  initialiseDevice(k, port);
  const { kobjects } = k.driverCore;
  const kobject = deviceKobject(k, port);
  kobjects.setName(kobject, "serio0");
  k.struct("device", port).kobj.parent = kobjects.known("/devices/platform/i8042");
  yield* kobjects.add(kobject);
  return port;
}

function* makeKeyboard(k: Kernel, scancodes: readonly number[]): Routine<Address> {
  const dev = k.statics.allocate(k.sizeOf("input_dev"));
  yield* prepareInput(k, dev, 0);
  const view = k.struct("input_dev", dev);
  Object.assign(view.id, ID);
  view.name = staticText(k, NAME) as typeof view.name;
  view.phys = staticText(k, "isa0060/serio0/input0") as typeof view.phys;
  for (const type of [EV.SYN, EV.KEY, EV.MSC, EV.LED, EV.REP]) setBit(k, dev, "evbit", type, 1);
  for (const keycode of [...scancodes, ...KOREAN])
    if (keycode !== 0 && keycode !== NOTHING) setBit(k, dev, "keybit", keycode, 1);
  setBit(k, dev, "mscbit", MSC_SCAN, 1);
  for (let led = 0; 1 << led < LIGHTS; led += 1) setBit(k, dev, "ledbit", led, 1);
  REPEAT.forEach((each, index) => k.memory.setU32(dev + k.offsetOf("input_dev", "rep") + index * 4, each));
  k.struct("device", inputDevice(k, dev)).parent = (yield* makePort(k)) as never;
  yield* addInput(k, dev);
  const all = { parent: 0, devt: 0, data: 0, groups: 0, name: "mice" };
  yield* createDevice(k, { class: yield* inputClass(k), ...all });
  return dev;
}

/** Nothing in it calls the guest. */
const atOnce = <T>(routine: Routine<T>): T => {
  const step = routine.next();
  if (step.done !== true) throw new Error("a device of the machine waits");
  return step.value;
};

export const createPcKeyboard = (k: Kernel): PcKeyboard => {
  const state: Decoder & { device: Address } = {
    emul: 0,
    release: false,
    translated: 0,
    last: 0,
    until: 0,
    scancodes: undefined,
    device: 0,
  };
  const scancodes = (): readonly number[] => (state.scancodes ??= readScancodes(k));
  const device = (): Address => {
    if (state.device === 0) {
      k.journal.touch(state).device = -1;
      state.device = atOnce(makeKeyboard(k, scancodes()));
    }
    return state.device;
  };

  /** The byte as a scancode; undefined for what is none. */
  const decode = (byte: number): number | undefined => {
    let code = byte;
    const answer = ANSWERS.indexOf(byte);
    const isKey =
      byte !== EMUL0 && byte !== EMUL1 && (answer < 0 || (state.translated & (1 << answer)) !== 0);
    if (state.emul > 0 || isKey) {
      state.release = byte > 0x7f;
      code &= 0x7f;
    }
    const like = ANSWERS.findIndex((each) => (each & 0x7f) === (byte & 0x7f));
    if (state.emul === 0 && like >= 0)
      state.translated = byte > 0x7f ? state.translated & ~(1 << like) : state.translated | (1 << like);
    if (code === EMUL0 || code === EMUL1) state.emul = code === EMUL0 ? 1 : 2;
    if (code > 0x7f) return undefined;
    const scancode = state.emul === 1 ? code | 0x80 : code;
    if (state.emul > 0) state.emul -= 1;
    return state.emul > 0 ? undefined : scancode;
  };
  /** atkbd: a key held down is pressed again, but not so soon. */
  const press = (dev: Address, code: number, keycode: number): number => {
    if (bit(k, dev, "key", keycode)) return state.last === code && k.clock.now() < state.until ? 1 : 2;
    state.last = code;
    state.until = k.clock.now() + BOUNCE_NS;
    return 1;
  };
  const complain = (code: number): void => {
    const shown = `${code > 0x7f ? "e0" : ""}${(code & 0x7f).toString(16).padStart(2, "0")}`;
    const done = state.release ? "released" : "pressed";
    const where = `translated set 2, code 0x${code.toString(16)} on isa0060/serio0`;
    k.printk(4, `atkbd serio0: Unknown key ${done} (${where}).`);
    k.printk(4, `atkbd serio0: Use 'setkeycodes ${shown} <keycode>' to make it known.`);
  };
  return {
    device,
    scancodes,
    *receive(byte) {
      const dev = device();
      k.journal.touch(state);
      const code = decode(byte);
      if (code === undefined) return;
      const keycode = scancodes()[code] ?? 0;
      if (keycode !== NOTHING) yield* passEvent(k, dev, EV.MSC, MSC_SCAN, code);
      if (keycode === 0) complain(code);
      else if (keycode !== NOTHING) {
        if (state.release) state.last = 0;
        const value = state.release ? 0 : press(dev, code, keycode);
        yield* passEvent(k, dev, EV.KEY, keycode, value);
      }
      if (keycode !== NOTHING) yield* passEvent(k, dev, EV.SYN, 0, 0);
      state.release = false;
    },
  };
};
