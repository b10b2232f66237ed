/** Input devices, handlers and the events between them (drivers/input/input.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { entries } from "../data/guest-list.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { hostText } from "../vfs/kept-files.ts";
import type { DynamicEntries } from "../vfs/node.ts";
import type { InputValue } from "./events.ts";
import { devicesText, handlersText, inputVariables } from "./files.ts";
import { type KeyboardState, handleLights, newKeyboard } from "./keyboard.ts";
import { type PcKeyboard, createPcKeyboard } from "./pc-keyboard.ts";

/** An event as a device reported it and the input core let it pass. */
export interface InputRecord {
  /** "t_inp" */
  readonly device: ByteString;
  readonly type: number;
  readonly code: number;
  readonly value: number;
  /** Virtual nanoseconds since boot. */
  readonly time: number;
}

export interface Input {
  /** Devices that input_allocate_device() made, and the keyboard of the machine. */
  readonly devices: JournalSet<Address>;
  /** Registered ones, in order. */
  readonly registered: JournalSet<Address>;
  readonly handlers: JournalSet<Address>;
  /** Everything that passed, oldest first; the last thousands. */
  events(): readonly InputRecord[];
  /** What an event of that struct device tells user space of the input device; nothing of other devices. */
  variables(device: Address): readonly string[];
  note(device: Address, type: number, code: number, value: number): void;
  nextNumber(): number;
  /** Minors of character devices of major 13. */
  readonly minors: JournalSet<number>;
  /** Adds to what waits for the next report; all of it. */
  queue(device: Address, value: InputValue): readonly InputValue[];
  take(device: Address): void;
  pendingOf(device: Address): number;
  /** Handles of a device, in the order in which they hear. */
  handlesOf(device: Address): readonly Address[];
  /** The console's. */
  readonly keyboard: KeyboardState;
  /** The machine's. */
  readonly pc: PcKeyboard;
}

/** The keyboard of the recorded machine is input0, and there was an input1. */
const FIRST_NUMBER = 2;
/** Its mouse0. */
const FIRST_MOUSE = 32;
const MAX_EVENTS = 10_000;

export const createInput = (k: Kernel): Input => {
  const state: { events: InputRecord[]; number: number } = { events: [], number: FIRST_NUMBER };
  const pending: JournalMap<Address, readonly InputValue[]> = k.journal.map();
  const minors: JournalSet<number> = k.journal.set();
  minors.add(FIRST_MOUSE);
  handleLights(k);
  return {
    minors,
    queue(device, value) {
      const all = [...(pending.get(device) ?? []), value];
      pending.set(device, all);
      return all;
    },
    take: (device) => void pending.delete(device),
    pendingOf: (device) => pending.get(device)?.length ?? 0,
    devices: k.journal.set(),
    registered: k.journal.set(),
    handlers: k.journal.set(),
    events: () => state.events,
    note(device, type, code, value) {
      const { name } = k.struct("input_dev", device);
      const shown = name === 0 ? "" : k.memory.cstring(name, 256);
      const record = { device: shown, type, code, value, time: k.clock.now() };
      k.journal.touch(state.events).push(record);
      if (state.events.length > 2 * MAX_EVENTS) state.events.splice(0, MAX_EVENTS);
    },
    variables(device) {
      const dev = device - k.offsetOf("input_dev", "dev");
      return k.input.devices.has(dev) ? inputVariables(k, dev) : [];
    },
    nextNumber() {
      k.journal.touch(state).number += 1;
      return state.number - 1;
    },
    handlesOf(device) {
      const offset = k.offsetOf("input_handle", "d_node");
      return [...entries(k.memory, device + k.offsetOf("input_dev", "h_list"))].map((at) => at - offset);
    },
    keyboard: newKeyboard(),
    pc: createPcKeyboard(k),
  };
};

/** /proc/bus/input, and /sys/class/input as soon as somebody looks. */
export const populateInput = (k: Kernel): void => {
  const { tree } = k.vfs;
  const bus = tree.directory("/proc/bus/input");
  const show = (name: string, text: (kernel: Kernel) => string): void =>
    tree.add(
      bus,
      name,
      tree.newSpecial(
        0o444,
        hostText(() => {
          k.input.pc.device();
          return text(k);
        }),
      ),
    );
  show("devices", devicesText);
  show("handlers", handlersText);
  k.driverCore.kobjects.known("/class");
  const classes = tree.directory("/sys/class");
  const dynamic: DynamicEntries = {
    names: () => (classes.entries.has("input") ? [] : ["input"]),
    find(name) {
      if (name !== "input" || classes.entries.has(name)) return undefined;
      k.input.pc.device();
      return classes.entries.get(name);
    },
  };
  Object.assign(classes, { dynamic });
};
