/** Resources that go with a device (drivers/base/devres.c): released in reverse order when its driver leaves it. */
import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { inputDevice, unregisterInput } from "../input/core.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";

export type Devres =
  /** Memory of devres_alloc and the guest's function for it. */
  | { readonly kind: "guest"; readonly device: Address; readonly data: Address; readonly release: Address }
  /** devm_add_action: `release(data)`. */
  | { readonly kind: "action"; readonly data: Address; readonly release: Address }
  /** Something of the kernel's own: the function of that name is called with these. */
  | {
      readonly kind: "own";
      readonly name: string;
      readonly data: Address;
      readonly args: readonly (number | bigint)[];
    }
  | { readonly kind: "group"; readonly data: Address; readonly closed: boolean };

export interface DevresList {
  add(device: Address, entry: Devres): void;
  /** The last one added that matches. */
  find(device: Address, matches: (entry: Devres) => boolean): Devres | undefined;
  /** Takes it off without releasing it. */
  take(device: Address, matches: (entry: Devres) => boolean): Devres | undefined;
  list(device: Address): readonly Devres[];
  replace(device: Address, entries: readonly Devres[]): void;
  release(entries: readonly Devres[]): Routine<void>;
  /** devres_release_all() */
  releaseAll(device: Address): Routine<void>;
  /** How the kernel's own are released, by name. Registered at boot. */
  readonly owners: Map<string, (data: Address, args: readonly (number | bigint)[]) => Routine<void>>;
}

const OWNERS: Readonly<
  Record<string, (k: Kernel, data: Address, args: readonly (number | bigint)[]) => Routine<void>>
> = {
  *memory(k, data) {
    k.heap.kfree(data);
  },
  *pages(k, data, [order = 0]) {
    k.pages.freeAddress(data, Number(order));
  },
  *irq(k, data, [irq = 0]) {
    const freed = k.irqs.remove(Number(irq), data);
    if (freed === undefined) return;
    for (let wait = k.irqs.awaitEnd(freed); wait !== undefined; wait = k.irqs.awaitEnd(freed)) yield wait;
  },
  *ioremap(k, data) {
    k.io.unmap(data);
  },
  *region(k, data, [start = 0n, size = 0n]) {
    k.driverCore.resources.releaseRegion(data, BigInt(start), BigInt(size));
  },
  *led(k, data) {
    yield* k.leds.unregister(data);
  },
  *led_trigger(k, data) {
    yield* k.leds.removeTrigger(data);
  },
  *input(k, data) {
    // The driver itself may have unregistered it.
    if (k.heap.objectAt(data)?.state !== "allocated") return;
    const device = inputDevice(k, data);
    if (k.driverCore.devices.has(device)) yield* unregisterInput(k, data);
    else yield* k.driverCore.kobjects.put(deviceKobject(k, device));
  },
  *resource(k, data) {
    k.driverCore.resources.release(data);
  },
};

export const createDevres = (k: Kernel): DevresList => {
  const lists: JournalMap<Address, readonly Devres[]> = k.journal.map();
  const owners: DevresList["owners"] = new Map();
  for (const [name, release] of Object.entries(OWNERS))
    owners.set(name, (data, args) => release(k, data, args));
  const list = (device: Address): readonly Devres[] => lists.get(device) ?? [];
  const replace = (device: Address, entries: readonly Devres[]): void => {
    if (entries.length === 0) lists.delete(device);
    else lists.set(device, entries);
  };

  function* releaseOne(entry: Devres): Routine<void> {
    if (entry.kind === "action") yield* k.call(entry.release, entry.data);
    else if (entry.kind === "own") yield* owners.get(entry.name)?.(entry.data, entry.args) ?? nothing();
    else if (entry.kind === "guest") {
      if (entry.release !== 0) yield* k.call(entry.release, entry.device, entry.data);
      k.heap.kfree(entry.data);
    }
  }
  function* release(entries: readonly Devres[]): Routine<void> {
    for (const entry of entries.toReversed()) yield* releaseOne(entry);
  }
  return {
    add: (device, entry) => replace(device, [...list(device), entry]),
    find: (device, matches) => list(device).findLast(matches),
    take(device, matches) {
      const found = list(device).findLast(matches);
      if (found !== undefined)
        replace(
          device,
          list(device).filter((each) => each !== found),
        );
      return found;
    },
    list,
    replace,
    release,
    *releaseAll(device) {
      // What is added meanwhile goes, too.
      for (let entries = list(device); entries.length > 0; entries = list(device)) {
        lists.delete(device);
        yield* release(entries);
      }
    },
    owners,
  };
};

function* nothing(): Routine<void> {}

/** Something of the kernel's own that goes with the device, unless it is NULL: `data`, told on. */
export const ownWith = (
  k: Kernel,
  dev: Address,
  name: string,
  data: Address,
  args: readonly (number | bigint)[] = [],
): Address => {
  if (data !== 0) k.driverCore.devres.add(dev, { kind: "own", name, data, args });
  return data;
};
/** Takes it off the device; false when it was not there. */
export const disown = (k: Kernel, dev: Address, name: string, data: Address): boolean =>
  k.driverCore.devres.take(dev, (each) => each.kind === "own" && each.name === name && each.data === data) !==
  undefined;
