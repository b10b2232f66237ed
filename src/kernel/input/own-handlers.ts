/** The kernel's own handlers of input devices, and what they take (keyboard.c, sysrq.c, input-leds.c, mousedev.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { EV, bit, bitsOf } from "./bits.ts";

const KEY = { LEFTALT: 56, BTN_MISC: 0x100, BTN_LEFT: 0x110, TOOL_FINGER: 0x145, TOUCH: 0x14a } as const;
const REL = { X: 0, Y: 1, WHEEL: 8 } as const;
const ABS = { X: 0, Y: 1, PRESSURE: 0x18, TOOL_WIDTH: 0x1c } as const;

interface OwnHandler {
  readonly name: string;
  /** What /proc/bus/input/handlers says behind the name. */
  readonly more?: string;
  readonly takes: (k: Kernel, dev: Address) => boolean;
  /** It opens the device at once. */
  readonly opens: boolean;
}

/** The console hears a device that has keys, or can beep. */
export const hasKeys = (k: Kernel, dev: Address): boolean =>
  bit(k, dev, "evbit", EV.SND) || bitsOf(k, dev, "keybit", KEY.BTN_MISC).length > 0;

const all = (k: Kernel, dev: Address, map: string, codes: readonly number[]): boolean =>
  codes.every((code) => bit(k, dev, map, code));

/** mousedev_ids */
const isPointer = (k: Kernel, dev: Address): boolean => {
  const has = (map: string, ...codes: number[]): boolean => all(k, dev, map, codes);
  const [keys, relative, absolute] = [EV.KEY, EV.REL, EV.ABS].map((type) => bit(k, dev, "evbit", type));
  const xy = has("absbit", ABS.X, ABS.Y);
  return (
    (keys === true && relative === true && has("keybit", KEY.BTN_LEFT) && has("relbit", REL.X, REL.Y)) ||
    (relative === true && has("relbit", REL.WHEEL)) ||
    (keys === true &&
      absolute === true &&
      xy &&
      (has("keybit", KEY.TOUCH) ||
        has("keybit", KEY.BTN_LEFT) ||
        (has("keybit", KEY.TOOL_FINGER) && has("absbit", ABS.PRESSURE, ABS.TOOL_WIDTH))))
  );
};

/** In the order in which they were registered. */
export const OWN_HANDLERS: readonly OwnHandler[] = [
  { name: "kbd", takes: hasKeys, opens: true },
  { name: "sysrq", more: " (filter)", takes: (k, dev) => bit(k, dev, "keybit", KEY.LEFTALT), opens: true },
  { name: "leds", takes: (k, dev) => bit(k, dev, "evbit", EV.LED), opens: true },
  { name: "mousedev", more: " Minor=32", takes: isPointer, opens: false },
];

/** Names of their handles on a device; the filter hears first. */
export const ownHandles = (k: Kernel, dev: Address): string[] => {
  const names = OWN_HANDLERS.filter(({ takes }) => takes(k, dev)).map(({ name }) => name);
  const mice = [...k.input.registered.values()].filter((each) => isPointer(k, each));
  const named = names.map((name) => (name === "mousedev" ? `mouse${mice.indexOf(dev)}` : name));
  return [...named.filter((name) => name === "sysrq"), ...named.filter((name) => name !== "sysrq")];
};

/** How many of them keep the device open. */
export const ownUsers = (k: Kernel, dev: Address): number =>
  OWN_HANDLERS.filter(({ takes, opens }) => opens && takes(k, dev)).length;
