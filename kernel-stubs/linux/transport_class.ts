/** include/linux/transport_class.h, as drivers/base/transport_class.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { at, point } from "../../src/kernel/data/members.ts";
import { registerClass, unregisterClass } from "../../src/kernel/devices/classes.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { addGroup, removeGroup } from "../../src/kernel/devices/groups.ts";
import {
  addClassDevices,
  callTransport,
  publish,
  registerContainer,
  removeClassDevices,
  statisticsOf,
  transportFunction,
  trigger,
  unregisterContainer,
  withdraw,
} from "../../src/kernel/devices/transport.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const classOf = (k: Kernel, transport: Address): Address => at(k, "transport_class", transport, "class");

export const transportClassRegister = stub(
  "int transport_class_register(struct transport_class *tclass)",
  { fails: ["EINVAL", "ENOMEM", "EEXIST"], sleeps: true, acquires: { transport_class: "tclass" } },
  function* (k, { tclass }) {
    yield* registerClass(k, classOf(k, tclass));
    return 0;
  },
);
export const transportClassUnregister = stub(
  "void transport_class_unregister(struct transport_class *tclass)",
  { sleeps: true, releases: { transport_class: "tclass" } },
  function* (k, { tclass }) {
    yield* unregisterClass(k, classOf(k, tclass));
  },
);

/** anon_transport_dummy_function() */
const dummy = (k: Kernel): Address => k.hostCode.address("anon_transport_dummy_function", () => 0);

export const anonTransportClassRegister = stub(
  "int anon_transport_class_register(struct anon_transport_class *atc)",
  { sleeps: true, acquires: { transport_class: "atc" } },
  (k, { atc }) => {
    const transport = at(k, "anon_transport_class", atc, "tclass");
    const container = at(k, "anon_transport_class", atc, "container");
    point(k, "attribute_container", container, "class", classOf(k, transport));
    const flags = at(k, "attribute_container", container, "flags");
    k.memory.setU64(flags, k.memory.u64(flags) | 1n);
    registerContainer(k, container);
    for (const name of ["setup", "remove"]) point(k, "transport_class", transport, name, dummy(k));
    return 0;
  },
);
export const anonTransportClassUnregister = stub(
  "void anon_transport_class_unregister(struct anon_transport_class *atc)",
  { sleeps: true, releases: { transport_class: "atc" } },
  (k, { atc }) => void unregisterContainer(k, at(k, "anon_transport_class", atc, "container")),
);

export const transportSetupDevice = stub(
  "void transport_setup_device(struct device *dev)",
  { sleeps: true },
  function* (k, { dev }) {
    yield* addClassDevices(k, dev, function* (container, made) {
      yield* callTransport(k, "setup", container, [dev, made]);
    });
  },
);
/** transport_remove_classdev() */
function* remove(k: Kernel, container: Address, dev: Address, made: Address): Routine<void> {
  yield* callTransport(k, "remove", container, [dev, made]);
  if (made === 0 || transportFunction(k, container, "remove") === dummy(k)) return;
  const statistics = statisticsOf(k, container);
  if (statistics !== 0) removeGroup(k, deviceKobject(k, made), statistics);
  yield* withdraw(k, container, made);
}
export const transportAddDevice = stub(
  "int transport_add_device(struct device *dev)",
  { fails: ["ENOMEM", "EEXIST", "EINVAL"], sleeps: true },
  function* (k, { dev }) {
    const done: [container: Address, made: Address][] = [];
    try {
      yield* trigger(k, dev, function* (container, made) {
        // An anonymous class has no device that could be added.
        if (made === 0) throw new Errno(EINVAL);
        yield* publish(k, container, made);
        done.push([container, made]);
        const statistics = statisticsOf(k, container);
        if (statistics !== 0) yield* addGroup(k, deviceKobject(k, made), statistics);
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      for (const [container, made] of done.toReversed()) yield* remove(k, container, dev, made);
      throw error;
    }
    return 0;
  },
);
export const transportConfigureDevice = stub(
  "void transport_configure_device(struct device *dev)",
  { sleeps: true },
  function* (k, { dev }) {
    yield* trigger(k, dev, function* (container, made) {
      yield* callTransport(k, "configure", container, [dev, made]);
    });
  },
);
export const transportRemoveDevice = stub(
  "void transport_remove_device(struct device *dev)",
  { sleeps: true },
  function* (k, { dev }) {
    yield* trigger(k, dev, (container, made) => remove(k, container, dev, made));
  },
);
export const transportDestroyDevice = stub(
  "void transport_destroy_device(struct device *dev)",
  { sleeps: true },
  function* (k, { dev }) {
    yield* removeClassDevices(k, dev, function* (container, made) {
      if (transportFunction(k, container, "remove") === dummy(k)) return;
      yield* k.driverCore.kobjects.put(deviceKobject(k, made));
    });
  },
);
