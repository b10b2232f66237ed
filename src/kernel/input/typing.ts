/** Keys by name, and the scancodes that a keyboard sends for them. */
import { KoboxError } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { readKeyMaps } from "./keymap.ts";

/** From a keycode on, as input-event-codes.h names them, without KEY_. */
const RUNS: readonly (readonly [first: number, names: string])[] = [
  [1, "esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab q w e r t y u i o p leftbrace rightbrace enter"],
  [29, "leftctrl a s d f g h j k l semicolon apostrophe grave leftshift backslash z x c v b n m comma dot"],
  [
    53,
    "slash rightshift kpasterisk leftalt space capslock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock",
  ],
  [71, "kp7 kp8 kp9 kpminus kp4 kp5 kp6 kpplus kp1 kp2 kp3 kp0 kpdot"],
  [87, "f11 f12"],
  [96, "kpenter rightctrl kpslash sysrq rightalt"],
  [102, "home up pageup left right end down pagedown insert delete mute volumedown volumeup power"],
  [119, "pause"],
  [125, "leftmeta rightmeta compose"],
];
const CODES = new Map(
  RUNS.flatMap(([first, names]) => names.split(" ").map((name, index) => [name, first + index] as const)),
);

const LEFTSHIFT = 42;
const ENTER = 28;
const RELEASED = 0x80;
const PREFIX = 0xe0;

const keycodeOf = (name: string): number => {
  const code = CODES.get(name.toLowerCase().replace(/^key_/, "")) ?? Number.NaN;
  if (!Number.isNaN(code)) return code;
  throw new KoboxError("no-key", `there is no key ${name}`, {
    hint: "Names are those of KEY_*: a, enter, leftshift.",
  });
};

/** What the keyboard sends when a key goes down or up. */
const bytesFor = (k: Kernel, keycode: number, way: "down" | "up"): number[] => {
  const at = k.input.pc.scancodes().indexOf(keycode);
  if (at < 0) throw new KoboxError("no-key", `the keyboard has no key ${keycode}`);
  const code = (at & 0x7f) | (way === "up" ? RELEASED : 0);
  return at >= 0x80 ? [PREFIX, code] : [code];
};

const strokes = (k: Kernel, keycodes: readonly number[]): number[] => [
  ...keycodes.flatMap((code) => bytesFor(k, code, "down")),
  ...keycodes.toReversed().flatMap((code) => bytesFor(k, code, "up")),
];

/** The keys that make a character with the kernel's own key map. */
const keysFor = (k: Kernel, char: string): number[] => {
  if (char === "\n") return [ENTER];
  const maps = readKeyMaps(k);
  const makes = (keysym: number): boolean =>
    (keysym >> 8 === 0xf0 || keysym >> 8 === 0xfb) && (keysym & 0xff) === char.charCodeAt(0);
  for (const [shift, modifiers] of [
    [0, []],
    [1, [LEFTSHIFT]],
  ] as const) {
    const keycode = maps.get(shift)?.findIndex(makes) ?? -1;
    if (keycode > 0) return [...modifiers, keycode];
  }
  throw new KoboxError("no-key", `no key makes ${JSON.stringify(char)}`);
};

/** Types a text on the machine's keyboard. KoboxError "no-key". */
export const typeText = (k: Kernel, text: string): void => {
  for (const byte of [...text].flatMap((char) => strokes(k, keysFor(k, char)))) k.keyboard.send(byte);
};

/**
 * Presses keys: "a", "leftctrl+c" (pressed in that order, released in the other), "down:leftshift" and
 * "up:leftshift" for half of it. KoboxError "no-key".
 */
export const pressKeys = (k: Kernel, keys: string): void => {
  const half = /^(down|up):(.+)$/.exec(keys);
  const bytes =
    half === null
      ? strokes(k, keys.split("+").map(keycodeOf))
      : bytesFor(k, keycodeOf(half[2] ?? ""), half[1] === "up" ? "up" : "down");
  for (const byte of bytes) k.keyboard.send(byte);
};
