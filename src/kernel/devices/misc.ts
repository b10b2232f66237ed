/** Miscellaneous devices: one major, minors found by a list in guest memory (drivers/char/misc.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addFirst, entries, initList, removeInit } from "../data/guest-list.ts";
import { staticText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { makeKernelDev } from "../vfs/node.ts";
import { registerClass } from "./classes.ts";
import { createDevice, destroyDevice } from "./device.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";

export const MISC_MAJOR = 10;
const MISC_DYNAMIC_MINOR = 255;
const DYNAMIC_MINORS = 128;

/** What Debian's kernel has without modules, newest first. */
const BUILTIN: readonly (readonly [minor: number, name: string])[] = [
  [125, "cpu_dma_latency"],
  [1, "psaux"],
  [228, "hpet"],
  [126, "userfaultfd"],
  [231, "snapshot"],
  [183, "hw_random"],
  [127, "vga_arbiter"],
];

export interface MiscDevices {
  /** struct class of all of them, 0 while there is none. */
  family(): Address;
  register(misc: Address): Routine<void>;
  deregister(misc: Address): Routine<void>;
  find(minor: number): Address | undefined;
  /** /proc/misc */
  list(): readonly { readonly minor: number; readonly name: ByteString }[];
}

export const createMisc = (k: Kernel): MiscDevices => {
  const state = { head: 0, family: 0 };
  const offset = (): number => k.offsetOf("miscdevice", "list");
  const all = (): Address[] =>
    state.head === 0 ? [] : [...entries(k.memory, state.head)].map((at) => at - offset());
  const minorOf = (misc: Address): number => k.struct("miscdevice", misc).minor;
  const taken = (): Set<number> =>
    new Set([...BUILTIN.map(([minor]) => minor), ...all().map((misc) => minorOf(misc))]);

  function* prepare(): Routine<void> {
    if (state.head !== 0) return;
    k.journal.touch(state).head = k.statics.allocate(16);
    initList(k.memory, state.head);
    const family = k.statics.allocate(k.sizeOf("class"));
    k.struct("class", family).name = staticText(k, "misc");
    yield* registerClass(k, family);
    state.family = family;
  }
  const pickMinor = (misc: Address): number => {
    const wanted = minorOf(misc);
    const used = taken();
    if (wanted !== MISC_DYNAMIC_MINOR) {
      if (used.has(wanted)) throw new Errno(EBUSY);
      return wanted;
    }
    for (let minor = DYNAMIC_MINORS - 1; minor >= 0; minor -= 1) {
      // Minor 1 is psaux's by number: only those given out dynamically count here.
      if (!used.has(minor) || minor === 1) return minor;
    }
    throw new Errno(EBUSY);
  };

  return {
    family: () => state.family,
    *register(misc) {
      yield* prepare();
      const view = k.struct("miscdevice", misc);
      initList(k.memory, misc + offset());
      const wanted = view.minor;
      view.minor = pickMinor(misc);
      try {
        view.this_device = yield* createDevice(k, {
          class: state.family,
          parent: view.parent,
          devt: makeKernelDev(MISC_MAJOR, view.minor),
          data: misc,
          groups: view.groups,
          name: k.memory.cstring(view.name, 256),
        });
      } catch (error) {
        view.minor = wanted;
        throw error;
      }
      addFirst(k.memory, misc + offset(), state.head);
    },
    *deregister(misc) {
      const at = misc + offset();
      if (k.memory.pointer(at) === at) {
        k.traces.warn(WARN_SITES.miscDeregister);
        return;
      }
      removeInit(k.memory, at);
      yield* destroyDevice(k, state.family, makeKernelDev(MISC_MAJOR, minorOf(misc)));
    },
    find: (minor) => all().find((misc) => minorOf(misc) === minor),
    list: () => [
      ...all().map((misc) => {
        const { minor, name } = k.struct("miscdevice", misc);
        return { minor, name: name === 0 ? "" : k.memory.cstring(name, 256) };
      }),
      ...BUILTIN.map(([minor, name]) => ({ minor, name })),
    ],
  };
};
