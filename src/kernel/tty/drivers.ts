/** Drivers of terminals and their lines (drivers/tty/tty_io.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addFirst, entries, initList, removeInit } from "../data/guest-list.ts";
import { staticText } from "../data/text.ts";
import { registerClass } from "../devices/classes.ts";
import { createDevice, destroyDevice } from "../devices/device.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { addCdev, deleteCdev, initialiseCdev } from "../vfs/cdev.ts";
import { makeKernelDev } from "../vfs/node.ts";

/** include/linux/tty_driver.h */
export const TTY_DRIVER = {
  INSTALLED: 0x01n,
  REAL_RAW: 0x04n,
  DYNAMIC_DEV: 0x08n,
  DEVPTS_MEM: 0x10n,
  DYNAMIC_ALLOC: 0x40n,
  UNNUMBERED_NODE: 0x80n,
  RESET_SAVED_TERMIOS: 0x200n,
} as const;
const TYPE_PTY = 4;
const PTY_SLAVE = 2;
const POINTER = 8;

export interface NewLine {
  readonly driver: Address;
  readonly index: number;
  readonly parent: Address;
  readonly data: Address;
  readonly groups: Address;
}

export interface Tty {
  /** __tty_alloc_driver(): EINVAL, ENOMEM. */
  allocate(lines: number, owner: Address, flags: bigint): Address;
  /** tty_register_driver(): EBUSY, ENOMEM. */
  register(driver: Address): Routine<void>;
  unregister(driver: Address): void;
  /** tty_driver_kref_put(): the last one frees it and what it has. */
  put(driver: Address): Routine<void>;
  /** tty_register_device_attr(): the line's struct device. EINVAL, ENOMEM, EEXIST. */
  addLine(line: NewLine): Routine<Address>;
  removeLine(driver: Address, index: number): Routine<void>;
  /** Registered ones, newest first. */
  drivers(): Address[];
  /** Line disciplines by their number (struct tty_ldisc_ops). */
  readonly disciplines: JournalMap<number, Address>;
}

const has = (flags: bigint, flag: bigint): boolean => (flags & flag) !== 0n;

export const createTty = (k: Kernel): Tty => {
  const state = { head: 0, family: 0 };
  const listOf = (driver: Address): Address => driver + k.offsetOf("tty_driver", "tty_drivers");
  const view = (driver: Address): ReturnType<typeof k.struct<"tty_driver">> => k.struct("tty_driver", driver);
  const numbered = (driver: Address, index: number): number => {
    const { major, minor_start: first } = view(driver);
    return makeKernelDev(major, first) + index;
  };
  const slot = (table: Address, index: number): Address => table + index * POINTER;

  function* family(): Routine<Address> {
    if (state.family !== 0) return state.family;
    const made = k.statics.allocate(k.sizeOf("class"));
    k.struct("class", made).name = staticText(k, "tty");
    yield* registerClass(k, made);
    k.journal.touch(state).family = made;
    return made;
  }
  const freeParts = (driver: Address): void => {
    const { cdevs, ports, termios, ttys } = view(driver);
    for (const part of [cdevs, ports, termios, ttys, driver]) k.heap.kfree(part);
  };
  /** tty_line_name(), pty_line_name() */
  const lineName = (driver: Address, index: number): ByteString => {
    const { name, name_base: base, flags, type, subtype } = view(driver);
    const own = k.memory.cstring(name, 60);
    if (type === TYPE_PTY) {
      const at = index + base;
      const letter = "pqrstuvwxyzabcde".charAt((at >> 4) & 15);
      return `${subtype === PTY_SLAVE ? "tty" : own}${letter}${(at & 15).toString(16)}`;
    }
    return has(flags, TTY_DRIVER.UNNUMBERED_NODE) ? own : `${own}${index + base}`;
  };
  const addNumbers = (driver: Address, index: number, dev: number, count: number): void => {
    const cdev = k.heap.kmalloc(k.sizeOf("cdev"), GFP_KERNEL);
    if (cdev === 0) throw new Errno(ENOMEM);
    initialiseCdev(k, cdev, "cdev-dynamic");
    k.struct("cdev", cdev).owner = view(driver).owner;
    k.memory.setPointer(slot(view(driver).cdevs, index), cdev);
    addCdev(k, cdev, dev, count);
  };
  function* removeNumbers(driver: Address, index: number): Routine<void> {
    const at = slot(view(driver).cdevs, index);
    const cdev = k.memory.pointer(at);
    if (cdev !== 0) yield* deleteCdev(k, cdev);
    k.memory.setPointer(at, 0);
  }
  const freeTermios = (driver: Address, index: number): void => {
    const { termios } = view(driver);
    if (termios === 0) return;
    k.heap.kfree(k.memory.pointer(slot(termios, index)));
    k.memory.setPointer(slot(termios, index), 0);
  };

  const allocate: Tty["allocate"] = (lines, owner, flags) => {
    if (lines === 0 || (has(flags, TTY_DRIVER.UNNUMBERED_NODE) && lines > 1)) throw new Errno(EINVAL);
    const driver = k.heap.kmalloc(k.sizeOf("tty_driver"), GFP_KERNEL);
    if (driver === 0) throw new Errno(ENOMEM);
    const self = view(driver);
    self.kref.refcount.refs.counter = 1;
    self.num = lines;
    self.owner = owner;
    self.flags = flags;
    const dynamic = has(flags, TTY_DRIVER.DYNAMIC_ALLOC);
    const wanted: ["ttys" | "termios" | "ports" | "cdevs", number][] = [["cdevs", dynamic ? 1 : lines]];
    if (!has(flags, TTY_DRIVER.DEVPTS_MEM)) wanted.push(["ttys", lines], ["termios", lines]);
    if (!dynamic) wanted.push(["ports", lines]);
    for (const [part, count] of wanted) {
      const made = k.heap.kmalloc(count * POINTER, GFP_KERNEL);
      if (made === 0) {
        freeParts(driver);
        throw new Errno(ENOMEM);
      }
      self[part] = made as never;
    }
    return driver;
  };
  const addLine: Tty["addLine"] = function* ({ driver, index, parent, data, groups }) {
    const { num, name, flags } = view(driver);
    if (index >= num) {
      const own = k.memory.cstring(name, 60);
      k.printk(3, `${own}: Attempt to register invalid tty line number (${index})`);
      throw new Errno(EINVAL);
    }
    const devt = numbered(driver, index);
    const line = { class: yield* family(), parent, devt, data, groups, name: lineName(driver, index) };
    const device = yield* createDevice(k, line);
    if (has(flags, TTY_DRIVER.DYNAMIC_ALLOC)) return device;
    if (has(flags, TTY_DRIVER.RESET_SAVED_TERMIOS)) freeTermios(driver, index);
    try {
      addNumbers(driver, index, devt, 1);
    } catch (error) {
      yield* destroyDevice(k, state.family, devt);
      throw error;
    }
    return device;
  };
  const removeLine: Tty["removeLine"] = function* (driver, index) {
    yield* destroyDevice(k, state.family, numbered(driver, index));
    if (!has(view(driver).flags, TTY_DRIVER.DYNAMIC_ALLOC)) yield* removeNumbers(driver, index);
  };
  const takeNumbers = (driver: Address): void => {
    const self = view(driver);
    const name = k.memory.cstring(self.name, 64);
    self.major = k.vfs.devices.register(self.major, self.minor_start, self.num, name);
  };
  function* addLines(driver: Address): Routine<void> {
    const { num } = view(driver);
    for (let index = 0; index < num; index += 1) {
      try {
        yield* addLine({ driver, index, parent: 0, data: 0, groups: 0 });
      } catch (error) {
        for (let done = index - 1; done >= 0; done -= 1) yield* removeLine(driver, done);
        throw error;
      }
    }
  }
  const leave = (driver: Address): void => {
    const { major, minor_start: first, num } = view(driver);
    k.vfs.devices.unregister(major, first, num);
    removeInit(k.memory, listOf(driver));
  };
  const addProc = (driver: Address): void => {
    const self = view(driver);
    const show = self.ops === 0 ? 0 : k.struct("tty_operations", self.ops).proc_show;
    if (self.driver_name === 0 || self.proc_entry !== 0 || show === 0) return;
    const name = k.memory.cstring(self.driver_name, 256);
    const parent = k.vfs.procfs.adopt("tty/driver");
    self.proc_entry = k.vfs.procfs.create({ name, mode: 0, parent, data: driver }, { kind: "single", show });
  };
  return {
    allocate,
    addLine,
    removeLine,
    *register(driver) {
      if (state.head === 0) initList(k.memory, (k.journal.touch(state).head = k.statics.allocate(16)));
      takeNumbers(driver);
      const self = view(driver);
      addFirst(k.memory, listOf(driver), state.head);
      try {
        if (has(self.flags, TTY_DRIVER.DYNAMIC_ALLOC)) addNumbers(driver, 0, numbered(driver, 0), self.num);
        if (!has(self.flags, TTY_DRIVER.DYNAMIC_DEV)) yield* addLines(driver);
      } catch (error) {
        leave(driver);
        throw error;
      }
      addProc(driver);
      self.flags |= TTY_DRIVER.INSTALLED;
    },
    unregister: leave,
    *put(driver) {
      const self = view(driver);
      const { refs } = self.kref.refcount;
      refs.counter -= 1;
      if (refs.counter !== 0) return;
      if (has(self.flags, TTY_DRIVER.INSTALLED)) {
        for (let index = 0; index < self.num; index += 1) {
          freeTermios(driver, index);
          if (!has(self.flags, TTY_DRIVER.DYNAMIC_DEV)) yield* removeLine(driver, index);
        }
        if (self.proc_entry !== 0) yield* k.vfs.procfs.remove(self.proc_entry);
        if (has(self.flags, TTY_DRIVER.DYNAMIC_ALLOC)) yield* removeNumbers(driver, 0);
      }
      freeParts(driver);
    },
    drivers: () =>
      state.head === 0
        ? []
        : [...entries(k.memory, state.head)].map((at) => at - k.offsetOf("tty_driver", "tty_drivers")),
    disciplines: k.journal.map<number, Address>(),
  };
};
