/** include/linux/input.h, as drivers/input/input.c does it. */
import type { Address } from "../../src/base/address.ts";
import { ENOSPC } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { duplicateText } from "../../src/kernel/data/text.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { CAPABILITIES, EV, bit, setBit } from "../../src/kernel/input/bits.ts";
import {
  allocateInput,
  attach,
  closeInput,
  inputDevice,
  openInput,
  registerHandle,
  registerInput,
  unregisterHandle,
  unregisterInput,
} from "../../src/kernel/input/core.ts";
import { passEvent } from "../../src/kernel/input/events.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

const LEVEL = {
  partial:
    "no /dev/input nodes and no autorepeat; of the kernel's own handlers only the console's keyboard hears",
};

export const inputAllocateDevice = stub(
  "struct input_dev *input_allocate_device(void)",
  { fails: ["NULL"], sleeps: true, acquires: { input_dev: "return" } },
  function* (k) {
    return yield* allocateInput(k);
  },
);
export const inputFreeDevice = stub(
  "void input_free_device(struct input_dev *dev)",
  { releases: { input_dev: "dev" } },
  function* (k, { dev }) {
    if (dev !== 0) yield* k.driverCore.kobjects.put(deviceKobject(k, inputDevice(k, dev)));
  },
);
export const inputRegisterDevice = stub(
  "int input_register_device(struct input_dev *dev)",
  { fails: ["ENOMEM", "EINVAL", "EINTR"], sleeps: true, acquires: { input: "dev" }, level: LEVEL },
  function* (k, { dev }) {
    yield* registerInput(k, dev);
    return 0;
  },
);
export const inputUnregisterDevice = stub(
  "void input_unregister_device(struct input_dev *dev)",
  { sleeps: true, releases: { input: "dev", input_dev: "dev" } },
  function* (k, { dev }) {
    yield* unregisterInput(k, dev);
  },
);

export const inputEvent = stub(
  "void input_event(struct input_dev *dev, unsigned int type, unsigned int code, int value)",
  function* (k, { dev, type, code, value }) {
    if (type < 32 && bit(k, dev, "evbit", type)) yield* passEvent(k, dev, type, code, value);
  },
);
export const inputInjectEvent = stub(
  "void input_inject_event(struct input_handle *handle, unsigned int type, unsigned int code, int value)",
  function* (k, { handle, type, code, value }) {
    const { dev } = k.struct("input_handle", handle);
    if (type < 32 && bit(k, dev, "evbit", type)) yield* passEvent(k, dev, type, code, value);
  },
);

const ABS_CNT = 64;
/** input_alloc_absinfo() */
const absinfoOf = (k: Kernel, dev: Address): Address => {
  const view = k.struct("input_dev", dev);
  if (view.absinfo !== 0) return view.absinfo;
  const size = ABS_CNT * k.sizeOf("input_absinfo");
  const at = k.heap.kmalloc(size, GFP_KERNEL);
  if (at !== 0) k.memory.fill(at, 0, size);
  view.absinfo = at as typeof view.absinfo;
  return at;
};

export const inputAllocAbsinfo = stub("void input_alloc_absinfo(struct input_dev *dev)", (k, { dev }) => {
  absinfoOf(k, dev);
});
export const inputSetAbsParams = stub(
  `void input_set_abs_params(struct input_dev *dev, unsigned int axis, int min, int max, int fuzz,
      int flat)`,
  (k, { dev, axis, min, max, fuzz, flat }) => {
    setBit(k, dev, "evbit", EV.ABS, 1);
    if (axis >= ABS_CNT) return;
    setBit(k, dev, "absbit", axis, 1);
    const at = absinfoOf(k, dev);
    if (at === 0) return;
    const info = k.struct("input_absinfo", at + axis * k.sizeOf("input_absinfo"));
    Object.assign(info, { minimum: min, maximum: max, fuzz, flat });
  },
);
export const inputSetCapability = stub(
  "void input_set_capability(struct input_dev *dev, unsigned int type, unsigned int code)",
  (k, { dev, type, code }) => {
    const [map, bits] = CAPABILITIES[type] ?? [];
    if (type === EV.ABS) absinfoOf(k, dev);
    if (map !== undefined && bits !== undefined && code < bits) setBit(k, dev, map, code, 1);
    if (map !== undefined || type === EV.PWR) setBit(k, dev, "evbit", type, 1);
    else k.printk(3, `input_set_capability: unknown type ${type} (code ${code})`);
  },
);

export const inputRegisterHandler = stub(
  "int input_register_handler(struct input_handler *handler)",
  { fails: ["EINTR"], sleeps: true, acquires: { input_handler: "handler" }, level: LEVEL },
  function* (k, { handler }) {
    initList(k.memory, handler + k.offsetOf("input_handler", "h_list"));
    k.input.pc.device();
    k.input.handlers.add(handler);
    for (const dev of k.input.registered.values()) yield* attach(k, dev, handler);
    return 0;
  },
);
export const inputUnregisterHandler = stub(
  "void input_unregister_handler(struct input_handler *handler)",
  { sleeps: true, releases: { input_handler: "handler" } },
  function* (k, { handler }) {
    const { disconnect } = k.struct("input_handler", handler);
    for (const dev of k.input.registered.values())
      for (const handle of k.input.handlesOf(dev))
        if (k.struct("input_handle", handle).handler === handler) yield* k.call(disconnect, handle);
    k.input.handlers.delete(handler);
  },
);
export const inputRegisterHandle = stub(
  "int input_register_handle(struct input_handle *handle)",
  { fails: ["EINTR"], sleeps: true, acquires: { input_handle: "handle" } },
  function* (k, { handle }) {
    yield* registerHandle(k, handle);
    return 0;
  },
);
export const inputUnregisterHandle = stub(
  "void input_unregister_handle(struct input_handle *handle)",
  { sleeps: true, releases: { input_handle: "handle" } },
  (k, { handle }) => unregisterHandle(k, handle),
);
export const inputOpenDevice = stub(
  "int input_open_device(struct input_handle *handle)",
  { fails: ["EINTR", "ENODEV"], sleeps: true, acquires: { input_open: "handle" } },
  function* (k, { handle }) {
    yield* openInput(k, handle);
    return 0;
  },
);
export const inputCloseDevice = stub(
  "void input_close_device(struct input_handle *handle)",
  { sleeps: true, releases: { input_open: "handle" } },
  function* (k, { handle }) {
    yield* closeInput(k, handle);
  },
);

/** INPUT_FIRST_DYNAMIC_DEV and INPUT_MAX_CHAR_DEVICES. */
const [FIRST_DYNAMIC, MINORS] = [256, 1024];

const freeMinor = (k: Kernel, from: number, end: number): number | undefined => {
  for (let minor = from; minor < end; minor += 1) if (!k.input.minors.has(minor)) return minor;
  return undefined;
};

export const inputGetNewMinor = stub(
  "int input_get_new_minor(int legacy_base, unsigned int legacy_num, bool allow_dynamic)",
  {
    fails: ["ENOSPC", "ENOMEM"],
    sleeps: true,
    acquires: { input_minor: (_k, _args, result) => result },
  },
  (k, { legacy_base, legacy_num, allow_dynamic }) => {
    const legacy =
      legacy_base < 0
        ? undefined
        : freeMinor(k, legacy_base, Math.min(legacy_base + legacy_num, legacy_base + MINORS));
    const dynamic = allow_dynamic || legacy_base < 0 ? freeMinor(k, FIRST_DYNAMIC, MINORS) : undefined;
    const minor = legacy ?? dynamic;
    if (minor === undefined) throw new Errno(ENOSPC);
    k.input.minors.add(minor);
    return minor;
  },
);
export const inputFreeMinor = stub(
  "void input_free_minor(unsigned int minor)",
  { releases: { input_minor: "minor" } },
  (k, { minor }) => void k.input.minors.delete(minor),
);

/** The devnode of `input_class`: /dev/input/event0. */
export const inputDevnode = stub(
  "char *input_devnode(struct device *dev, umode_t *mode)",
  { fails: ["NULL"], sleeps: true },
  (k, { dev }) => {
    const name = `input/${k.driverCore.kobjects.name(deviceKobject(k, dev))}`;
    return duplicateText(k, name, GFP_KERNEL);
  },
);
