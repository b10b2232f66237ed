/** What the console makes of keys, and who is told of them (drivers/tty/vt/keyboard.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { fireChain } from "../notify-chains.ts";
import type { Routine } from "../routine.ts";
import { EV, supports } from "./bits.ts";
import { passEvent } from "./events.ts";
import { type KeyMaps, readKeyMaps } from "./keymap.ts";

/** include/linux/notifier.h */
const KBD = { KEYCODE: 1, UNBOUND_KEYCODE: 2, UNICODE: 3, KEYSYM: 4, POST_KEYSYM: 5 } as const;
const NOTIFY_STOP = 0x8001;
/** Types of keysyms, their high bytes (include/uapi/linux/keyboard.h). */
const KT = { LATIN: 0xf0, SPEC: 0xf2, SHIFT: 0xf7, LOCK: 0xf9, LETTER: 0xfb, SLOCK: 0xfc } as const;
const KG_SHIFT = 1;
const K_CAPSSHIFT = 0xf708;
const SPEC = { CAPS: 7, NUM: 8, CAPS_ON: 15, BARENUM: 19 } as const;
const LEDS = { NUM: 2, CAPS: 4 } as const;
/** Lights by bit of the console's: codes of EV_LED events. */
const LIGHTS = [2, 0, 1];
/** Beyond are buttons, not keys. */
const KEYS = 256;

/** What the console's keyboard knows. Plain data: touch before a change. */
export interface KeyboardState {
  /** Keys held, by keycode. */
  down: readonly number[];
  /** How many keys hold each modifier. */
  held: readonly number[];
  leds: number;
  locked: number;
  /** Modifiers for the next key only. */
  sticky: number;
  /** What the lights of keyboards were told last. */
  shown: number;
  maps: KeyMaps | undefined;
}

export const newKeyboard = (): KeyboardState => ({
  down: [],
  held: [],
  leds: 0,
  locked: 0,
  sticky: 0,
  shown: 0,
  maps: undefined,
});

const bitsOf = (held: readonly number[]): number =>
  held.reduce((bits, count, index) => (count > 0 ? bits | (1 << index) : bits), 0);

/** do_compute_shiftstate(): the modifiers that the keys now held stand for. */
const modifiers = (state: KeyboardState, maps: KeyMaps): number[] => {
  const held: number[] = [];
  for (const key of state.down) {
    const keysym = maps.get(0)?.[key] ?? 0;
    const which = keysym === K_CAPSSHIFT ? 0 : keysym & 0xff;
    if (keysym >> 8 === KT.SHIFT || keysym >> 8 === KT.SLOCK) held[which] = (held[which] ?? 0) + 1;
  }
  return Array.from(held, (count) => count ?? 0);
};

const toggle = (state: KeyboardState, light: number, on: boolean): void => {
  state.leds = on ? state.leds | light : state.leds ^ light;
};

/** k_spec() */
const special = (state: KeyboardState, value: number, repeated: boolean): void => {
  if (value === SPEC.CAPS && !repeated) toggle(state, LEDS.CAPS, false);
  if (value === SPEC.CAPS_ON && !repeated) toggle(state, LEDS.CAPS, true);
  if ((value === SPEC.NUM || value === SPEC.BARENUM) && !repeated) toggle(state, LEDS.NUM, false);
};

/** k_shift() */
const shift = (state: KeyboardState, keysym: number, down: number): void => {
  if (down === 2) return;
  const which = keysym === K_CAPSSHIFT ? 0 : keysym & 0xff;
  if (keysym === K_CAPSSHIFT && down === 1) state.leds &= ~LEDS.CAPS;
  const held = Array.from({ length: Math.max(which + 1, state.held.length) }, (_, at) => state.held[at] ?? 0);
  held[which] = Math.max(0, (held[which] ?? 0) + (down === 0 ? -1 : 1));
  state.held = held;
};

/** k_handler[]: what the key does to the keyboard itself. */
const act = (state: KeyboardState, keysym: number, down: number): void => {
  const value = keysym & 0xff;
  switch (keysym >> 8) {
    case KT.SPEC:
      if (down !== 0) special(state, value, down === 2);
      break;
    case KT.SHIFT:
      shift(state, keysym, down);
      break;
    case KT.LOCK:
      if (down === 1) state.locked ^= 1 << value;
      break;
    case KT.SLOCK:
      shift(state, keysym, down);
      if (down === 1) state.sticky ^= 1 << value;
      break;
  }
};

/** kbd_keycode(): `down` is 0, 1, or 2 for a repeat. */
export function* consoleKey(k: Kernel, keycode: number, down: number): Routine<void> {
  if (keycode >= KEYS) return;
  const state = k.journal.touch(k.input.keyboard);
  const maps = (state.maps ??= readKeyMaps(k));
  const others = state.down.filter((key) => key !== keycode);
  state.down = down === 0 ? others : [...others, keycode];
  const param = k.heap.internal(new Uint8Array(k.sizeOf("keyboard_notifier_param")));
  try {
    yield* tellOf(k, maps, param, keycode, down);
  } finally {
    k.heap.kfree(param);
  }
  if (state.leds !== state.shown) k.interrupts.raise("kbd", 0);
}

function* tellOf(k: Kernel, maps: KeyMaps, param: Address, keycode: number, down: number): Routine<void> {
  const state = k.input.keyboard;
  const view = k.struct("keyboard_notifier_param", param);
  const combined = (bitsOf(state.held) | state.sticky) ^ state.locked;
  Object.assign(view, { down, shift: combined, ledstate: state.leds, value: keycode });
  const tell = (event: number): Routine<number> => fireChain(k, "register_keyboard_notifier", event, param);
  const map = maps.get(combined);
  if ((yield* tell(KBD.KEYCODE)) === NOTIFY_STOP || map === undefined) {
    yield* tell(KBD.UNBOUND_KEYCODE);
    Object.assign(k.journal.touch(state), { held: modifiers(state, maps), sticky: 0 });
    return;
  }
  let keysym = map[keycode] ?? 0;
  if (keysym >> 8 < KT.LATIN) {
    view.value = keysym;
    yield* tell(KBD.UNICODE);
    return;
  }
  if (keysym >> 8 === KT.LETTER && (state.leds & LEDS.CAPS) !== 0)
    keysym = maps.get(combined ^ KG_SHIFT)?.[keycode] ?? keysym;
  view.value = keysym;
  if ((yield* tell(KBD.KEYSYM)) === NOTIFY_STOP) return;
  act(k.journal.touch(state), keysym, down);
  view.ledstate = state.leds;
  yield* tell(KBD.POST_KEYSYM);
  if (keysym >> 8 !== KT.SLOCK) k.journal.touch(state).sticky = 0;
}

/** kbd_bh(): the lights of all keyboards follow the console's. */
export const handleLights = (k: Kernel): void =>
  k.interrupts.handle("kbd", {
    context: "softirq",
    name: "kbd_bh+0x6e/0xa0",
    *act() {
      const { leds, shown } = k.input.keyboard;
      k.journal.touch(k.input.keyboard).shown = leds;
      for (const [index, code] of LIGHTS.entries())
        if (((leds ^ shown) & (1 << index)) !== 0)
          for (const dev of k.input.registered.values())
            if (supports(k, dev, EV.LED, code)) yield* passEvent(k, dev, EV.LED, code, (leds >> index) & 1);
    },
  });
